"""Labelled items as rows of named columns: what CSV, JSON Lines and Parquet have in common.

Their own files and those of others are read alike: `item,media,text,label,confidence,human` is known by
its names, and of anybody else's file the columns are guessed (`core.layouts.source_columns`).
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from assay.core.errors import InvalidLabel
from assay.core.labels.attributes import PLAIN
from assay.core.labels.label_text import value_from_json, write_label
from assay.core.labels.label_values import (
    Choice,
    Choices,
    LabelledItem,
    LabelValue,
    Spans,
    label_names,
    object_count,
    objects_of,
)
from assay.core.labels.values.in_json import plain
from assay.core.labels.values.spans import is_triple
from assay.core.labels.values.value_kind import kind_of_value, kinds
from assay.core.layouts.label_spelling import check_spelling, parsed, parsed_label, trimmed
from assay.core.layouts.row_ids import RowIds, UnfitId
from assay.core.ports.file_format import BadRow, Columns, LabelContents, LeftOut

_TURNED_DOWN: Final[Mapping[object, str]] = {"reject": "rejected rows", "ignore": "ignored rows"}
"""What Prodigy writes as `answer` of a task that its person found wrong as a whole, or passed over."""

"""Columns of tables that have a row for each box of a picture."""

_YES_NO: Final[Mapping[object, bool]] = {
    **dict.fromkeys(("yes", "true", "1", 1), True),
    **dict.fromkeys(("no", "false", "0", 0), False),
}


# --- writing -------------------------------------------------------------------------------------


def sized_label(value: LabelValue) -> str:
    """Return a value's canonical text, and within it the size of its picture where that is known."""
    text, size = write_label(value), kind_of_value(value).size(value)
    if size is not None:
        width, height = size
        return f'{text[:-1]},"size":[{width},{height}]}}'
    return text


def rounded(parts: Sequence[float]) -> list[float]:
    """Return confidences as files show them, to a millionth."""
    return [round(part, 6) for part in parts]


# --- reading a value --------------------------------------------------------------------------------


def kind_of(label: object) -> type[LabelValue] | None:
    """Say which kind of value a label in JSON is; None where that cannot be told."""
    if isinstance(label, str | int | float):
        return Choice
    if isinstance(label, Mapping):
        whole = {key: kind.holds for kind in kinds().values() for key in kind.keys}
        named = (whole.get(name) for name in label if isinstance(name, str))
        found = next((kind for kind in named if kind is not None), None)
        if found is not None:
            return found
        inner = next((label[name] for name in ("labels", "annotations", "objects") if name in label), None)
        return kind_of(inner) if isinstance(inner, list) else None
    if isinstance(label, list) and label:
        first = label[0]
        if isinstance(first, Mapping):
            return next(
                (one.holds for one in kinds().values() for key in one.object_keys if key in first), None
            )
        return Spans if is_triple(first) else Choices if isinstance(first, str) else None
    return None


def value_of(label: object, kind: type[LabelValue]) -> LabelValue:
    """Read a value from a cell or from JSON; numbers and truth values may be names of a single choice.

    Raises:
        InvalidLabel: if it is no such value.
    """
    if kind is Choice:
        return Choice(_name(label))
    if isinstance(label, str):
        label = parsed_label(label)
    check_spelling(label)
    value = value_from_json(label, kind, text="the label")
    try:
        "".join(label_names(value)).encode()
    except UnicodeEncodeError:
        raise InvalidLabel(label="the label", reason="it holds half a character") from None
    return value


def nothing_found(kind: type[LabelValue] | None) -> LabelValue | None:
    """Return the value of an item in which somebody looked for objects and found none; None for other kinds.

    In a file that names no label at all, a row without one says this where somebody says what was looked for.
    """
    return None if kind is None else kinds()[kind].nothing


def _name(label: object) -> str:
    if isinstance(label, bool):
        return "true" if label else "false"
    if isinstance(label, int | float) and math.isfinite(label):
        label = str(plain(label))
    if not isinstance(label, str) or not label:
        raise InvalidLabel(label="the label", reason="a label is not text")
    return label


# --- reading -------------------------------------------------------------------------------------


class _Unfit(Exception):
    """Why a row is no labelled item; the sentence is the whole message."""


