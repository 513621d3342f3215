"""What a COCO document holds: its categories, and where its images and annotations stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from assay.core.errors import BadValue, NotReadable
from assay.core.json_pieces import JsonWalk
from assay.core.labels import Boxes, Points, schema_of
from assay.core.ports import LabelContents

BOXES: Final = "boxes"
KEYPOINTS: Final = "keypoints"
_PLACES: Final = ("images", "annotations")
_PIECE: Final = 1 << 16
UNPARSED: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding a damaged piece of JSON raises."""


@dataclass(frozen=True, slots=True)
class Category:
    """One category: its id as the file spells it, its name, and the names of its key points."""

    id: int | str
    name: str
    keypoints: tuple[str, ...]


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


def look_into(path: Path, *, attribute: str | None) -> LabelContents:
    """Say which labels a document holds: key points where its categories name any, else boxes.

    Raises:
        NotReadable: if the file is no COCO document with annotations.
        BadValue: if `attribute` is neither `boxes` nor `keypoints`.
    """
    found = survey(path)
    if found.annotations is None:
        raise NotReadable(path=str(path), reason="it holds no 'annotations'")
    has_points = any(one.keypoints for one in found.categories)
    chosen = attribute or (KEYPOINTS if has_points else BOXES)
    if chosen not in (BOXES, KEYPOINTS) or (chosen == KEYPOINTS and not has_points):
        known = f"{BOXES} or {KEYPOINTS}" if has_points else BOXES
        raise BadValue(where=str(path), key="attribute", found=f"'{chosen}'", expected=known)
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
        found = msgspec.json.decode(data)
    except UNPARSED as error:
        raise NotReadable(path=str(path), reason=f"its categories are damaged ({error})") from None
    if not isinstance(found, list):
        raise NotReadable(path=str(path), reason="its 'categories' are no list")
    return [_category(one, position, path) for position, one in enumerate(found, start=1)]


def _category(one: object, position: int, path: Path) -> Category:
    said: dict[str, Any] = one if isinstance(one, dict) else {}
    number, name, points = said.get("id"), said.get("name"), said.get("keypoints") or []
    if isinstance(number, bool) or not isinstance(number, int | str) or not isinstance(name, str) or not name:
        raise NotReadable(path=str(path), reason=f"category {position} has no id or no name")
    if not isinstance(points, list) or not all(isinstance(point, str) and point for point in points):
        raise NotReadable(path=str(path), reason=f"the key points of category {position} are no names")
    return Category(number, name, tuple(points))
