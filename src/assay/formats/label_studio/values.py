"""Label values and Label Studio's regions: each kind of label is one type of region."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from assay.core.labels.attributes import PLAIN, Details
from assay.core.labels.label_values import (
    FIRST,
    SECOND,
    Box,
    Boxes,
    Choice,
    Choices,
    LabelValue,
    Point,
    Points,
    Preference,
    Size,
    Span,
    Spans,
    object_count,
)
from assay.core.labels.values.in_json import ends_of, size_in
from assay.core.labels.values.preference import WINNERS
from assay.core.labels.values.value_kind import Unfit as NoValue
from assay.core.ports.file_format import LeftOut
from assay.formats.label_studio.offsets import Offsets

Region = Mapping[str, Any]

KIND_OF: Final[Mapping[str, type[LabelValue]]] = {
    "choices": Choice,
    "rectanglelabels": Boxes,
    "keypointlabels": Points,
    "labels": Spans,
    "hypertextlabels": Spans,
    "pairwise": Preference,
}
"""Which label value a type of region holds; `choices` may be several."""

KEY_OF: Final[Mapping[str, str]] = {"pairwise": "selected", "hypertextlabels": "hypertextlabels"}
"""The key of a region's value that says it, where it is not the type."""

_NOUNS: Final = {
    "polygonlabels": "outlines",
    "brushlabels": "masks",
    "ellipselabels": "ellipses",
    "textarea": "texts",
    "relation": "relations",
    "rating": "ratings",
    "taxonomy": "taxonomies",
    "number": "numbers",
    "videorectangle": "tracks",
}
_LARGEST: Final = 1e7
NOTHING: Final[Mapping[str, Details]] = {}
"""What objects carry, by the ids of their regions, where none carries anything."""


class Unfit(Exception):
    """Why a region is no label; the sentence is the whole message."""


def noun_of(region: Region) -> str:
    """Return what a region is called where it cannot be carried."""
    return _NOUNS.get(str(region.get("type")), "further regions")


def names_in(region: Region) -> Sequence[str]:
    """Return the labels that a region names."""
    said = region.get("value")
    kind = str(region.get("type"))
    found = said.get(KEY_OF.get(kind, kind)) if isinstance(said, dict) else None
    if kind == "pairwise" or not isinstance(found, list):
        return ()
    return [one.strip() for one in found if isinstance(one, str) and one.strip()]


def value_of(
    regions: Sequence[Region],
    kind: type[LabelValue],
    *,
    text: str,
    left_out: LeftOut,
    carried: Mapping[str, Details] = NOTHING,
) -> tuple[LabelValue, tuple[float, ...]]:
    """Return the label that regions of one kind say, and the confidence of each of its objects.

    `carried` is what objects carry, by the ids of their regions.

    Raises:
        Unfit: where they say none.
    """
    if kind in (Choice, Choices):
        names = [name for region in regions for name in names_in(region)]
        if kind is Choices:
            return Choices(tuple(names)), _choice_scores(regions)
        if len(names) != 1:
            raise Unfit(f"it has {len(names)} choices instead of one" if names else "it has no choice")
        return Choice(names[0]), ()
    if kind is Preference:
        winners = [WINNERS.get(str(_value(region).get("selected")).strip().lower()) for region in regions]
        if len(winners) != 1 or winners[0] is None:
            raise Unfit("it does not say which side is better")
        return Preference(winners[0]), ()
    if kind is Spans:
        offsets = Offsets(text)
        read = _carrying(lambda region: _span(region, text, offsets), carried)
        return _objects(regions, read, _span_place, Spans, left_out)
    size = next(filter(None, map(_size, regions)), None)
    if kind is Points:
        return _objects(regions, _point, _point_place, lambda found: Points(found, size=size), left_out)
    read = _carrying(_box, carried)
    return _objects(regions, read, _box_place, lambda found: Boxes(found, size=size), left_out)


def _carrying(read: Callable[[Region], list[Any]], carried: Mapping[str, Details]) -> Callable[[Region], Any]:
    """Return a reader of regions whose objects have what they carry."""

    def found(region: Region) -> list[Any]:
        about = region.get("id")
        held = carried.get(about, PLAIN) if isinstance(about, str) else PLAIN
        return [one if held is PLAIN else one._replace(details=held) for one in read(region)]

    return found if carried else read


