"""The base of all shapes, the words that requests may hold, and the problem document of RFC 9457."""

import types
import typing
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Self

from ninja import Schema
from ninja.schema import ResolverMetaclass
from pydantic import AfterValidator, ConfigDict, Field, model_validator

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHOWN: Final[dict[type, "type[Shape]"]] = {}
"""The shape that shows a service's value, where that value is part of another."""


@typing.dataclass_transform(kw_only_default=True, field_specifiers=(Field,))
class _ShapeMaker(ResolverMetaclass):
    """Makes a shape of the fields that its body names and, with `shows`, of those of a service's value.

    The value's fields keep their order; one that the body names too has the body's type. `without` names those that
    no caller is told. Times, which services count in microseconds (`at`, `..._at`), are moments; sequences are lists.
    """

    def __new__(
        cls,
        name: str,
        bases: tuple[type, ...],
        space: dict[str, Any],
        shows: type | None = None,
        without: Collection[str] = (),
        **options: Any,
    ) -> Any:
        if shows is not None:
            hints = typing.get_type_hints(shows)
            named = [one.name for one in fields(shows) if one.name not in without]
            told = {one: _told(one, hints[one]) for one in named}
            above = {key: space[key] for key in ("__module__", "__qualname__", "__doc__")}
            bases = (super().__new__(cls, name, bases, {**above, "__annotations__": told}),)
        made = super().__new__(cls, name, bases, space, **options)
        if shows is not None:
            _SHOWN[shows] = made
        return made


def _told(name: str, kind: Any) -> Any:
    """Return the type in JSON of a value's field."""
    if name == "at" or name.endswith("_at"):
        return datetime | None
    if kind in _SHOWN:
        return _SHOWN[kind]
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if object in (kind, *inner):
        return Any
    if origin in (typing.Union, types.UnionType):
        return typing.Union[tuple(_told("", one) for one in inner)]  # noqa: UP007 - made of a tuple
    if origin is Mapping:
        return types.GenericAlias(dict, inner)
    return types.GenericAlias(list, _told("", inner[0])) if origin in (Sequence, tuple, frozenset) else kind


def _shown(name: str, value: Any) -> Any:
    """Return a field's value as JSON has it."""
    if name == "at" or name.endswith("_at"):
        return moment(value or 0)
    if is_dataclass(value):
        return _SHOWN[type(value)].of(value)
    if isinstance(value, (list, tuple)):
        return [_shown("", one) for one in value]
    if isinstance(value, frozenset):
        return sorted(value)
    return dict(value) if isinstance(value, Mapping) else value


class Shape(Schema, metaclass=_ShapeMaker):
    """A JSON object with named fields; others are refused."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    @classmethod
    def of(cls, found: object, **said: Any) -> Self:
        """Return the shape of a value: its fields by name, but for those that are `said` here."""
        return cls(
            **{
                name: said[name] if name in said else _shown(name, getattr(found, name))
                for name in cls.model_fields
            }
        )

    if typing.TYPE_CHECKING:

        def __init_subclass__(
            cls, *, shows: type | None = None, without: Collection[str] = (), **options: Any
        ) -> None: ...


class Received(Shape):
    """A JSON object that a caller sends: texts anywhere in it are texts that every database can keep."""

    @model_validator(mode="before")
    @classmethod
    def _only_plain_text(cls, found: Any) -> Any:
        refuse_odd(found)
        return found


class Problem(Shape):
    """Why a request was refused (RFC 9457): the error's own sentence is the detail."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] | None = None


def plain_text(text: str) -> str:
    """Return a text that holds no zero byte and no half of a character; raises ValueError otherwise."""
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        sentence = "a text holds a zero byte or half a character"
        raise ValueError(sentence)
    return text


def refuse_odd(found: Any) -> None:
    """Raise ValueError where a text anywhere in a JSON value is none that can be kept."""
    if isinstance(found, str):
        plain_text(found)
    elif isinstance(found, dict):
        for key, value in found.items():
            refuse_odd(key)
            refuse_odd(value)
    elif isinstance(found, (list, tuple)):
        for value in found:
            refuse_odd(value)


Name = Annotated[str, Field(min_length=1, max_length=512), AfterValidator(plain_text)]
"""A name or key in an address."""
Words = Annotated[str, Field(max_length=2_000), AfterValidator(plain_text)]
"""A search or a filter."""
Id = Annotated[int, Field(ge=1, lt=2**63)]
"""A number that a table gives."""


def moment(at: int) -> datetime | None:
    """Return microseconds as a moment, None for "never"."""
    return _EPOCH + timedelta(microseconds=at) if at else None
