"""Marks written as JSON, consolidated item by item: outlines, key points, turned boxes, cuboids, tracks and relations.

An answer is a list of objects with a label each, under the name of its kind, for example
`{"outlines": [{"label": "nodule", "points": [[4, 2], [9, 2], [9, 8]]}]}`. What the methods find (`masks.py`, `key_points.py`,
`turned_boxes.py`, `tracks.py`, `relations.py`) is written in the same way, things that are likelier there than not.

With e the probability that a thing is there and c its expected 1 - loss, the confidence in an item's label is its
expected F1, 2 sum of c over the chosen / (number of the chosen + sum of e over all things). Where nothing was chosen it is
the probability that nothing is there: the product of 1 - e over all things, times (n + 1) / (n + 2) for n people, who
may all have overlooked something.
"""

import itertools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np

from assay.core.consolidation.values.key_points import consolidate_points
from assay.core.consolidation.values.masks import Outline, consolidate_outlines
from assay.core.consolidation.values.relations import Relation, Stretch, consolidate_relations
from assay.core.consolidation.values.tracks import Track, consolidate_tracks
from assay.core.consolidation.values.turned_boxes import FoundBox, TurnedBox, consolidate_turned_boxes
from assay.core.errors import InvalidLabel
from assay.core.ids import canonical
from assay.core.labels.label_text import read_label, shown
from assay.core.labels.label_values import Points
from assay.core.labels.values.in_json import label_in, number_in, objects_in, plain
from assay.core.labels.values.value_kind import Unfit
from assay.core.ports.answers import AnswerTable, Floats

REACH: Final = 10.0
"""Pixels within which two key points of a label may be the same one."""

_LEAST_CORNERS: Final = 3
_LARGEST_PLACE: Final = 10**7


class Thing(Protocol):
    """What every method finds: where, how probably it is there, and its expected 1 - loss."""

    @property
    def item(self) -> int:
        """Its item's position."""

    @property
    def there(self) -> float:
        """The probability that it is real."""

    @property
    def confidence(self) -> float:
        """Its expected 1 - loss."""


Row = dict[str, object]
Found = Iterable[tuple[Thing, Row]]


@dataclass(frozen=True, slots=True)
class MarkKind:
    """One kind of mark.

    Attributes:
        key: the name of the list in an answer.
        example: an answer.
        read: one object of an answer, and the position of its label; raises `Unfit`.
        find: from the table, the marks of each answer and the labels to the things and how they are written, by item.
    """

    key: str
    example: str
    read: Callable[[Mapping[str, Any], int], Any]
    find: Callable[[AnswerTable, Sequence[Sequence[Any]], tuple[str, ...]], Found]


@dataclass(frozen=True, slots=True)
class MarkedItems:
    """Labels of items: their text, and shape (items,) the confidence in them, 0 where nobody answered."""

    value: list[str]
    right: Floats


def consolidate_marks(table: AnswerTable, *, kind: MarkKind) -> MarkedItems:
    """Consolidate answers that are the text of marks of one kind.

    Raises:
        InvalidLabel: if an answer is no such text.
    """
    texts = dict.fromkeys(table.value)
    named = {text: _objects(text, kind) for text in texts}
    names = tuple(sorted({label for rows in named.values() for label, _ in rows}))
    marks = {text: _marks(text, named[text], names=names, kind=kind) for text in texts}
    things: list[list[tuple[Thing, Row]]] = [[] for _ in range(table.items)]
    for thing, row in kind.find(table, [marks[text] for text in table.value], names):
        things[thing.item].append((thing, row))
    count = np.bincount(table.item, minlength=table.items).tolist()
    return MarkedItems(
        value=[
            canonical({kind.key: [row for one, row in group if _chosen(one)]}).decode() if answers else ""
            for group, answers in zip(things, count, strict=True)
        ],
        right=np.array(
            [
                _confidence([one for one, _ in group], answers=answers)
                for group, answers in zip(things, count, strict=True)
            ]
        ),
    )


def _chosen(thing: Thing) -> bool:
    return thing.there >= 0.5