def regions_of(value: LabelValue, parts: Sequence[float], *, text: str) -> list[dict[str, Any]]:
    """Return the regions that say a label: type, value, and the confidence of each object where it is known.

    Raises:
        Unfit: where boxes or key points stand in a picture of unknown size.
    """
    match value:
        case Choice(name):
            return [{"type": "choices", "value": {"choices": [name]}}]
        case Choices(names):
            scores = {"scores": list(parts)} if parts else {}
            return [{"type": "choices", "value": {"choices": list(names)}, **scores}] if names else []
        case Preference(winner):
            selected = {FIRST: "left", SECOND: "right"}.get(winner, "none")
            return [{"type": "pairwise", "value": {"selected": selected}}]
        case Spans(spans):
            offsets = Offsets(text)
            said = [_span_value(span, text, offsets) for span in spans]
            return _scored("labels", said, parts, {})
        case Points(points, size):
            sides = _known_size(size, points)
            said = [_point_value(point, *sides) for point in points]
            return _scored("keypointlabels", said, parts, _picture(*sides))
        case Boxes(boxes, size):
            sides = _known_size(size, boxes)
            said = [_box_value(box, *sides) for box in boxes]
            return _scored("rectanglelabels", said, parts, _picture(*sides))
        case _:
            raise Unfit("its label is of a kind that regions cannot say")


def _known_size(size: Size | None, objects: Sequence[object]) -> Size:
    if size is None and objects:
        raise Unfit("the size of its picture is not known")
    return size or (1, 1)


def _picture(width: int, height: int) -> dict[str, Any]:
    return {"original_width": width, "original_height": height, "image_rotation": 0}


def _scored(
    kind: str, said: Sequence[dict[str, Any]], parts: Sequence[float], more: dict[str, Any]
) -> list[dict[str, Any]]:
    scores = [{"score": score} for score in parts] or [{}] * len(said)
    return [{"type": kind, **more, "value": one, **score} for one, score in zip(said, scores, strict=True)]


def _point_value(point: Point, width: int, height: int) -> dict[str, Any]:
    place = {"x": 100 * point.x / width, "y": 100 * point.y / height, "width": 0.5}
    return {**place, "keypointlabels": [point.label], **({} if point.visible else {"hidden": True})}


def _box_value(box: Box, width: int, height: int) -> dict[str, Any]:
    return {
        "x": 100 * box.left / width,
        "y": 100 * box.top / height,
        "width": 100 * box.width / width,
        "height": 100 * box.height / height,
        "rotation": 0,
        "rectanglelabels": [box.label],
    }


def _span_value(span: Span, text: str, offsets: Offsets) -> dict[str, Any]:
    start, end = offsets.units(span.start), offsets.units(span.end)
    return {"start": start, "end": end, "text": text[span.start : span.end], "labels": [span.label]}


def _objects(
    regions: Sequence[Region],
    read: Callable[[Region], Any],
    place: Callable[[Any], Any],
    make: Callable[[tuple[Any, ...]], LabelValue],
    left_out: LeftOut,
) -> tuple[LabelValue, tuple[float, ...]]:
    found: list[Any] = []
    scores: list[float | None] = []
    for region in regions:
        said = _value(region)
        if isinstance(said.get("rotation"), int | float) and said["rotation"] % 360:
            left_out["rotations"] += 1
        try:
            for one in read(region):
                found.append(one)
                scores.append(_score(region))
        except _NoArea:
            left_out["boxes without an area"] += 1
    value = make(tuple(found))
    if None in scores or object_count(value) != len(found):
        return value, ()
    return value, _ordered(found, scores, place)


def _ordered(
    found: Sequence[Any], scores: Sequence[float | None], place: Callable[[Any], Any]
) -> tuple[float, ...]:
    """Return the scores in the order that the label value puts its objects into."""
    order = sorted(range(len(found)), key=lambda at: place(found[at]))
    return tuple(score for at in order if (score := scores[at]) is not None)


def _choice_scores(regions: Sequence[Region]) -> tuple[float, ...]:
    """Return the confidence of each choice, in alphabetical order; nothing where one is missing."""
    by_name: dict[str, object] = {}
    for region in regions:
        names, scores = names_in(region), region.get("scores")
        by_name.update(zip(names, scores if isinstance(scores, list) else [None] * len(names), strict=False))
        by_name.update(dict.fromkeys(name for name in names if name not in by_name))
    found = [confidence_in(by_name[name]) for name in sorted(by_name)]
    return tuple(one for one in found if one is not None) if None not in found else ()


