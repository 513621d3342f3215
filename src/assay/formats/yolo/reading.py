"""Read the pictures and boxes of a YOLO folder."""

import csv
import itertools
import math
import re
from collections.abc import Iterator
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Final

import msgspec

from assay.core.errors import NotReadable
from assay.core.labels.attributes import PLAIN
from assay.core.labels.label_values import Box, Boxes, LabelledItem, Size, boxes_in_order, schema_of
from assay.core.layouts.pictures_beside import size_of_picture
from assay.core.limits import YOLO_LABELS
from assay.core.ports.file_format import BadRow, LabelContents, LeftOut, RawItem
from assay.formats.yolo.description import Description, describe, is_there, label_file, pictures, read_bytes

SIZES: Final = "sizes.csv"
"""Beside data.yaml: file, width, height, media. Other tools do not look at it."""

_LARGEST_LABELS: Final = YOLO_LABELS.most

_LARGEST_SIDE: Final = 10_000_000
_LARGEST_SHARE: Final = 1_000.0
_BOX_WORDS, _SCORED_BOX = 5, 6
_Class = Annotated[int, msgspec.Meta(ge=0)]
_Share = Annotated[float, msgspec.Meta(ge=-_LARGEST_SHARE, le=_LARGEST_SHARE)]
_DECODE: Final = msgspec.json.Decoder(list[tuple[_Class, _Share, _Share, _Share, _Share]]).decode
_BOX: Final = partial(tuple.__new__, Box)
"""Make a box of a row of its label and numbers; calling `Box` takes three times as long."""

_NUMBER: Final = re.compile(r"[0-9]{1,30}(?:\.[0-9]{0,60})?(?:[eE][+-]?[0-9]{1,2})?")
_PLAIN: Final = b"0123456789.eE+- \n"
_BY_PLACE: Final = itemgetter(1, 2, 3, 4, 0)

Known = dict[str, tuple[Size | None, str | None]]
"""By picture: its size, and the media that it stands for."""


def read_pictures(path: Path, *, skip: int = 0) -> Iterator[RawItem | BadRow]:
    """Stream the pictures as items.

    Raises:
        NotReadable: if the folder has no description or its lists are not there.
    """
    return itertools.islice(_items(path), skip, None)


def look_into(path: Path) -> LabelContents:
    """Say which classes the description names.

    Raises:
        NotReadable: if the folder has no description, or it names no classes.
    """
    return LabelContents(Boxes, schema_of(tuple(dict.fromkeys(describe(path).names))))


def read_yolo(path: Path, *, contents: LabelContents, left_out: LeftOut) -> Iterator[LabelledItem | BadRow]:
    """Stream the pictures with their boxes; a picture without a file of labels has none.

    Sizes come from `sizes.csv`, else from the pictures themselves. Rows of outlines become the box around
    them, and the outline is counted in `left_out`.

    Raises:
        NotReadable: if the folder has no description or its lists are not there.
    """
    about = describe(path)
    if again := len(about.names) - len(set(about.names)):
        left_out["classes with another's name"] += again
    known = _sizes(about.root)
    allowed = frozenset(contents.schema.names)
    names = [name if name in allowed else None for name in about.names]
    for line, picture in enumerate(pictures(about), start=1):
        if isinstance(picture, BadRow):
            yield BadRow(line, picture.reason)
            continue
        size, media = known.get(picture, (None, None))
        try:
            size = size or size_of_picture(about.root / picture)
            value, parts = _value(about, picture, names=names, size=size, left_out=left_out)
        except _Unfit as problem:
            yield BadRow(line, str(problem), media or picture)
            continue
        yield _labelled(media or picture, value, parts)


class _Unfit(Exception):
    """Why a picture's labels cannot be read; the sentence is the whole message."""


def _items(path: Path) -> Iterator[RawItem | BadRow]:
    about = describe(path)
    known = _sizes(about.root)
    for line, picture in enumerate(pictures(about), start=1):
        if isinstance(picture, BadRow):
            yield BadRow(line, picture.reason)
        else:
            yield RawItem(line, None, known.get(picture, (None, None))[1] or picture, None)


def _sizes(root: Path) -> Known:
    """Read the sizes; a row that says none is left out, the picture itself may know."""
    path = root / SIZES
    found: Known = {}
    if not path.is_file():
        return found
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as stream:
            rows = csv.reader(stream, strict=False)
            for row in rows:
                if len(row) < 3:
                    continue
                width, height = (_side(one) for one in row[1:3])
                size = (width, height) if width and height else None
                found[row[0]] = (size, row[3] if len(row) > 3 and row[3] else None)
    except (OSError, csv.Error) as error:
        raise NotReadable(path=str(path), reason=str(error).lower()) from None
    return found


def _side(text: str) -> int | None:
    side = int(text) if text.isdecimal() and len(text) < 9 else 0
    return side if 0 < side <= _LARGEST_SIDE else None


def _value(
    about: Description, picture: str, *, names: list[str | None], size: Size | None, left_out: LeftOut
) -> tuple[Boxes, tuple[float, ...]]:
    """Return a picture's boxes, and their confidences where all of them have one."""
    file = label_file(picture, beside=about.beside)
    data = _label_bytes(about, picture, file)
    if size is not None:
        plain = _plain_boxes(data, names, size)
        return (
            (plain, ())
            if plain
            else _boxes(about, data, file=file, names=names, size=size, left_out=left_out)
        )
    if data.strip():
        raise _Unfit(f"the size of '{picture}' is not known: neither the picture nor {SIZES} says it")
    return Boxes(()), ()


