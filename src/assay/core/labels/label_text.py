"""Label values as text: what answers, known labels and truth hold, and one canonical spelling of it.

A single choice is its bare name. All other values are JSON: canonical when written, and read
tolerantly, since truth files and other tools spell the same thing in several ways.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, assert_never

from assay.core.errors import InvalidLabel
from assay.core.ids import canonical
from assay.core.labels.attributes import (
    PLAIN,
    Details,
    UnfitDetails,
    details_as_json,
    details_in,
    missing_attribute,
    unfit_attributes,
)
from assay.core.labels.label_values import (
    FIRST,
    SECOND,
    TIE,
    Box,
    Boxes,
    Choice,
    Choices,
    LabelSchema,
    LabelValue,
    Point,
    Points,
    Preference,
    Size,
    Span,
    Spans,
    details_of,
    object_count,
    without_attributes,
)
from assay.core.labels.python_lists import python_value

WINNERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("first", "1", "a", "left", "response_a"), FIRST),
    **dict.fromkeys(("second", "2", "b", "right", "response_b"), SECOND),
    **dict.fromkeys(("tie", "0", "equal", "both", "none", "null"), TIE),
}
"""How files spell the winner of a pair."""

_LABEL: Final = ("label", "class", "category", "name", "type")
_BOXES: Final = ("boxes", "boundingBoxes", "annotations", "objects")
_SPANS: Final = ("spans", "entities", "labels", "annotations")
_STARTS: Final = ("start", "startOffset", "start_offset")
_ENDS: Final = ("end", "endOffset", "end_offset")
_TRIPLE: Final = ("start", "end", "label")
_POINTS: Final = ("points", "keypoints", "annotations")
_LARGEST: Final = 1e7
_LISTS: Final = ("['", '["', "('", '("')
"""How a text starts that can only be a list of names."""


def write_label(value: LabelValue) -> str:
    """Return the canonical text of a value; `read_label` reads it back as the same value."""
    match value:
        case Choice(name):
            return name
        case Choices(names):
            return canonical(list(names)).decode()
        case Boxes(boxes):
            rows: list[dict[str, object]] = [
                {
                    "label": box.label,
                    "left": plain(box.left),
                    "top": plain(box.top),
                    "width": plain(box.width),
                    "height": plain(box.height),
                    **details_as_json(box.details),
                }
                for box in boxes
            ]
            return canonical({"boxes": rows}).decode()
        case Points(points):
            rows = [
                {"label": p.label, "x": plain(p.x), "y": plain(p.y), "visible": p.visible} for p in points
            ]
            return canonical({"points": rows}).decode()
        case Spans(spans):
            rows = [
                {"label": span.label, "start": span.start, "end": span.end, **details_as_json(span.details)}
                for span in spans
            ]
            return canonical({"spans": rows}).decode()
        case Preference(winner):
            return canonical({"winner": winner}).decode()
        case _ as never:
            assert_never(never)


def read_label(text: str, kind: type[LabelValue], *, schema: LabelSchema | None = None) -> LabelValue:
    """Read a value of one kind, in JSON or as Python writes it; with a schema, its labels must be the project's.

    Raises:
        InvalidLabel: if the text is no such value, or holds a label that the schema does not know.
    """
    if kind is Choice:
        value: LabelValue = Choice(text)
    else:
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = python_value(text)
        value = value_from_json(found, kind, text=text)
    if schema is not None:
        if not schema.has_attributes:
            value = without_attributes(value)
        check_names(value, schema=schema, text=text)
    return value


def value_from_json(found: Any, kind: type[LabelValue], *, text: str = "") -> LabelValue:
    """Read a value of one kind from JSON; raises `InvalidLabel`."""
    try:
        if kind is Choice:
            return Choice(_text(found))
        if kind is Choices:
            return _choices(found)
        if kind is Boxes:
            return _boxes(found)
        if kind is Points:
            return _points(found)
        if kind is Spans:
            return _spans(found)
        return Preference(_winner(found))
    except Unfit as problem:
        said = text or json.dumps(found, ensure_ascii=False, default=str)
        raise InvalidLabel(label=shown(said), reason=str(problem)) from None


def value_to_json(value: LabelValue) -> object:
    """Return a value as JSON values: what `write_label` writes, a single choice as its name."""
    text = write_label(value)
    return text if isinstance(value, Choice) else json.loads(text)


def label_names(value: LabelValue) -> tuple[str, ...]:
    """Return the labels that a value uses, one for each object."""
    match value:
        case Choice(name):
            return (name,)
        case Choices(names):
            return names
        case Boxes(boxes):
            return tuple(box.label for box in boxes)
        case Points(points):
            return tuple(point.label for point in points)
        case Spans(spans):
            return tuple(span.label for span in spans)
        case Preference(winner):
            return (winner,)
        case _ as never:
            assert_never(never)


def check_names(value: LabelValue, *, schema: LabelSchema, text: str = "") -> None:
    """Raise `InvalidLabel` where a value uses a label that the schema does not know, or an attribute that its label has not."""
    known = schema.names
    for name in label_names(value):
        if name not in known:
            raise InvalidLabel(
                label=shown(text or name), reason=f"'{shown(name)}' is none of {', '.join(known)}"
            )
    for name, carried in zip(label_names(value), details_of(value), strict=False):
        if problem := unfit_attributes(carried, schema.attributes_of(name), label=name):
            raise InvalidLabel(label=shown(text or name), reason=problem)


def check_complete(value: LabelValue, *, schema: LabelSchema) -> None:
    """Raise `InvalidLabel` where an object lacks an attribute that its label requires."""
    if not schema.has_attributes:
        return
    carried = details_of(value) or [PLAIN] * object_count(value)
    for name, one in zip(label_names(value), carried, strict=False):
        if missing := missing_attribute(one, schema.attributes_of(name)):
            raise InvalidLabel(
                label=shown(write_label(value)), reason=f"a '{shown(name)}' does not say its '{missing}'"
            )


def plain(number: float) -> float | int:
    """Return whole numbers as int, so that they are written without a point."""
    return int(number) if number == int(number) else number


class Unfit(Exception):
    """Why something is no value; the sentence is the whole message."""


def _choices(found: Any) -> Choices:
    if isinstance(found, Mapping):
        found = found.get("labels", found.get("choices"))
    if isinstance(found, str):
        if found.startswith(_LISTS):
            raise Unfit("it is no sound JSON, nor a list as Python writes it")
        found = [found] if found else []
    if not isinstance(found, Sequence):
        raise Unfit("it is not a list of labels")
    return Choices(tuple(_text(name) for name in found))


def _boxes(found: Any) -> Boxes:
    return Boxes(tuple(_box(one) for one in objects_in(found, _BOXES)), size=_size(found))


def _box(found: Mapping[str, Any]) -> Box:
    corner = found.get("bbox")
    if isinstance(corner, Sequence) and not isinstance(corner, str) and len(corner) == 4:
        left, top, width, height = (number_in(one) for one in corner)
    else:
        left = number_in(found.get("left", found.get("x")))
        top = number_in(found.get("top", found.get("y")))
        width, height = number_in(found.get("width")), number_in(found.get("height"))
    if width <= 0 or height <= 0:
        raise Unfit(f"a box of {width:g} by {height:g} has no area")
    return Box(label_in(found), left, top, width, height, carried_in(found))


def _points(found: Any) -> Points:
    points = (
        Point(
            label_in(one),
            number_in(one.get("x")),
            number_in(one.get("y")),
            _visible(one.get("visible", True)),
        )
        for one in objects_in(found, _POINTS)
    )
    return Points(tuple(points), size=_size(found))


def is_triple(found: Any) -> bool:
    """Say whether something is a span as doccano writes it: [start, end, label]."""
    return (
        isinstance(found, list)
        and len(found) == 3
        and whole_in(found[0]) is not None
        and whole_in(found[1]) is not None
        and isinstance(found[2], str)
    )


def whole_in(found: Any) -> int | None:
    """Return a whole number, however JSON writes it: 3 or 3.0; None for anything else."""
    if type(found) is float and found.is_integer() and abs(found) <= _LARGEST:
        return int(found)
    return found if type(found) is int else None


def ends_of(start: Any, end: Any) -> tuple[int, int]:
    """Return where a span starts and ends; raises `Unfit` with what is wrong about it."""
    first, last = whole_in(start), whole_in(end)
    if first is None or last is None:
        raise Unfit("a span does not say by whole numbers where it starts and ends")
    if first < 0:
        raise Unfit(f"a span starts at {first}, before its text")
    if not first < last <= _LARGEST:
        raise Unfit("a span does not start before it ends")
    return first, last


def _spans(found: Any) -> Spans:
    if isinstance(found, Mapping):
        found = next((found[name] for name in _SPANS if name in found), None)
    if isinstance(found, list) and any(map(is_triple, found)):
        found = [dict(zip(_TRIPLE, one, strict=True)) if is_triple(one) else one for one in found]
    return Spans(tuple(_span(one) for one in objects_in(found, _SPANS)))


def _span(found: Mapping[str, Any]) -> Span:
    start = next((found[name] for name in _STARTS if name in found), None)
    end = next((found[name] for name in _ENDS if name in found), None)
    return Span(label_in(found), *ends_of(start, end), carried_in(found))


def carried_in(found: Mapping[str, Any]) -> Details:
    """Return what an object carries beside place and label; raises `Unfit`."""
    try:
        return details_in(found)
    except UnfitDetails as problem:
        raise Unfit(str(problem)) from None


def _winner(found: Any) -> str:
    if isinstance(found, Mapping):
        if "winner" not in found:
            raise Unfit("it has no 'winner'")
        found = found["winner"]
    winner = WINNERS.get(str(found).strip().lower())
    if winner is None or isinstance(found, float):
        raise Unfit("the winner must be first, second or tie")
    return winner


def objects_in(found: Any, names: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """Return the objects of a list, or of the list under one of these names; raises `Unfit`."""
    if isinstance(found, Mapping):
        found = next((found[name] for name in names if name in found), None)
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise Unfit(f"it is not a list of {names[0]}")
    return found


def _visible(found: Any) -> bool:
    if found in (True, False):  # 1 and 0 too
        return bool(found)
    raise Unfit("'visible' is neither true nor false")


def _size(found: Any) -> Size | None:
    if not isinstance(found, Mapping):
        return None
    size = found.get("size", found.get("image_size", found.get("inputImageProperties")))
    if isinstance(size, list) and len(size) == 1 and isinstance(size[0], Mapping):
        size = size[0]
    if isinstance(size, Mapping):
        size = [size.get("width"), size.get("height")]
    if size is None and "width" in found and "height" in found:
        size = [found["width"], found["height"]]
    return size_in(*size) if isinstance(size, list) and len(size) == 2 else None


def size_in(width: Any, height: Any) -> Size | None:
    """Return the size of a picture, in whole numbers however they are spelt: 64, 64.0 or "64"; else None."""
    wide, high = _side(width), _side(height)
    return (wide, high) if wide and high else None


def _side(found: Any) -> int | None:
    if type(found) is int:  # as nearly always
        return found if 0 < found <= _LARGEST else None
    if isinstance(found, str) and found.strip().isdecimal() and len(found) < 9:
        found = int(found)
    side = whole_in(found)
    return side if side is not None and 0 < side <= _LARGEST else None


def label_in(found: Mapping[str, Any]) -> str:
    """Return the label of an object, however it is called; raises `Unfit`."""
    label = next((found[name] for name in _LABEL if name in found), None)
    if isinstance(label, list) and len(label) == 1:
        label = label[0]
    if not isinstance(label, str) or not label:
        raise Unfit("an object has no label")
    return label


def _text(found: Any) -> str:
    if not isinstance(found, str) or not found:
        raise Unfit("a label is not text")
    return found


def number_in(found: Any) -> float:
    """Return a coordinate; raises `Unfit`."""
    if type(found) not in (int, float) or abs(found) > _LARGEST or not math.isfinite(found):
        raise Unfit("a coordinate is not a number")
    return float(found)


def shown(text: str) -> str:
    """Return a text short enough for a sentence."""
    return text if len(text) <= 80 else text[:79] + "…"
