"""The base of all shapes, the words that requests may hold, and the problem document of RFC 9457."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, model_validator

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Shape(Schema):
    """A JSON object with named fields; others are refused."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())


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
