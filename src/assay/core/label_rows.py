"""Labelled items as rows of named columns: what CSV, JSON Lines and Parquet have in common.

Their own files and those of others are read alike: `item,media,text,label,confidence,human` is known by
its names, and of anybody else's file the columns are guessed.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final

from assay.core.columns import guess_columns
from assay.core.errors import BadValue, InvalidLabel, NotReadable
from assay.core.label_text import label_names, plain, value_from_json, write_label
from assay.core.labels import (
    FIRST,
    SECOND,
    TIE,
    Boxes,
    Choice,
    Choices,
    LabelledItem,
    LabelValue,
    Points,
    Preference,
    Spans,
    object_count,
    schema_of,
)
from assay.core.ports import BadRow, LabelContents

LABEL_NAMES: Final = (
    "label",
    "labels",
    "class",
    "class_name",
    "category",
    "intent",
    "sentiment",
    "target",
    "tag",
    "tags",
    "topic",
)
OWN_NAMES: Final = ("confidence", "confidences", "human", "control", "made_at", "adjusted", "extra")
"""What our own files hold besides id, media, text and label."""

LOOKED_AT: Final = 100
"""How many labels decide which kind of value a file holds."""

_WHOLE: Final = {
    "winner": Preference,
    "boxes": Boxes,
    "boundingBoxes": Boxes,
    "points": Points,
    "keypoints": Points,
    "spans": Spans,
    "entities": Spans,
    "choices": Choices,
}
_OBJECT: Final = {"width": Boxes, "bbox": Boxes, "start": Spans, "startOffset": Spans, "x": Points}
_YES_NO: Final[Mapping[object, bool]] = {
    **dict.fromkeys(("yes", "true", "1", 1), True),
    **dict.fromkeys(("no", "false", "0", 0), False),
}


# --- writing -------------------------------------------------------------------------------------


def sized_label(value: LabelValue) -> str:
    """Return a value's canonical text, and within it the size of its picture where that is known."""
    text = write_label(value)
    if isinstance(value, Boxes | Points) and value.size is not None:
        width, height = value.size
        return f'{text[:-1]},"size":[{width},{height}]}}'
    return text


def rounded(parts: Sequence[float]) -> list[float]:
    """Return confidences as files show them, to a millionth."""
    return [round(part, 6) for part in parts]


# --- finding the columns -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LabelColumns:
    """Which columns or keys hold the label, the id, the media and the text."""

    label: str
    id: str | None = None
    media: str | None = None
    text: str | None = None


def settle_label_columns(header: Sequence[str], *, attribute: str | None, path: str) -> LabelColumns:
    """Return the columns of a label file; `attribute` names the one with the labels, None: guess.

    Raises:
        BadValue: if there is no column `attribute`.
        NotReadable: if no column looks like labels.
    """
    label = attribute or guess_label(header)
    if label is None:
        raise NotReadable(
            path=path, reason=f"none of its columns looks like labels ({', '.join(header) or 'it has none'})"
        )
    if label not in header:
        known = ", ".join(header)
        raise BadValue(
            where=path, key="attribute", found=f"'{label}'", expected=f"one of the columns {known}"
        )
    return content_columns(header, label=label)


def content_columns(header: Sequence[str], *, label: str) -> LabelColumns:
    """Return which columns beside the label look like id, media and text."""
    guess = guess_columns([name for name in header if name != label and name not in OWN_NAMES])
    return LabelColumns(label, guess.id, guess.media, guess.text)


def guess_label(header: Sequence[str]) -> str | None:
    """Return the column with a well-known name, or else the only one that is nothing else, or None."""
    by_name = {name.strip().lower(): name for name in reversed(header)}
    known = next((by_name[name] for name in LABEL_NAMES if name in by_name), None)
    if known is not None:
        return known
    guess = guess_columns(header)
    taken = {guess.id, guess.media, guess.text, *OWN_NAMES}
    others = [name for name in header if name not in taken]
    return others[0] if len(others) == 1 and len(header) > 1 else None


# --- a first look --------------------------------------------------------------------------------


def kind_of(label: object) -> type[LabelValue] | None:
    """Say which kind of value a label in JSON is; None where that cannot be told."""
    if isinstance(label, str | int | float):
        return Choice
    if isinstance(label, Mapping):
        named: Iterable[object] = (_WHOLE.get(name) for name in label if isinstance(name, str))
        found = next((kind for kind in named if kind is not None), None)
        if found is None:
            inner = next(
                (label[name] for name in ("labels", "annotations", "objects") if name in label), None
            )
            return kind_of(inner) if isinstance(inner, list) else None
        return found  # type: ignore[return-value]
    if isinstance(label, list) and label:
        first = label[0]
        if isinstance(first, Mapping):
            return next((kind for name, kind in _OBJECT.items() if name in first), None)
        return Choices if isinstance(first, str) else None
    return None


