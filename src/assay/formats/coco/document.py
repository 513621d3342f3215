"""What a COCO document holds: its categories, and where its images and annotations stand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from assay.core.did_you_mean import did_you_mean
from assay.core.errors import BadValue, NotReadable
from assay.core.labels.label_values import Boxes, LabelValue, Points, schema_of
from assay.core.layouts.json_stream import JsonWalk, Piece
from assay.core.layouts.label_look import no_labels
from assay.core.layouts.python_json import decoded
from assay.core.ports.file_format import LabelContents

BOXES: Final = "boxes"
KEYPOINTS: Final = "keypoints"
POINT_CATEGORY: Final = "points"
"""The category that all key points belong to when written, since key points have no owner among label values."""

_PLACES: Final = ("images", "annotations")
_PIECE: Final = 1 << 16
UNPARSED: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding a damaged piece of JSON raises."""

_WHOLE: Final = re.compile(r"(0|-?[1-9][0-9]{0,17})(?:\.0+)?")
_LARGEST_FLOAT: Final = 2**53
_PANOPTIC: Final = (
    "it is panoptic COCO, whose segments are painted in PNG files beside it; these are not read, boxes and key "
    "points are"
)
_CAPTIONS: Final = "its annotations are captions, which are not read; boxes and key points are"
_NO_PLACES: Final = "none of its annotations has a box, an outline or key points"
_NO_LABELS: Final = "it lists pictures alone: it has neither categories nor annotations"
_DATUMARO: Final = (
    "its 'categories' are no list; Datumaro's own JSON has them so, which is not read: have it export COCO"
)


@dataclass(frozen=True, slots=True)
class Category:
    """One category: its id (`known_id`), its name, the names of its key points, and whether lines join these."""

    id: int | str
    name: str
    keypoints: tuple[str, ...]
    has_skeleton: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """The parts of a COCO document.

    Attributes:
        categories: in the file's order.
        images: where the array of images starts, in bytes, or None.
        annotations: where the array of annotations starts, in bytes, or None.
    """

    categories: tuple[Category, ...]
    images: int | None
    annotations: int | None


def look_into(path: Path, *, attribute: str | None, kind: type[LabelValue] | None = None) -> LabelContents:
    """Say which labels a document holds: key points where its categories name any, else boxes.

    `kind` says which of them are meant, and that a document without 'annotations' is one of pictures without any.

    Raises:
        NotReadable: if the file is no COCO document with annotations of places.
        BadValue: if `attribute` is neither `boxes` nor `keypoints`.
    """
    found = survey(path)
    if found.annotations is None and kind not in (Boxes, Points):
        raise no_labels(str(path), "it holds no 'annotations'")
    if found.annotations is not None:
        if not found.categories and kind is None and not _first(path, found.annotations):
            raise no_labels(str(path), _NO_LABELS)
        refuse_others(path, found.annotations)
    has_points = any(one.keypoints for one in found.categories)
    chosen = attribute or (KEYPOINTS if has_points and kind is not Boxes else BOXES)
    if chosen not in (BOXES, KEYPOINTS) or (chosen == KEYPOINTS and not has_points):
        known = f"{BOXES} or {KEYPOINTS}" if has_points else BOXES
        raise BadValue(
            where=str(path),
            key="attribute",
            found=f"'{chosen}'",
            expected=known + did_you_mean(chosen, known.split(" or ")),
        )
    if chosen == KEYPOINTS:
        names = dict.fromkeys(name for one in found.categories for name in one.keypoints)
        return LabelContents(Points, schema_of(tuple(names)), attribute=KEYPOINTS)
    names = dict.fromkeys(one.name for one in found.categories)
    return LabelContents(Boxes, schema_of(tuple(names)), attribute=BOXES)


def survey(path: Path, *, whole: bool = True) -> Document:
    """Find the parts of a document, in whatever order they stand, holding none but the categories.

    Where it need not be the whole document, what follows the last part that is wanted is not looked at.

    Raises:
        NotReadable: if the file is missing, damaged, or no COCO document.
    """
    categories: Sequence[Category] = ()
    places: dict[str, int] = {}
    try:
        with path.open("rb") as stream:
            walk = JsonWalk(stream, path=str(path))
            if walk.kind() == b"[":
                reason = "it is a list, as files of results are, and no JSON object with 'images'"
                raise NotReadable(path=str(path), reason=reason)
            if walk.kind() != b"{":
                raise NotReadable(path=str(path), reason="it is no JSON object with 'images'")
            for key in walk.keys():  # noqa: SIM118 - no mapping
                if key == "categories":
                    categories = _categories(walk.value(), path)
                    continue
                if key in _PLACES:
                    places[key] = walk.here
                if not whole and categories and len(places) == len(_PLACES):
                    break
                if walk.kind() == b"[":
                    _pass(walk)
                else:
                    walk.skip()
    except OSError as error:
        raise NotReadable(path=str(path), reason=(error.strerror or str(error)).lower()) from error
    if not places:
        raise NotReadable(path=str(path), reason="it is no JSON object with 'images'")
    return Document(tuple(categories), places.get("images"), places.get("annotations"))


