"""What has to be known about a kind of label value, as one row of a table; each file of this room adds its own.

Everything that a kind does not need has a default, so that a new kind says what is special about it and no more.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from assay.core.errors import InputError
from assay.core.labels.attributes import Details
from assay.core.labels.item_facts import ItemFacts, Size

VERSION: Final = "version"
"""The key under which texts say the version of their value, from the second version on."""


class LabelValue:
    """What an answer can say: the base of every kind of label value, each a frozen value of its own."""

    __slots__ = ()


class Unfit(Exception):
    """Why something is no value; the sentence is the whole message."""


@dataclass(eq=False, kw_only=True)
class OutsideItem(InputError):
    """The label lies outside of its item: {reason}."""

    reason: str


class Mark(NamedTuple):
    """Something to draw on a small picture: a rectangle in pixels, or a point where both corners are one."""

    label: str
    left: float
    top: float
    right: float
    bottom: float


class Stretch(NamedTuple):
    """A marked stretch of a text, in code points; `end` is the first that is not part of it."""

    label: str
    start: int
    end: int


def _no_names(_value: Any) -> tuple[Any, ...]:
    return ()


def _not_outside(_value: Any, _item: ItemFacts) -> bool:
    return False


def _whole(value: Any, _item: ItemFacts) -> tuple[Any, int]:
    return value, 0


def _as_it_is(value: Any, _changed: object) -> Any:
    return value


def _without_size(_value: Any) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueKind:
    """All that is special about one kind of label value.

    Attributes:
        tag: its name; in JSON the key of its content, where it is an object.
        called: what several of them are called, for sentences.
        holds: the class of its values.
        version: counts what its texts look like, from 1; `read` understands all of them.
        read: returns the value that something in JSON says; raises `Unfit`.
        content: returns a value as JSON values.
        names: returns the labels that a value uses, one for each of its objects.
        renamed: returns a value with every label under another name.
        words: returns what a value says, in one short line.
        noun: what is counted per label in reports, in the plural.
        objects: returns the parts of a value that have a confidence of their own, in the value's order.
        details: returns what each named object carries, in the order of `names`.
        carrying: returns a value whose objects carry something else.
        nothing: what somebody says who found nothing; None where there always is something.
        bounded: whether its objects may lie beyond the item that they were said of.
        outside: whether something lies beyond the item that it was said of.
        cut: returns what of a value lies within its item, and how many objects were cut; raises `OutsideItem`.
        drawn: whether its objects are drawn on a picture.
        size: returns the size of the picture that a value was drawn on, where it says so.
        sized: returns a value that says so.
        marks: returns what is drawn on a small picture.
        stretches: returns what is marked in a text.
        keys: by which keys other tools' JSON is known to hold such a value.
        object_keys: by which keys of its first object a list is known to be such a value.
        parts: returns the values that a value is made of; nothing where it is one itself.
    """

    tag: str
    called: str
    holds: type[LabelValue]
    version: int = 1
    read: Callable[[Any], Any]
    content: Callable[[Any], object]
    names: Callable[[Any], tuple[str, ...]]
    renamed: Callable[[Any, Callable[[str], str]], Any]
    words: Callable[[Any], str]
    noun: str = "items"
    objects: Callable[[Any], Sequence[object]] = _no_names
    details: Callable[[Any], tuple[Details, ...]] = _no_names
    carrying: Callable[[Any, Callable[[Details], Details]], Any] = _as_it_is
    nothing: LabelValue | None = None
    bounded: bool = False
    outside: Callable[[Any, ItemFacts], bool] = _not_outside
    cut: Callable[[Any, ItemFacts], tuple[Any, int]] = _whole
    drawn: bool = False
    size: Callable[[Any], Size | None] = _without_size
    sized: Callable[[Any, Size | None], Any] = _as_it_is
    marks: Callable[[Any], Sequence[Mark]] = _no_names
    stretches: Callable[[Any], Sequence[Stretch]] = _no_names
    keys: tuple[str, ...] = ()
    object_keys: tuple[str, ...] = ()
    parts: Callable[[Any], Sequence["LabelValue"]] = _no_names


@cache
def kinds() -> Mapping[type[LabelValue], ValueKind]:
    """Return every kind of label value by its class: each file of this room that has a `KIND`."""
    room = importlib.import_module("assay.core.labels.values")
    files = (f"{room.__name__}.{found.name}" for found in pkgutil.iter_modules(room.__path__))
    found = (getattr(importlib.import_module(name), "KIND", None) for name in sorted(files))
    return MappingProxyType({one.holds: one for one in found if isinstance(one, ValueKind)})


def kind_of_value(value: LabelValue) -> ValueKind:
    """Return the row of a value's kind."""
    return kinds()[type(value)]


def value_in(found: Any) -> LabelValue:
    """Read a value of whatever kind JSON says it is: a text, a list of texts, or an object with a kind's tag.

    Raises:
        Unfit: if it is none.
    """
    if isinstance(found, str):
        return read_as(found, _by_tag("choice"))
    if isinstance(found, list):
        return read_as(found, _by_tag("choices"))
    tagged = [one for one in kinds().values() if isinstance(found, dict) and one.tag in found]
    if len(tagged) != 1:
        raise Unfit("it is no label value that can be told by its key")
    return read_as(found, tagged[0])


def read_as(found: Any, kind: ValueKind) -> LabelValue:
    """Read a value of one kind; raises `Unfit`, also of texts that a later version wrote."""
    if isinstance(found, Mapping) and kind.tag in found:
        version = found.get(VERSION)
        if type(version) is int and version > kind.version:
            raise Unfit(
                f"'{kind.tag}' of version {version} was written by a later Assay; this one reads up to {kind.version}"
            )
    value: LabelValue = kind.read(found)
    return value


def content_of(value: LabelValue) -> object:
    """Return a value as JSON values, with its version where that is not the first."""
    kind = kind_of_value(value)
    content = kind.content(value)
    if kind.version > 1 and isinstance(content, dict):
        return {**content, VERSION: kind.version}
    return content


def _by_tag(tag: str) -> ValueKind:
    return next(one for one in kinds().values() if one.tag == tag)
