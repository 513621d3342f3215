"""Read the pictures and boxes of a Pascal VOC folder."""

import itertools
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from assay.core.labels.label_values import Box, Boxes, LabelledItem, Size, schema_of
from assay.core.layouts.pictures_beside import size_of_picture
from assay.core.limits import VOC_ANNOTATION
from assay.core.ports.file_format import BadRow, LabelContents, LeftOut, RawItem
from assay.formats.pascal_voc.folders import (
    Home,
    entries,
    lines_of,
    pictures_by_name,
    settled_home,
)

LABEL_MAP: Final = "labelmap.txt"
LABEL_MAP_HEAD: Final = "# label:color_rgb:parts:actions"
ESCAPED: Final = "escaped"
"""Attribute of a text in which signs that XML cannot hold are percent-encoded."""

SCORE: Final = "score"
"""The name of the attribute with a box's confidence."""

_LARGEST: Final = VOC_ANNOTATION.most

_LARGEST_SIDE: Final = 10_000_000
_LARGEST_PLACE: Final = 1e7
_FLAGS: Final = ("difficult", "truncated", "occluded")


def read_pictures(path: Path, *, skip: int = 0) -> Iterator[RawItem | BadRow]:
    """Stream the pictures, those without an annotation too.

    Raises:
        NotReadable: if the folder has no annotations.
    """
    return itertools.islice(_items(path), skip, None)


def look_into(path: Path) -> LabelContents:
    """Say which labels the folder names: those of `labelmap.txt`, then those of the annotations as they come.

    Raises:
        NotReadable: if the folder has no annotations.
    """
    home = settled_home(path)
    names = dict.fromkeys(_label_map(path))
    for entry in entries(path, home):
        if not entry.annotated:
            continue
        try:
            root = _parsed(home, entry.stem)
        except _Unfit:
            continue
        names.update(dict.fromkeys(filter(None, map(_name, root.iterfind("object")))))
    return LabelContents(Boxes, schema_of(tuple(names)))


def read_voc(path: Path, *, contents: LabelContents, left_out: LeftOut) -> Iterator[LabelledItem | BadRow]:
    """Stream the pictures with their boxes, in the order of the sets, then of the names.

    A picture without an annotation has no boxes where a set lists it beside pictures that have one, as Datumaro
    writes it; else nobody may have looked at it, and it is a bad row. What an object says besides its label, box
    and score is counted in `left_out`.

    Raises:
        NotReadable: if the folder has no annotations.
    """
    allowed = frozenset(contents.schema.names)
    home = settled_home(path)
    beside = pictures_by_name(home)
    told: set[str] = set()
    for line, entry in enumerate(entries(path, home), start=1):
        stem = entry.stem
        if entry.picture in told:
            continue
        if not entry.annotated:
            size = size_of_picture(home.pictures / entry.picture)
            yield BadRow(line, entry.doubt, stem) if entry.doubt else _labelled(entry.picture, [], [], size)
            continue
        try:
            root = _parsed(home, stem)
            boxes, scores = _boxes(root, allowed, left_out)
            media = _media(root, stem, beside)
        except _Unfit as problem:
            yield BadRow(line, str(problem), stem)
            continue
        told.add(media)
        if _text(root, "segmented") not in (None, "", "0"):
            left_out["masks"] += 1
        yield _labelled(media, boxes, scores, _size(root) or size_of_picture(home.pictures / media))


class _Unfit(Exception):
    """Why an annotation cannot be read; the sentence is the whole message."""


def _items(path: Path) -> Iterator[RawItem | BadRow]:
    home = settled_home(path)
    beside = pictures_by_name(home)
    told: set[str] = set()
    for line, entry in enumerate(entries(path, home), start=1):
        if entry.picture in told:
            continue
        if not entry.annotated:
            known = RawItem(line, None, entry.picture, None)
            yield known if entry.picture else BadRow(line, entry.doubt, entry.stem)
            continue
        try:
            media = _media(_parsed(home, entry.stem), entry.stem, beside)
        except _Unfit as problem:
            yield BadRow(line, str(problem), entry.stem)
            continue
        told.add(media)
        yield RawItem(line, None, media, None)


def _label_map(path: Path) -> Iterator[str]:
    for line in lines_of(path / LABEL_MAP):
        if line.strip() != LABEL_MAP_HEAD and line.count(":") >= 3 and (name := line.rsplit(":", 3)[0]):
            yield name