def _boxes(
    about: Description, data: bytes, *, file: str, names: list[str | None], size: Size, left_out: LeftOut
) -> tuple[Boxes, tuple[float, ...]]:
    """Do the same line by line, which takes longer and says what is wrong."""
    boxes: list[Box] = []
    scores: list[float] = []
    for number, line in enumerate(data.decode(errors="replace").splitlines(), start=1):
        row = line.split()
        if not row:
            continue
        where = f"{file}, line {number}"
        name = _name(row[0], names, where)
        shares = _shares(row[1:], where)
        left, top, width, height = _place(row, shares, about, where, left_out)
        box = Box(name, left * size[0], top * size[1], width * size[0], height * size[1])
        if box.width < 0 or box.height < 0:
            raise _Unfit(f"{where}: a box of {width:g} by {height:g} has no area")
        if round(box.width, 2) <= 0 or round(box.height, 2) <= 0:
            left_out["boxes without an area"] += 1
            continue
        boxes.append(box)
        if len(row) == _SCORED_BOX and 0 <= shares[4] <= 1:
            scores.append(shares[4])
        elif len(row) == _SCORED_BOX:
            left_out["confidences"] += 1
    value = Boxes(tuple(boxes), size=size)
    if len(scores) != len(boxes):
        if scores:
            left_out["confidences"] += len(scores)
        return value, ()
    order = sorted(range(len(scores)), key=lambda at: (*_rounded(boxes[at]), boxes[at].label))
    return value, tuple(scores[at] for at in order)


def _label_bytes(about: Description, picture: str, file: str) -> bytes:
    """Return a picture's file of labels; nothing where the picture is there and has none."""
    path = f"{about.root}/{file}"
    try:
        return read_bytes(path, most=_LARGEST_LABELS)
    except NotReadable as problem:
        if is_there(path):
            raise _Unfit(str(problem)) from None
    if not is_there(about.root / picture):
        raise _Unfit(f"neither the picture '{picture}' nor its labels are there")
    return b""


def _plain_boxes(data: bytes, names: list[str | None], size: Size) -> Boxes | None:
    """Return the boxes of a file that has five good numbers a line, all at once; None for any other."""
    if data.translate(None, _PLAIN):
        return None
    try:
        # The numbers of YOLO are those of JSON, whose parser also counts them; what it does not take is another's.
        rows = _DECODE(b"[[" + data.rstrip(b"\n").replace(b"\n", b"],[").replace(b" ", b",") + b"]]")
        wide, high = size
        found = [
            _BOX(
                (
                    names[number],
                    round((x - width / 2) * wide * 100) / 100,
                    round((y - height / 2) * high * 100) / 100,
                    round(width * wide * 100) / 100,
                    round(height * high * 100) / 100,
                    PLAIN,
                )
            )
            for number, x, y, width, height in rows
        ]
    except (msgspec.DecodeError, IndexError):
        return None
    found.sort(key=_BY_PLACE)
    good = all(label is not None and width > 0 and height > 0 for label, _, _, width, height, _ in found)
    return boxes_in_order(tuple(found), size=size) if good else None


def _name(word: str, names: list[str | None], where: str) -> str:
    # numpy writes whole numbers as 1.000000 or 1.0e+00, and Ultralytics reads them.
    whole = _NUMBER.fullmatch(word) is not None and float(word).is_integer()
    number = int(float(word)) if whole else -1
    if not 0 <= number < len(names):
        raise _Unfit(f"{where}: '{word[:80]}' is none of the {len(names)} classes")
    name = names[number]
    if name is None:
        raise _Unfit(f"{where}: class {number} is not a label of this project")
    return name


def _shares(words: list[str], where: str) -> list[float]:
    try:
        shares = [float(word) for word in words]
    except ValueError:
        raise _Unfit(f"{where}: a coordinate is not a number") from None
    if not all(abs(one) <= _LARGEST_SHARE for one in shares):
        raise _Unfit(f"{where}: a coordinate is no share of the picture")
    return shares


def _place(
    words: list[str], shares: list[float], about: Description, where: str, left_out: LeftOut
) -> tuple[float, float, float, float]:
    """Return left, top, width and height as shares."""
    if len(words) in (_BOX_WORDS, _SCORED_BOX) or (about.points and len(words) > _BOX_WORDS):
        if len(words) > _SCORED_BOX:
            left_out["key points"] += 1
        x, y, width, height = shares[:4]
        return x - width / 2, y - height / 2, width, height
    if len(words) < 7 or len(shares) % 2:
        raise _Unfit(f"{where}: {len(words)} numbers are neither a box nor an outline")
    if _looks_like_key_points(words, shares):
        raise _Unfit(f"{where}: it looks like a box with key points; data.yaml has to say so by 'kpt_shape'")
    left_out["outlines"] += 1
    xs, ys = shares[::2], shares[1::2]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _looks_like_key_points(words: list[str], shares: list[float]) -> bool:
    """Say whether every third number behind a box is a visibility, and one is 2, which no share is."""
    visible = shares[6::3]
    return len(words) % 3 == 2 and 2.0 in visible and all(one in (0.0, 1.0, 2.0) for one in visible)


def _labelled(media: str, value: Boxes, parts: tuple[float, ...]) -> LabelledItem:
    return LabelledItem(
        key=media,
        media=media,
        text=None,
        extra={},
        value=value,
        confidence=math.fsum(parts) / len(parts) if parts else 1.0,
        human=True,
        made_at="",
        parts=parts,
    )


def _rounded(box: Box) -> tuple[float, float, float, float]:
    return round(box.left, 2), round(box.top, 2), round(box.width, 2), round(box.height, 2)
