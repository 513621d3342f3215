"""Consolidation of turned boxes, in a picture or on the ground, and of cuboids that stand on it.

Clusters, existence and labels are those of all marks (`marked_things.py`); a thing's place is fused number by number:
centre, sizes and height by the median, the direction by the circular mean of what the members say. A box turned by
half a turn is the same box, and one turned by a quarter with its sizes exchanged too: before fusing each member is
turned to the way of writing that is nearest to the medoid's (the member that overlaps most with the others). A
cuboid has a front, so that only its own direction counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core.consolidation.objects.marked_things import Found, Marks, Thing, find_things
from assay.core.geometry.turned_rectangles import common_area, corners
from assay.core.ports.answers import AnswerTable, Floats, Ints

JOINS: Final = 0.3
"""The smallest IoU of two marks of the same thing: turned boxes and cuboids overlap less than upright ones."""


@dataclass(frozen=True, slots=True)
class TurnedBox:
    """A rectangle at any angle, or a cuboid that stands upright.

    Attributes:
        label: what it is, >= 0.
        x: of the centre.
        y: of the centre.
        length: along its direction.
        width: across it.
        angle: of its direction, radians from the x axis towards the y axis.
        bottom: the lower end of a cuboid.
        height: of a cuboid; 0 for a rectangle.
    """

    label: int
    x: float
    y: float
    length: float
    width: float
    angle: float
    bottom: float = 0.0
    height: float = 0.0

    def corners(self) -> Floats:
        """Return the four corners, shape (4, 2)."""
        return corners((self.x, self.y), (self.length, self.width), self.angle)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundBox(Found):
    """A turned box or cuboid as its people see it together: what and where; `alike` is the mean IoU of its members with it."""

    box: TurnedBox


def turned_iou(a: TurnedBox, b: TurnedBox) -> float:
    """Return the intersection over union of two boxes, or of the volumes of two cuboids."""
    common = common_area(a.corners(), b.corners())
    one, two = a.length * a.width, b.length * b.width
    if a.height and b.height:
        low, high = max(a.bottom, b.bottom), min(a.bottom + a.height, b.bottom + b.height)
        common *= max(high - low, 0.0)
        one, two = one * a.height, two * b.height
    whole = one + two - common
    return min(common / whole, 1.0) if whole > 0 else 0.0


def consolidate_turned_boxes(
    table: AnswerTable, boxes: Sequence[Sequence[TurnedBox]], *, labels: int = 1
) -> list[FoundBox]:
    """Return the things of all items, by item, unlikely ones included.

    Args:
        table: who answered which item; its texts are not looked at.
        boxes: what each answer of the table marks.
        labels: how many labels there are.
    """
    flat = [(row, box) for row, answer in enumerate(boxes) for box in answer]
    numbers = np.array([_numbers(box) for _, box in flat]).reshape(-1, 7)
    reach = np.array([[ends[:, 0].min(), ends[:, 0].max()] for ends in (box.corners() for _, box in flat)])
    marks = Marks(
        row=np.array([row for row, _ in flat], dtype=np.int64),
        label=np.array([box.label for _, box in flat], dtype=np.int64),
        extent=reach.reshape(-1, 2),
        key=numbers,
    )

    def overlap(i: Ints, j: Ints) -> Floats:
        pairs = zip(i.tolist(), j.tolist(), strict=True)
        return np.array([turned_iou(flat[a][1], flat[b][1]) for a, b in pairs])

    things = find_things(marks, table=table, labels=labels, overlap=overlap, joins=JOINS)
    return [_fused(thing, [flat[member][1] for member in thing.members]) for thing in things]


def _fused(thing: Thing, members: Sequence[TurnedBox]) -> FoundBox:
    near = [sum(turned_iou(one, other) for other in members) for one in members]
    medoid = members[int(np.argmax(np.round(near, 9)))]
    alike = np.array([_numbers(_written_like(one, medoid)) for one in members])
    x, y, length, width, _, bottom, height = np.median(alike, axis=0).tolist()
    angle = float(np.arctan2(np.sin(alike[:, 4]).mean(), np.cos(alike[:, 4]).mean()))
    box = TurnedBox(thing.label, x, y, length, width, angle, bottom, height)
    mean = float(np.mean([turned_iou(one, box) for one in members]))
    return FoundBox(item=thing.item, box=box, there=thing.there, named=thing.named, alike=mean)


def _written_like(box: TurnedBox, model: TurnedBox) -> TurnedBox:
    """Return the same box written so that its direction is nearest to the model's."""
    turns = (0,) if box.height else (0, 1, 2, 3)
    ways = [
        TurnedBox(
            box.label,
            box.x,
            box.y,
            *((box.length, box.width) if turn % 2 == 0 else (box.width, box.length)),
            box.angle + turn * np.pi / 2,
            box.bottom,
            box.height,
        )
        for turn in turns
    ]
    # A square has four equal ways of writing; a longer side says which of two is meant.
    return min(ways, key=lambda way: (round(1.0 - np.cos(way.angle - model.angle), 9), way.angle))


def _numbers(box: TurnedBox) -> tuple[float, ...]:
    return box.x, box.y, box.length, box.width, box.angle, box.bottom, box.height