@dataclass(slots=True)
class LabelLook:
    """Collects what labels a file holds, label by label, in memory that grows with their names alone.

    Attributes:
        sniff: whether a text may be JSON, as in files that know nothing but text.
    """

    sniff: bool
    _first: list[object] = field(default_factory=list)
    _kind: type[LabelValue] | None = None
    _names: dict[str, None] = field(default_factory=dict)

    def see(self, label: object) -> None:
        """Take one more label into account."""
        if self._kind is not None:
            self._collect(label)
        elif label is not None and label != "":
            self._first.append(label)
            if len(self._first) == LOOKED_AT:
                self._settle()

    def contents(self, *, path: str, attribute: str) -> LabelContents:
        """Return what was found; raises `NotReadable` where no label could be used."""
        if self._kind is None:
            self._settle()
        if self._kind is Preference:
            self._names = dict.fromkeys((FIRST, SECOND, TIE))
        if self._kind is None:
            raise NotReadable(path=path, reason=f"'{attribute}' holds no labels")
        return LabelContents(self._kind, schema_of(tuple(self._names)), attribute)

    def _settle(self) -> None:
        """Decide for the kind that most of the first labels are."""
        seen = [self._value(label) for label in self._first]
        kinds = Counter(kind for kind in map(kind_of, seen) if kind is not None)
        if kinds:
            self._kind = kinds.most_common(1)[0][0]
        elif [] in seen:
            self._kind = Choices
        if self._kind is not None:
            for label in self._first:
                self._collect(label)
            self._first.clear()

    def _collect(self, label: object) -> None:
        if self._kind is None:
            return
        if self._kind is Choice and type(label) is str:
            if label:
                self._names.setdefault(label)
            return
        try:
            value = value_of(label, self._kind)
        except InvalidLabel:
            return
        for name in label_names(value):
            self._names.setdefault(name)

    def _value(self, label: object) -> object:
        return _parsed(label) if self.sniff and isinstance(label, str) else label


def value_of(label: object, kind: type[LabelValue]) -> LabelValue:
    """Read a value from a cell or from JSON; numbers and truth values may be names of a single choice.

    Raises:
        InvalidLabel: if it is no such value.
    """
    if kind is Choice:
        return Choice(_name(label))
    if isinstance(label, str):
        label = _parsed(label)
    if isinstance(label, str) and label[:1] in ("[", "{"):
        raise InvalidLabel(label="the label", reason="it is no sound JSON")
    value = value_from_json(label, kind, text="the label")
    try:
        "".join(label_names(value)).encode()
    except UnicodeEncodeError:
        raise InvalidLabel(label="the label", reason="it holds half a character") from None
    return value


def _name(label: object) -> str:
    if isinstance(label, bool):
        return "true" if label else "false"
    if isinstance(label, int | float) and math.isfinite(label):
        label = str(plain(label))
    if not isinstance(label, str) or not label:
        raise InvalidLabel(label="the label", reason="a label is not text")
    return label


def _parsed(text: str) -> object:
    if text[:1] not in ("[", "{"):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


# --- reading -------------------------------------------------------------------------------------


class _Unfit(Exception):
    """Why a row is no labelled item; the sentence is the whole message."""


class LabelRows:
    """Turns rows into labelled items, for a file of which `look` said what it holds.

    Attributes:
        columns: which columns are what.
    """

    def __init__(self, columns: LabelColumns, contents: LabelContents) -> None:
        """Remember which columns are what, and which labels are known."""
        self.columns = columns
        self._media, self._text = columns.media, columns.text
        self._kind = contents.kind
        self._known = frozenset(contents.schema.names)
        self._choices = {name: Choice(name) for name in self._known} if contents.kind is Choice else {}

    def item(
        self, *, line: int, key: str | None, label: object, found: dict[str, Any]
    ) -> LabelledItem | BadRow:
        """Return the item of one row; `found` holds its other columns and is taken apart."""
        try:
            if self._kind is not Choice and isinstance(label, str):
                label = _parsed(label)
            # A single choice is the same value for every item that has it.
            value = (self._choices.get(label) if type(label) is str else None) or self._value(label)
            media, text = self._content(found, self._media), self._content(found, self._text)
            confidence = _share(found.pop("confidence", None), "the confidence")
            parts = _parts(found.pop("confidences", None), value, label, self._kind)
            human = _yes(found.pop("human", None), "human")
            control = _yes(found.pop("control", None), "control")
            adjusted = _yes(found.pop("adjusted", None), "adjusted")
            made_at = found.pop("made_at", None) or ""
        except _Unfit as problem:
            return BadRow(line, str(problem), key)
        return LabelledItem(
            key=key or media or str(line),
            media=media,
            text=text,
            extra=_extra(found),
            value=value,
            confidence=confidence,
            human=human is not False,
            made_at=str(made_at),
            control=control is True,
            parts=parts,
            adjusted=adjusted,
        )

    def _value(self, label: object) -> LabelValue:
        if label is None or label == "":
            raise _Unfit("there is no label")
        try:
            value = value_of(label, self._kind)
        except InvalidLabel as problem:
            raise _Unfit(f"the label cannot be used: {problem.reason}") from None
        for name in label_names(value):
            if name not in self._known:
                raise _Unfit(f"'{name[:80]}' is none of the labels of this file")
        return value

    @staticmethod
    def _content(found: dict[str, Any], name: str | None) -> str | None:
        content = found.pop(name, None) if name is not None else None
        if content is None or content == "":
            return None
        if not isinstance(content, str):
            raise _Unfit(f"'{name}' is not text")
        return content