def _confidence(things: Sequence[Thing], *, answers: int) -> float:
    if not answers:
        return 0.0
    chosen = [one for one in things if _chosen(one)]
    if not chosen:
        return float(np.prod([1.0 - one.there for one in things])) * (answers + 1.0) / (answers + 2.0)
    real = sum(one.there for one in things)
    return min(1.0, 2.0 * sum(one.confidence for one in chosen) / (len(chosen) + real))


def _objects(text: str, kind: MarkKind) -> list[tuple[str, Mapping[str, Any]]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = text
    try:
        return [(label_in(row), row) for row in objects_in(found, (kind.key,))]
    except Unfit as problem:
        raise InvalidLabel(label=shown(text), reason=str(problem)) from None


def _marks(
    text: str, rows: Sequence[tuple[str, Mapping[str, Any]]], *, names: tuple[str, ...], kind: MarkKind
) -> list[Any]:
    try:
        return [kind.read(row, names.index(label)) for label, row in rows]
    except Unfit as problem:
        raise InvalidLabel(label=shown(text), reason=str(problem)) from None


# --- the kinds -----------------------------------------------------------------------------------


def _outline(row: Mapping[str, Any], label: int) -> Outline:
    corners = row.get("points")
    if not isinstance(corners, list) or len(corners) < _LEAST_CORNERS:
        raise Unfit("an outline has no three 'points'")
    if not all(isinstance(corner, list) and len(corner) == 2 for corner in corners):
        raise Unfit("a point of an outline is not [x, y]")
    return Outline(label, np.array([[number_in(number) for number in corner] for corner in corners]))


def _find_outlines(table: AnswerTable, marks: Sequence[Sequence[Outline]], names: tuple[str, ...]) -> Found:
    shapes, _ = consolidate_outlines(table, marks, labels=max(len(names), 1))
    for shape in shapes:
        points = [[plain(x), plain(y)] for x, y in shape.outline().tolist()]
        yield shape, {"label": names[shape.label], "points": points}


def _key_point(row: Mapping[str, Any], _: int) -> Any:
    value = read_label(json.dumps({"points": [row]}), Points)
    assert isinstance(value, Points)
    return value.points[0]


def _find_points(table: AnswerTable, marks: Sequence[Sequence[Any]], _: tuple[str, ...]) -> Found:
    for found in consolidate_points(table, marks, reach=REACH):
        label, x, y, visible = found.point
        yield found, {"label": label, "x": plain(x), "y": plain(y), "visible": visible}


def _turned_box(row: Mapping[str, Any], label: int) -> TurnedBox:
    """Read a box; the angle is in degrees from the x axis towards the y axis."""
    x, y, length, width, angle = (number_in(row.get(key)) for key in ("x", "y", "length", "width", "angle"))
    if length <= 0 or width <= 0:
        raise Unfit(f"a box of {length:g} by {width:g} has no area")
    return TurnedBox(label, x, y, length, width, float(np.radians(angle)))


def _cuboid(row: Mapping[str, Any], label: int) -> TurnedBox:
    box = _turned_box(row, label)
    bottom, height = number_in(row.get("bottom")), number_in(row.get("height"))
    if height <= 0:
        raise Unfit(f"a cuboid {height:g} high has no volume")
    return TurnedBox(label, box.x, box.y, box.length, box.width, box.angle, bottom, height)


def _box_row(found: FoundBox, names: tuple[str, ...]) -> Row:
    box = found.box
    row: Row = {"label": names[box.label], "x": _rounded(box.x), "y": _rounded(box.y)}
    row |= {"length": _rounded(box.length), "width": _rounded(box.width)}
    return row | {"angle": _rounded(float(np.degrees(box.angle)))}


def _find_boxes(table: AnswerTable, marks: Sequence[Sequence[TurnedBox]], names: tuple[str, ...]) -> Found:
    for found in consolidate_turned_boxes(table, marks, labels=max(len(names), 1)):
        yield found, _box_row(found, names)


def _find_cuboids(table: AnswerTable, marks: Sequence[Sequence[TurnedBox]], names: tuple[str, ...]) -> Found:
    for found in consolidate_turned_boxes(table, marks, labels=max(len(names), 1)):
        upright: Row = {"bottom": _rounded(found.box.bottom), "height": _rounded(found.box.height)}
        yield found, _box_row(found, names) | upright


def _track(row: Mapping[str, Any], label: int) -> Track:
    boxes = row.get("boxes")
    if not isinstance(boxes, list) or not boxes or not all(isinstance(one, Mapping) for one in boxes):
        raise Unfit("a track has no 'boxes'")
    frames = [one.get("frame") for one in boxes]
    if not all(type(frame) is int and 0 <= frame <= _LARGEST_PLACE for frame in frames):
        raise Unfit("a 'frame' is not a whole number from 0")
    if any(later <= earlier for earlier, later in itertools.pairwise(frames)):
        raise Unfit("the frames of a track do not ascend")
    places = [[number_in(one.get(key)) for key in ("left", "top", "width", "height")] for one in boxes]
    if min(min(place[2:]) for place in places) <= 0:
        raise Unfit("a box of a track has no area")
    return Track(label, np.array(frames, dtype=np.int64), np.array(places))


def _find_tracks(table: AnswerTable, marks: Sequence[Sequence[Track]], names: tuple[str, ...]) -> Found:
    for found in consolidate_tracks(table, marks, labels=max(len(names), 1)):
        boxes = [
            {"frame": frame} | {key: _rounded(number) for key, number in zip(_EDGES, place, strict=True)}
            for frame, place in zip(found.track.frames.tolist(), found.track.boxes.tolist(), strict=True)
        ]
        yield found, {"label": names[found.track.label], "boxes": boxes}


def _relation(row: Mapping[str, Any], label: int) -> Relation:
    return Relation(label, _stretch(row, "head"), _stretch(row, "tail"))


def _stretch(row: Mapping[str, Any], key: str) -> Stretch:
    found = row.get(key)
    if not isinstance(found, list) or len(found) != 2 or not all(type(one) is int for one in found):
        raise Unfit(f"the '{key}' of a relation is not [start, end]")
    start, end = found
    if not 0 <= start < end <= _LARGEST_PLACE:
        raise Unfit(f"the '{key}' of a relation does not start before it ends")
    return start, end


def _find_relations(table: AnswerTable, marks: Sequence[Sequence[Relation]], names: tuple[str, ...]) -> Found:
    for found in consolidate_relations(table, marks, labels=max(len(names), 1)):
        one = found.relation
        yield found, {"label": names[one.label], "head": list(one.head), "tail": list(one.tail)}


def _rounded(number: float) -> float | int:
    return plain(round(number, 2))


_EDGES: Final = ("left", "top", "width", "height")

MARKS: Final[Mapping[str, MarkKind]] = {
    "outlines": MarkKind(
        "outlines",
        '{"outlines": [{"label": "a", "points": [[0, 0], [4, 0], [4, 3], [0, 3]]}]}',
        _outline,
        _find_outlines,
    ),
    "key_points": MarkKind(
        "points", '{"points": [{"label": "a", "x": 4, "y": 3, "visible": true}]}', _key_point, _find_points
    ),
    "turned_boxes": MarkKind(
        "boxes",
        '{"boxes": [{"label": "a", "x": 9, "y": 9, "length": 6, "width": 2, "angle": 30}]}',
        _turned_box,
        _find_boxes,
    ),
    "cuboids": MarkKind(
        "cuboids",
        '{"cuboids": [{"label": "a", "x": 9, "y": 9, "length": 6, "width": 2, "angle": 30, "bottom": 0, "height": 2}]}',
        _cuboid,
        _find_cuboids,
    ),
    "tracks": MarkKind(
        "tracks",
        '{"tracks": [{"label": "a", "boxes": [{"frame": 0, "left": 1, "top": 1, "width": 4, "height": 3}]}]}',
        _track,
        _find_tracks,
    ),
    "relations": MarkKind(
        "relations",
        '{"relations": [{"label": "a", "head": [0, 4], "tail": [9, 12]}]}',
        _relation,
        _find_relations,
    ),
}
"""The kinds of marks by their names; angles in degrees from the x axis towards the y axis, everything else in pixels,
frames, code points, or the unit of the ground."""
