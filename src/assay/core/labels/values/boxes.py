"""The objects in a picture, as upright rectangles."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final, NamedTuple

from assay.core.labels.attributes import PLAIN, Details, details_as_json
from assay.core.labels.item_facts import ItemFacts, Size
from assay.core.labels.values.canonical_order import in_order
from assay.core.labels.values.in_json import (
    carried_in,
    counted_names,
    label_in,
    number_in,
    objects_in,
    picture_size_in,
    plain,
)
from assay.core.labels.values.value_kind import LabelValue, Mark, OutsideItem, Unfit, ValueKind

SLACK: Final = 1.0
"""Pixels beyond the edge that are nobody's fault: tools round in different directions."""

UNKNOWN: Final = (math.inf, math.inf)
"""How far a picture of unknown size reaches, for all that is known."""

_SAME: Final = 0.005
"""Pixels that rounding to hundredths may take."""

_NAMES: Final = ("boxes", "boundingBoxes", "annotations", "objects")
BY_PLACE: Final = itemgetter(1, 2, 3, 4, 0)
"""By what a box stands among those of its value."""


class Box(NamedTuple):
    """One object in a picture: its upright rectangle, in pixels."""

    label: str
    left: float
    top: float
    width: float
    height: float
    details: Details = PLAIN


@dataclass(frozen=True, slots=True)
class Boxes(LabelValue):
    """The objects in a picture, ordered by left, top, width, height and label.

    Attributes:
        boxes: the objects.
        size: the picture's size where it is known; no part of what the answer says.
    """

    boxes: tuple[Box, ...]
    size: Size | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Round, and put the boxes in order."""
        object.__setattr__(self, "boxes", in_order(map(_rounded, self.boxes), BY_PLACE))


def boxes_in_order(boxes: tuple[Box, ...], *, size: Size | None = None) -> Boxes:
    """Return a value of boxes that are whole hundredths and in the order of `Boxes` already.

    For readers of a million boxes, who put them in order in bulk; whoever does not know it uses `Boxes`.
    """
    value = object.__new__(Boxes)
    object.__setattr__(value, "boxes", boxes)
    object.__setattr__(value, "size", size)
    return value


def within_picture(value: Boxes) -> Boxes:
    """Return boxes cut at the edges of their picture, without those that lie outside; where all fit, the same."""
    if value.size is None:
        return value
    if not _reach_beyond(value.boxes, value.size, slack=0.0, rounding=_SAME):
        return value
    cut = (_cut_one(box, value.size) for box in value.boxes)
    return Boxes(tuple(box for box in cut if box.width >= _SAME and box.height >= _SAME), value.size)


def which_is(size: Size | None) -> str:
    """Return the end of a sentence about what lies outside of a picture."""
    return ": it lies left of it or above it" if size is None else f", which is {size[0]} x {size[1]}"


def _rounded(box: Box) -> Box:
    """Return the box itself where it is rounded already: that is seen in a third of the time of rounding."""
    label, left, top, width, height, carried = box
    try:
        if (
            round(left * 100) / 100 == left
            and round(top * 100) / 100 == top
            and round(width * 100) / 100 == width
            and round(height * 100) / 100 == height
            and type(box) is Box
        ):
            return box
    except (ValueError, OverflowError):
        pass  # no finite number: it stays what it is
    return Box(label, round(left, 2), round(top, 2), round(width, 2), round(height, 2), carried)


def _read(found: Any) -> Boxes:
    return Boxes(tuple(_box(one) for one in objects_in(found, _NAMES)), size=picture_size_in(found))


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


def _content(value: Boxes) -> object:
    rows = [
        {
            "label": box.label,
            "left": plain(box.left),
            "top": plain(box.top),
            "width": plain(box.width),
            "height": plain(box.height),
            **details_as_json(box.details),
        }
        for box in value.boxes
    ]
    return {"boxes": rows}


def _names(value: Boxes) -> tuple[str, ...]:
    return tuple(box.label for box in value.boxes)


def _renamed(value: Boxes, new: Callable[[str], str]) -> Boxes:
    return Boxes(tuple(box._replace(label=new(box.label)) for box in value.boxes), value.size)


def _carrying(value: Boxes, changed: Callable[[Details], Details]) -> Boxes:
    return Boxes(tuple(box._replace(details=changed(box.details)) for box in value.boxes), value.size)


def _outside(value: Boxes, item: ItemFacts) -> bool:
    return _reach_beyond(value.boxes, item.size or UNKNOWN, slack=SLACK)


def _cut(value: Boxes, item: ItemFacts) -> tuple[Boxes, int]:
    if not _outside(value, item):
        return value, 0
    inside = Boxes(tuple(_cut_one(box, item.size or UNKNOWN) for box in value.boxes), value.size)
    if any(box.width < _SAME or box.height < _SAME for box in inside.boxes):
        raise OutsideItem(reason=f"a box has no part within its picture{which_is(item.size)}")
    return inside, sum(one not in value.boxes for one in inside.boxes)


def _reach_beyond(
    boxes: tuple[Box, ...], size: tuple[float, float], *, slack: float, rounding: float = 0.0
) -> bool:
    """Say whether a box reaches beyond a picture; a plain loop, since a million boxes pass here."""
    right, foot = size[0] + slack + rounding, size[1] + slack + rounding
    for _, left, top, width, height, _ in boxes:
        if left < -slack or top < -slack or left + width > right or top + height > foot:
            return True
    return False


def _cut_one(box: Box, size: tuple[float, float]) -> Box:
    label, left, top, width, height, carried = box
    x, y = max(left, 0.0), max(top, 0.0)
    return Box(label, x, y, min(left + width, size[0]) - x, min(top + height, size[1]) - y, carried)


def _marks(value: Boxes) -> Sequence[Mark]:
    return [Mark(b.label, b.left, b.top, b.left + b.width, b.top + b.height) for b in value.boxes]


KIND: Final = ValueKind(
    tag="boxes",
    called="boxes",
    holds=Boxes,
    read=_read,
    content=_content,
    names=_names,
    renamed=_renamed,
    words=lambda value: counted_names(_names(value)),
    noun="objects",
    objects=lambda value: value.boxes,
    details=lambda value: tuple(box.details for box in value.boxes),
    carrying=_carrying,
    nothing=Boxes(()),
    bounded=True,
    outside=_outside,
    cut=_cut,
    drawn=True,
    size=lambda value: value.size,
    sized=lambda value, size: boxes_in_order(value.boxes, size=size),
    marks=_marks,
    keys=("boxes", "boundingBoxes"),
    object_keys=("width", "bbox"),
)