def _parsed(home: Home, stem: str) -> ET.Element:
    file = home.annotations / f"{stem}.xml"
    try:
        if file.stat().st_size > _LARGEST:
            raise _Unfit(f"'{stem}.xml' has more than {_LARGEST:,} bytes")
        # A document type can define texts that grow without end; no annotation needs one.
        parser = ET.XMLParser(target=_Builder())  # noqa: S314 - see above
        root = ET.fromstring(file.read_bytes(), parser=parser)  # noqa: S314 - see above
    except OSError as error:
        raise _Unfit(f"'{stem}.xml' cannot be read: {(error.strerror or str(error)).lower()}") from None
    except (ET.ParseError, ValueError, LookupError) as error:
        raise _Unfit(f"'{stem}.xml' is no XML: {error}") from None
    if root.tag != "annotation":
        raise _Unfit(f"'{stem}.xml' is no annotation")
    return root


class _Builder(ET.TreeBuilder):
    """Builds a tree, and refuses a document type before anything of it is used."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Raise."""
        del name, pubid, system
        raise _Unfit("it has a document type, which is not followed")


def _text(parent: ET.Element, path: str) -> str | None:
    found = parent.find(path)
    if found is None or found.text is None:
        return None
    return unquote(found.text) if found.get(ESCAPED) == "yes" else found.text.strip()


def _name(found: ET.Element) -> str | None:
    return _text(found, "name")


def _media(root: ET.Element, stem: str, beside: Mapping[str, str]) -> str:
    """Return a picture's path; where its annotation names it without the folder that both lie in, with that folder.

    Pictures are renamed and moved without their annotations: of a name that is not there the picture `beside` that is
    called like the annotation is taken.
    """
    name = _text(root, "filename")
    for said in dict.fromkeys((name, unquote(name))) if name and beside else ():
        near = f"{stem.rpartition('/')[0]}/{said}".lstrip("/")
        if found := beside.get(said if "/" in said else near) or beside.get(said):
            return found
    return beside.get(stem) or name or f"{stem.rpartition('/')[2]}.jpg"


def _size(root: ET.Element) -> Size | None:
    width, height = (_number(root, f"size/{side}") for side in ("width", "height"))
    for side in (width, height):
        if side is None or not 1 <= side <= _LARGEST_SIDE or side != int(side):
            return None
    return int(width or 0), int(height or 0)


def _number(parent: ET.Element, path: str) -> float | None:
    try:
        number = float(_text(parent, path) or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= _LARGEST_PLACE else None


def _boxes(root: ET.Element, allowed: frozenset[str], left_out: LeftOut) -> tuple[list[Box], list[float]]:
    boxes: list[Box] = []
    scores: list[float] = []
    for position, found in enumerate(root.iterfind("object"), start=1):
        name = _name(found)
        if not name:
            raise _Unfit(f"object {position} has no name")
        if name not in allowed:
            raise _Unfit(f"object {position}: '{name[:80]}' is not a label of this project")
        edges = [_number(found, f"bndbox/{edge}") for edge in ("xmin", "ymin", "xmax", "ymax")]
        left, top, right, bottom = (math.nan if one is None else one for one in edges)
        if math.isnan(left + top + right + bottom):
            raise _Unfit(f"object {position} has no box of four numbers")
        if right < left or bottom < top:
            raise _Unfit(f"object {position} has a box that ends before it starts")
        if round(right - left, 2) <= 0 or round(bottom - top, 2) <= 0:
            left_out["boxes without an area"] += 1
            continue
        boxes.append(Box(name, left, top, right - left, bottom - top))
        score = _said_besides(found, left_out)
        if score is not None:
            scores.append(score)
    if scores and len(scores) != len(boxes):
        left_out["confidences"] += len(scores)
        return boxes, []
    return boxes, scores


def _said_besides(found: ET.Element, left_out: LeftOut) -> float | None:
    """Count what an object says besides its box, and return its score."""
    score = None
    more = sum(_text(found, flag) not in (None, "", "0") for flag in _FLAGS)
    more += (_text(found, "pose") or "Unspecified") != "Unspecified"
    for attribute in found.iterfind("attributes/attribute"):
        given = _number(attribute, "value") if _text(attribute, "name") == SCORE else None
        if given is not None and 0 <= given <= 1:
            score = given
        else:
            more += 1
    if more:
        left_out["attributes"] += more
    for noun, path in (("parts of objects", "part"), ("outlines", "polygon"), ("actions", "actions")):
        if count := len(found.findall(path)):
            left_out[noun] += count
    return score


def _labelled(media: str, boxes: list[Box], scores: list[float], size: Size | None) -> LabelledItem:
    order = sorted(range(len(scores)), key=lambda at: _place(boxes[at]))
    parts = tuple(scores[at] for at in order)
    return LabelledItem(
        key=media,
        media=media,
        text=None,
        extra={},
        value=Boxes(tuple(boxes), size=size),
        confidence=math.fsum(parts) / len(parts) if parts else 1.0,
        human=True,
        made_at="",
        parts=parts,
    )


def _place(box: Box) -> tuple[float, float, float, float, str]:
    """Return where a box stands in the canonical order of `Boxes`."""
    return round(box.left, 2), round(box.top, 2), round(box.width, 2), round(box.height, 2), box.label
