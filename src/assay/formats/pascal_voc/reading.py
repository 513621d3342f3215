"""Read the pictures and boxes of a Pascal VOC folder."""

import itertools
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from assay.core.errors import NotReadable
from assay.core.labels import Box, Boxes, LabelledItem, Size, schema_of
from assay.core.ports import BadRow, LabelContents, LeftOut, RawItem

ANNOTATIONS: Final = "Annotations"
SETS: Final = ("ImageSets", "Main")
LABEL_MAP: Final = "labelmap.txt"
LABEL_MAP_HEAD: Final = "# label:color_rgb:parts:actions"
ESCAPED: Final = "escaped"
"""Attribute of a text in which signs that XML cannot hold are percent-encoded."""

SCORE: Final = "score"
"""The name of the attribute with a box's confidence."""

_SET_NAMES: Final = ("default", "trainval", "train", "val", "test")
_LARGEST: Final = 1 << 24
"""Bytes of one annotation."""

_LARGEST_SIDE: Final = 10_000_000
_LARGEST_PLACE: Final = 1e7
_FLAGS: Final = ("difficult", "truncated", "occluded")


def read_pictures(path: Path, *, skip: int = 0) -> Iterator[RawItem | BadRow]:
    """Stream the pictures that have an annotation.

    Raises:
        NotReadable: if the folder has no annotations.
    """
    return itertools.islice(_items(path), skip, None)


def look_into(path: Path) -> LabelContents:
    """Say which labels the folder names: those of `labelmap.txt`, then those of the annotations as they come.

    Raises:
        NotReadable: if the folder has no annotations.
    """
    names = dict.fromkeys(_label_map(path))
    for stem in _stems(path):
        try:
            root = _parsed(path, stem)
        except _Unfit:
            continue
        names.update(dict.fromkeys(filter(None, map(_name, root.iterfind("object")))))
    return LabelContents(Boxes, schema_of(tuple(names)))


def read_voc(path: Path, *, contents: LabelContents, left_out: LeftOut) -> Iterator[LabelledItem | BadRow]:
    """Stream the pictures with their boxes, in the order of the sets, then of the names.

    What an object says besides its label, box and score is counted in `left_out`.

    Raises:
        NotReadable: if the folder has no annotations.
    """
    allowed = frozenset(contents.schema.names)
    for line, stem in enumerate(_stems(path), start=1):
        try:
            root = _parsed(path, stem)
            boxes, scores = _boxes(root, allowed, left_out)
            media = _media(root, stem)
        except _Unfit as problem:
            yield BadRow(line, str(problem), stem)
            continue
        if _text(root, "segmented") not in (None, "", "0"):
            left_out["masks"] += 1
        yield _labelled(media, boxes, scores, _size(root))


class _Unfit(Exception):
    """Why an annotation cannot be read; the sentence is the whole message."""


def _items(path: Path) -> Iterator[RawItem | BadRow]:
    for line, stem in enumerate(_stems(path), start=1):
        try:
            media = _media(_parsed(path, stem), stem)
        except _Unfit as problem:
            yield BadRow(line, str(problem), stem)
            continue
        yield RawItem(line, None, media, None)


def _stems(path: Path) -> Iterator[str]:
    """Yield the annotations' names without ending, each once: as the sets list them, then the rest by name."""
    if not (path / ANNOTATIONS).is_dir():
        raise NotReadable(path=str(path), reason=f"it has no folder '{ANNOTATIONS}'")
    there = dict.fromkeys(_found(path / ANNOTATIONS))
    for name in _SET_NAMES:
        for listed in _lines(path.joinpath(*SETS, f"{name}.txt")):
            # The sets of one class have a second column; a name may have blanks itself.
            for stem in (listed, listed.partition(" ")[0]):
                if stem in there:
                    del there[stem]
                    yield stem
                    break
    yield from there


def _found(folder: Path, below: str = "") -> Iterator[str]:
    with os.scandir(folder / below) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        if entry.is_dir(follow_symlinks=False):
            yield from _found(folder, f"{below}{entry.name}/")
        elif entry.name.lower().endswith(".xml") and entry.is_file(follow_symlinks=False):
            yield below + entry.name[:-4]


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", errors="replace", newline="\n") as stream:
            for line in stream:
                if line.strip():
                    yield line.rstrip("\r\n")
    except FileNotFoundError:
        return
    except OSError as error:
        raise NotReadable(path=str(path), reason=(error.strerror or str(error)).lower()) from None


def _label_map(path: Path) -> Iterator[str]:
    for line in _lines(path / LABEL_MAP):
        if line.strip() != LABEL_MAP_HEAD and line.count(":") >= 3 and (name := line.rsplit(":", 3)[0]):
            yield name


def _parsed(path: Path, stem: str) -> ET.Element:
    file = path / ANNOTATIONS / f"{stem}.xml"
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


def _media(root: ET.Element, stem: str) -> str:
    return _text(root, "filename") or f"{stem}.jpg"


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
        if round(right - left, 2) <= 0 or round(bottom - top, 2) <= 0:
            left_out["boxes without an area"] += 1
            continue
        boxes.append(Box(name, left, top, right - left, bottom - top))
        score = _said_besides(found, left_out)
        if score is not None:
            scores.append(score)
    return boxes, scores if len(scores) == len(boxes) else []


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
