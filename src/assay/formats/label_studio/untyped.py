"""Regions whose labels come from a control of their own: `<Labels>` beside `<Rectangle>`, `<Ellipse>` and others.

Label Studio writes two results with one id for each: the bare shape, and the labels with the shape's place once more.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

Region = Mapping[str, Any]

_BARE: Final = {
    "rectangle": "rectanglelabels",
    "ellipse": "ellipselabels",
    "polygon": "polygonlabels",
    "brush": "brushlabels",
    "keypoint": "keypointlabels",
}
"""What a bare shape is called once it has labels."""


def with_their_types(regions: Sequence[Region]) -> list[Region]:
    """Return regions in which labels beside a shape are of the shape's own type, and bare shapes with such are gone."""
    made = [_typed(region) for region in regions]
    labelled = [one["id"] for one in made if one.get("type") in _BARE.values() and "id" in one]
    ids = {one for one in labelled if isinstance(one, str | int)}
    return [
        one if (bare := _once_labelled(one)) is None else {**one, "type": bare}
        for one in made
        if _once_labelled(one) is None or not isinstance(one.get("id"), str | int) or one["id"] not in ids
    ]


def _once_labelled(region: Region) -> str | None:
    kind = region.get("type")
    return _BARE.get(kind) if isinstance(kind, str) else None


def _typed(region: Region) -> Region:
    value = region.get("value")
    if region.get("type") != "labels" or not isinstance(value, Mapping) or "start" in value:
        return region
    kind = _shape(value)
    if kind is None:
        return region
    return {**region, "type": kind, "value": {**value, kind: value.get("labels")}}


def _shape(value: Region) -> str | None:
    if "points" in value:
        return "polygonlabels"
    if "radiusX" in value:
        return "ellipselabels"
    if "rle" in value:
        return "brushlabels"
    if "height" in value and "width" in value:
        return "rectanglelabels"
    return "keypointlabels" if "x" in value and "y" in value else None