class _NoArea(Exception):
    """A box is a line or a dot."""


def _box(region: Region) -> list[Box]:
    said = _value(region)
    width, height = _sides(region)
    left, top = _number(said.get("x")) * width / 100, _number(said.get("y")) * height / 100
    wide, high = _number(said.get("width")) * width / 100, _number(said.get("height")) * height / 100
    if round(wide, 2) <= 0 or round(high, 2) <= 0:
        raise _NoArea
    turn = _number(said.get("rotation") or 0) % 360
    if turn:
        left, top, wide, high = _hull(left, top, wide, high, degrees=turn)
    return [Box(name, left, top, wide, high) for name in _labels(region)]


def _hull(
    left: float, top: float, wide: float, high: float, *, degrees: float
) -> tuple[float, float, float, float]:
    """Return the upright box around a turned one, in pixels: it turns clockwise about its left top corner."""
    along, across = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    corners = [
        (x * along - y * across, x * across + y * along)
        for x, y in ((0, 0), (wide, 0), (0, high), (wide, high))
    ]
    x, y = min(x for x, _ in corners), min(y for _, y in corners)
    return left + x, top + y, max(x for x, _ in corners) - x, max(y for _, y in corners) - y


def _point(region: Region) -> list[Point]:
    said = _value(region)
    width, height = _sides(region)
    x, y = _number(said.get("x")) * width / 100, _number(said.get("y")) * height / 100
    return [Point(name, x, y, said.get("hidden") is not True) for name in _labels(region)]


def _span(region: Region, text: str, offsets: Offsets) -> list[Span]:
    said = _value(region)
    start, end = said.get("start"), said.get("end")
    if isinstance(start, str) and start.startswith("/"):
        raise Unfit("a span stands in a page of HTML, by paths; spans in HTML are not read")
    try:
        start, end = ends_of(start, end)
    except NoValue as problem:
        raise Unfit(str(problem)) from None
    places: tuple[int | None, int | None] = offsets.points(start), offsets.points(end)
    quote = said.get("text")
    if isinstance(quote, str) and (None in places or text[places[0] : places[1]] != quote):
        places = (start, end) if _reads(text[start:end], quote) else places
    if places[0] is None or places[1] is None:
        raise Unfit(f"the span from {start} to {end} cuts a sign in two")
    if text and places[1] > len(text):
        raise Unfit(f"the span from {start} to {end} ends beyond its text, which has {len(text)} signs")
    there = text[places[0] : places[1]]
    if text and isinstance(quote, str) and quote and not _reads(there, quote):
        raise Unfit(f"the span from {start} to {end} quotes '{quote[:40]}', but its text says '{there[:40]}'")
    return [Span(name, places[0], places[1]) for name in _labels(region)]


def _reads(text: str, quote: str) -> bool:
    """Say whether a text is what a region quotes; white space, which browsers and exports spell anew, tells nothing."""
    return text == quote or "".join(text.split()) == "".join(quote.replace("\\n", " ").split())


def _labels(region: Region) -> Sequence[str]:
    names = names_in(region)
    if not names:
        raise Unfit("a region has no label")
    return names


def _sides(region: Region) -> Size:
    """Return the size of the picture that percent are of."""
    size = _size(region)
    if size is None:
        raise Unfit("a region does not say the size of its picture")
    return size


def _size(region: Region) -> Size | None:
    return size_in(region.get("original_width"), region.get("original_height"))


def _value(region: Region) -> Mapping[str, Any]:
    said = region.get("value")
    if not isinstance(said, dict):
        raise Unfit("a region has no value")
    return said


def _number(found: object) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float) or not abs(found) <= _LARGEST:
        raise Unfit("a place in the picture is not a number")
    return float(found)


def _score(region: Region) -> float | None:
    return confidence_in(region.get("score"))


def confidence_in(found: object) -> float | None:
    """Return a confidence; None where it is none."""
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return float(found) if 0 <= found <= 1 else None


def _box_place(box: Box) -> tuple[float, float, float, float, str]:
    return round(box.left, 2), round(box.top, 2), round(box.width, 2), round(box.height, 2), box.label


def _point_place(point: Point) -> Point:
    return Point(point.label, round(point.x, 2), round(point.y, 2), point.visible)


def _span_place(span: Span) -> tuple[int, int, str]:
    return span.start, span.end, span.label