def refuse_others(path: Path, place: int) -> None:
    """Raise `NotReadable` where the first annotations, which start at `place`, say nothing of places in pictures."""
    first = _first(path, place)
    if any("segments_info" in one for one in first):
        raise NotReadable(path=str(path), reason=_PANOPTIC)
    if first and not any(one.get(key) for one in first for key in ("bbox", "segmentation", "keypoints")):
        captions = any("caption" in one for one in first)
        raise NotReadable(path=str(path), reason=_CAPTIONS if captions else _NO_PLACES)


def _first(path: Path, place: int) -> Sequence[dict[str, Any]]:
    """Return the first annotations, as many as are read at a time; none where one of them is damaged."""
    decode = msgspec.json.Decoder(list[dict[str, Any]]).decode
    with path.open("rb") as stream:
        part = next(walk_at(path, stream, place).decoded(decode, unfit=UNPARSED), [])
    if not isinstance(part, Piece):
        return part
    try:
        return [one for one in map(decoded, part.each()) if isinstance(one, dict)]
    except UNPARSED:
        return []


def known_id(found: object) -> int | str | None:
    """Return an id as one value however it is spelt: 1, 1.0 and "1" are one; None where it is no id."""
    if isinstance(found, str):
        whole = _WHOLE.fullmatch(found)
        return int(whole.group(1)) if whole else found
    if type(found) is float and found.is_integer() and abs(found) <= _LARGEST_FLOAT:
        return int(found)
    return found if type(found) is int else None


class _Anything(msgspec.Struct):
    """An object of which nothing is wanted."""


_PASS: Final = msgspec.json.Decoder(list[_Anything]).decode


def _pass(walk: JsonWalk) -> None:
    for _ in walk.decoded(_PASS, unfit=UNPARSED):
        pass


def walk_at(path: Path, stream: BinaryIO, place: int) -> JsonWalk:
    """Return a walk that stands at the array of images or annotations; raises `NotReadable` if it is none.

    The pieces are small: what they decode to, a hundred bytes of Python for each number, is what takes memory.
    """
    stream.seek(place)
    walk = JsonWalk(stream, path=str(path), piece=_PIECE)
    if walk.kind() != b"[":
        raise NotReadable(path=str(path), reason="its 'images' or 'annotations' are no list")
    return walk


def _categories(data: bytes, path: Path) -> list[Category]:
    try:
        found = decoded(data)
    except UNPARSED as error:
        raise NotReadable(path=str(path), reason=f"its categories are damaged ({error})") from None
    if not isinstance(found, list):
        raise NotReadable(path=str(path), reason=_DATUMARO)
    by_id: dict[int | str, Category] = {}
    for position, said in enumerate(found, start=1):
        one = _category(said, position, path)
        other = by_id.setdefault(one.id, one)
        if (other.name, other.keypoints) != (one.name, one.keypoints):
            named = f"'{other.name[:80]}' and '{one.name[:80]}'"
            raise NotReadable(path=str(path), reason=f"two of its categories have the id {one.id}: {named}")
    return list(by_id.values())


def _category(one: object, position: int, path: Path) -> Category:
    said: dict[str, Any] = one if isinstance(one, dict) else {}
    number, points = known_id(said.get("id")), said.get("keypoints") or []
    # Digits are often called by themselves.
    name = str(said["name"]) if type(said.get("name")) is int else said.get("name")
    name = name.strip() if isinstance(name, str) else name
    if number is None or not isinstance(name, str) or not name:
        raise NotReadable(path=str(path), reason=f"category {position} has no id or no name")
    if not isinstance(points, list) or not all(isinstance(point, str) and point for point in points):
        raise NotReadable(path=str(path), reason=f"the key points of category {position} are no names")
    return Category(
        number, name, tuple(point.strip() or point for point in points), bool(said.get("skeleton"))
    )