class LabelRows:
    """Turns rows into labelled items, for a file of which `look` said what it holds.

    Attributes:
        columns: which columns are what.
    """

    def __init__(self, columns: Columns, contents: LabelContents, *, left_out: LeftOut, ids: RowIds) -> None:
        """Remember which columns are what, and which labels are known; `ids` are those of the whole file."""
        self.columns = columns
        self._left_out, self._ids = left_out, ids
        self._media, self._text = columns.media, columns.text
        self._kind = contents.kind
        self._known = frozenset(contents.schema.names)
        self._choices = {name: Choice(name) for name in self._known} if contents.kind is Choice else {}

    def item(
        self, *, line: int, key: object, label: object, found: dict[str, Any]
    ) -> LabelledItem | BadRow | None:
        """Return the item of one row, None where its person turned it down, which is counted.

        Args:
            line: the row's line, or its number.
            key: what stands in the column of ids, None where there is none.
            label: what stands in the column of labels.
            found: the row's other columns; it is taken apart.
        """
        if (noun := turned_down(found)) is not None:
            self._left_out[noun] += 1
            return None
        try:
            if self._kind is not Choice and isinstance(label, str):
                label = parsed_label(label)
            # A single choice is the same value for every item that has it.
            value = (self._choices.get(label) if type(label) is str else None) or self._value(label)
            media, text = self._content(found, self._media), self._content(found, self._text)
            if text is not None and isinstance(value, Spans):
                _check_ends(value, text)
            name = self._ids.key(key, column=self.columns.id, media=media, line=line)
            confidence = _share(found.pop("confidence", None), "the confidence")
            parts = _parts(found.pop("confidences", None), value, label, self._value)
            human = _yes(found.pop("human", None), "human")
            control = _yes(found.pop("control", None), "control")
            adjusted = _yes(found.pop("adjusted", None), "adjusted")
            made_at = found.pop("made_at", None) or ""
        except (_Unfit, UnfitId) as problem:
            return BadRow(line, str(problem), str(key) if isinstance(key, str | int) and key != "" else None)
        return LabelledItem(
            key=name,
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
        if label is None or (isinstance(label, str) and not label.strip()):
            nothing = None if self._known else nothing_found(self._kind)
            if nothing is None:
                raise _Unfit("there is no label")
            return nothing
        try:
            value = trimmed(value_of(label, self._kind), known=self._known)
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


def turned_down(found: Mapping[str, object]) -> str | None:
    """Return how rows are called whose person found no label in them, None for all others."""
    answer = found.get("answer")
    return _TURNED_DOWN.get(answer) if isinstance(answer, str) else None


def _check_ends(value: Spans, text: str) -> None:
    last = max((span.end for span in value.spans), default=0)
    if last > len(text):
        raise _Unfit(f"a span ends at {last:,}, but the text has {len(text):,} signs")


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
        waiting.setdefault(objects_of(single)[0], []).append(part)
    return tuple(waiting[one].pop(0) for one in objects_of(value))


def _parts(
    found: object, value: LabelValue, label: object, read: Callable[[object], LabelValue]
) -> tuple[float, ...]:
    if isinstance(found, str):
        found = parsed(found) if found else None
    if found is None or found == []:
        return ()
    if not isinstance(found, list) or len(found) != object_count(value):
        raise _Unfit(f"'confidences' is not a list of {object_count(value)} numbers, one for each object")
    parts = [_share(part, "one of the confidences") for part in found]
    listed = label if isinstance(label, list) else next(iter(_lists(label)), [])
    if len(listed) != len(parts) or _same_order(listed, objects_of(value)):
        return tuple(parts)
    return in_value_order(parts, [read([one]) for one in listed], value)


def _same_order(listed: Sequence[Any], objects: Sequence[Any]) -> bool:
    """Say whether objects in JSON stand in the value's order and spelling, as our own files have them."""
    if isinstance(objects[0], str):
        return listed == list(objects)
    names = [name for name in objects[0]._fields if name != "details"]
    if any(getattr(one, "details", PLAIN) is not PLAIN for one in objects):
        return False
    try:
        return list(map(itemgetter(*names), listed)) == [one[: len(names)] for one in objects]
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
        # Spreadsheets write the decimal point of their language.
        bare = found.replace(",", ".", 1) if isinstance(found, str) and "." not in found else found
        share = float(bare) if isinstance(bare, str | int | float) else math.nan
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
        inner = parsed(inner)
    if isinstance(inner, dict):
        del found["extra"]
        return {**found, **inner}
    if inner is None:
        del found["extra"]
    return found
