"""The key points in a picture."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from assay.core.labels.item_facts import ItemFacts, Size
from assay.core.labels.values.boxes import SLACK, UNKNOWN, which_is
from assay.core.labels.values.in_json import (
    counted_names,
    label_in,
    number_in,
    objects_in,
    picture_size_in,
    plain,
)
from assay.core.labels.values.value_kind import LabelValue, Mark, OutsideItem, Unfit, ValueKind

_NAMES: Final = ("points", "keypoints", "annotations")


class Point(NamedTuple):
    """One key point in a picture, in pixels; `visible` is False where it is hidden behind something."""

    label: str
    x: float
    y: float
    visible: bool = True


@dataclass(frozen=True, slots=True)
class Points(LabelValue):
    """The key points in a picture, ordered by label, x and y.

    Attributes:
        points: the key points.
        size: the picture's size where it is known; no part of what the answer says.
    """

    points: tuple[Point, ...]
    size: Size | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Round, and put the points in order."""
        object.__setattr__(self, "points", tuple(sorted(map(_rounded, self.points))))


def _rounded(point: Point) -> Point:
    label, x, y, visible = point
    return Point(label, round(x, 2), round(y, 2), visible)


def _read(found: Any) -> Points:
    points = (
        Point(
            label_in(one),
            number_in(one.get("x")),
            number_in(one.get("y")),
            _visible(one.get("visible", True)),
        )
        for one in objects_in(found, _NAMES)
    )
    return Points(tuple(points), size=picture_size_in(found))


def _visible(found: Any) -> bool:
    if found in (True, False):  # 1 and 0 too
        return bool(found)
    raise Unfit("'visible' is neither true nor false")


def _content(value: Points) -> object:
    rows = [
        {"label": one.label, "x": plain(one.x), "y": plain(one.y), "visible": one.visible}
        for one in value.points
    ]
    return {"points": rows}


def _names(value: Points) -> tuple[str, ...]:
    return tuple(one.label for one in value.points)


def _renamed(value: Points, new: Callable[[str], str]) -> Points:
    return Points(tuple(one._replace(label=new(one.label)) for one in value.points), value.size)


def _outside(value: Points, item: ItemFacts) -> bool:
    size = item.size or UNKNOWN
    right, foot = size[0] + SLACK, size[1] + SLACK
    return any(not (-SLACK <= p.x <= right and -SLACK <= p.y <= foot) for p in value.points)


def _cut(value: Points, item: ItemFacts) -> tuple[Points, int]:
    """Refuse: of a point there is no part that lies within."""
    if _outside(value, item):
        raise OutsideItem(reason=f"a key point lies outside of its picture{which_is(item.size)}")
    return value, 0


KIND: Final = ValueKind(
    tag="points",
    called="points",
    holds=Points,
    read=_read,
    content=_content,
    names=_names,
    renamed=_renamed,
    words=lambda value: counted_names(_names(value)),
    noun="points",
    objects=lambda value: value.points,
    nothing=Points(()),
    bounded=True,
    outside=_outside,
    cut=_cut,
    drawn=True,
    size=lambda value: value.size,
    sized=lambda value, size: Points(value.points, size),
    marks=lambda value: [Mark(p.label, p.x, p.y, p.x, p.y) for p in value.points],
    keys=("points", "keypoints"),
    object_keys=("x",),
)