def in_value_order(
    parts: Sequence[float], singles: Sequence[LabelValue], value: LabelValue
) -> tuple[float, ...]:
    """Return the confidences of objects in the value's order.

    Args:
        parts: the confidences, in the order in which the file holds the objects.
        singles: each object as a value of its own, in the same order.
        value: all objects as one value.
    """
    waiting: dict[object, list[float]] = {}
    for single, part in zip(singles, parts, strict=True):
        waiting.setdefault(_objects(single)[0], []).append(part)
    return tuple(waiting[one].pop(0) for one in _objects(value))


def _objects(value: LabelValue) -> Sequence[object]:
    match value:
        case Choices(names):
            return names
        case Boxes(boxes):
            return boxes
        case Points(points):
            return points
        case Spans(spans):
            return spans
        case Choice() | Preference():
            return (value,)


def _parts(found: object, value: LabelValue, label: object, kind: type[LabelValue]) -> tuple[float, ...]:
    if isinstance(found, str):
        found = _parsed(found) if found else None
    if found is None or found == []:
        return ()
    if not isinstance(found, list) or len(found) != object_count(value):
        raise _Unfit(f"'confidences' is not a list of {object_count(value)} numbers, one for each object")
    parts = [_share(part, "one of the confidences") for part in found]
    listed = label if isinstance(label, list) else next(iter(_lists(label)), [])
    if len(listed) != len(parts) or _same_order(listed, _objects(value)):
        return tuple(parts)
    return in_value_order(parts, [value_of([one], kind) for one in listed], value)


def _same_order(listed: Sequence[Any], objects: Sequence[Any]) -> bool:
    """Say whether objects in JSON stand in the value's order and spelling, as our own files have them."""
    if isinstance(objects[0], str):
        return listed == list(objects)
    try:
        return list(map(itemgetter(*objects[0]._fields), listed)) == list(objects)
    except (KeyError, TypeError):
        return False


def _lists(whole: object) -> Iterable[list[object]]:
    """Return the list of objects within a value in JSON; a picture's size is none."""
    if isinstance(whole, Mapping):
        return (
            one for name, one in whole.items() if isinstance(one, list) and name not in ("size", "image_size")
        )
    return ()


def _share(found: object, what: str) -> float:
    if found is None or found == "":
        return 1.0
    if type(found) is float and 0.0 <= found <= 1.0:
        return found
    try:
        share = float(found) if isinstance(found, str | int | float) else math.nan
    except (ValueError, OverflowError):
        share = math.nan
    if not 0.0 <= share <= 1.0 or isinstance(found, bool):
        raise _Unfit(f"{what} is {str(found)[:80]!r}, but must be a number from 0 to 1")
    return share


def _yes(said: object, name: str) -> bool | None:
    """Return what a cell says, None where it is empty."""
    if said is None or said is True or said is False:
        return said
    word = said.strip().lower() if isinstance(said, str) else said
    if word == "":
        return None
    if not isinstance(word, str | int) or word not in _YES_NO:
        raise _Unfit(f"'{name}' is {str(said)[:80]!r}, but must be yes or no")
    return _YES_NO[word]


def _extra(found: dict[str, Any]) -> dict[str, object]:
    """Return the requester's other columns; our own files hold them as one object."""
    if "extra" not in found:
        return found
    inner = found["extra"]
    if isinstance(inner, str):
        inner = _parsed(inner)
    if isinstance(inner, dict):
        del found["extra"]
        return {**found, **inner}
    if inner is None:
        del found["extra"]
    return found
