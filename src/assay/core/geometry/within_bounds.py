"""Whether the objects of a label lie within what they were drawn on, a picture or a text; what sticks out is cut."""

import math
from dataclasses import dataclass
from typing import Final, assert_never

from assay.core.errors import InputError
from assay.core.labels.item_facts import ItemFacts
from assay.core.labels.label_values import (
    Box,
    Boxes,
    Choice,
    Choices,
    LabelValue,
    Points,
    Preference,
    Size,
    Spans,
)

SLACK: Final = 1.0
"""Pixels beyond the edge that are nobody's fault: tools round in different directions."""

_UNKNOWN: Final = (math.inf, math.inf)
"""How far a picture of unknown size reaches, for all that is known."""

_SAME: Final = 0.005
"""Pixels that rounding to hundredths may take."""


@dataclass(eq=False, kw_only=True)
class OutsideItem(InputError):
    """The label lies outside of its item: {reason}."""

    reason: str


def lies_outside(value: LabelValue, item: ItemFacts) -> bool:
    """Say whether an object reaches beyond its picture or its text.

    Where the size of a picture is not known, its left and upper edges still are: they lie at 0.
    """
    size = item.size or _UNKNOWN
    match value:
        case Boxes(boxes):
            return _reach_beyond(boxes, size, slack=SLACK)
        case Points(points):
            right, foot = size[0] + SLACK, size[1] + SLACK
            return any(not (-SLACK <= p.x <= right and -SLACK <= p.y <= foot) for p in points)
        case Spans(spans):
            return item.length is not None and any(span.end > item.length for span in spans)
        case Choice() | Choices() | Preference():
            return False
        case _ as never:
            assert_never(never)


def cut_to_item(value: LabelValue, item: ItemFacts) -> tuple[LabelValue, int]:
    """Return a label cut at the edges of its picture, and how many of its boxes were cut.

    What reaches beyond by `SLACK` at most stays as it is.

    Raises:
        OutsideItem: if a box or a key point lies outside of its picture, or a stretch ends beyond its text.
    """
    if not lies_outside(value, item):
        return value, 0
    match value:
        case Spans():
            raise OutsideItem(reason=f"a stretch ends beyond its text, which has {item.length:,} signs")
        case Boxes(boxes):
            inside = Boxes(tuple(_cut(box, item.size or _UNKNOWN) for box in boxes), value.size)
            if any(box.width < _SAME or box.height < _SAME for box in inside.boxes):
                raise OutsideItem(reason=f"a box has no part within its picture{_which_is(item.size)}")
            return inside, sum(one not in boxes for one in inside.boxes)
        case _:
            raise OutsideItem(reason=f"a key point lies outside of its picture{_which_is(item.size)}")


def _which_is(size: Size | None) -> str:
    return ": it lies left of it or above it" if size is None else f", which is {size[0]} x {size[1]}"


def within_picture(value: Boxes) -> Boxes:
    """Return boxes cut at the edges of their picture, without those that lie outside; where all fit, the same."""
    if value.size is None:
        return value
    if not _reach_beyond(value.boxes, value.size, slack=0.0, rounding=_SAME):
        return value
    cut = (_cut(box, value.size) for box in value.boxes)
    return Boxes(tuple(box for box in cut if box.width >= _SAME and box.height >= _SAME), value.size)


def _reach_beyond(
    boxes: tuple[Box, ...], size: tuple[float, float], *, slack: float, rounding: float = 0.0
) -> bool:
    """Say whether a box reaches beyond a picture; a plain loop, since a million boxes pass here."""
    right, foot = size[0] + slack + rounding, size[1] + slack + rounding
    for _, left, top, width, height, _ in boxes:
        if left < -slack or top < -slack or left + width > right or top + height > foot:
            return True
    return False


def _cut(box: Box, size: tuple[float, float]) -> Box:
    label, left, top, width, height, carried = box
    x, y = max(left, 0.0), max(top, 0.0)
    return Box(label, x, y, min(left + width, size[0]) - x, min(top + height, size[1]) - y, carried)
