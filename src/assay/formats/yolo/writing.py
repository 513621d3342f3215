"""Write a YOLO folder as Ultralytics reads it, streaming; what it cannot say stands beside, in `sizes.csv`."""

import csv
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from assay.core.errors import InputError
from assay.core.labels.label_values import Boxes, LabelledItem
from assay.core.labels.values.boxes import within_picture
from assay.core.layouts.media_paths import path_parts
from assay.core.ports.file_format import LeftOut, Naming, leave_details_out
from assay.formats.yolo.description import label_file
from assay.formats.yolo.reading import SIZES

_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f-\x9f\\:*?"<>|%]|^\.+$|^\s|\s$')
_PLAIN: Final = re.compile(
    r"(?!(?:.*/)?images/)(?:[\w-](?:[\w. -]{0,80}[\w-])?/)*[\w-][\w. -]{0,80}\w", re.ASCII
)
"""Media that need no change to be a path."""

_ENCODE: Final = msgspec.json.Encoder().encode
_LONGEST_NAME: Final = 200
"""Bytes of one part of a path; most file systems take 255."""


@dataclass(eq=False, kw_only=True)
class SizeNotKnown(InputError):
    """The size of the picture of item '{item}' is not known, and YOLO says where boxes are as shares of it."""

    item: str


def write_yolo(items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
    """Write `data.yaml`, `train.txt` in the order of the items, a file of labels for each, and `sizes.csv`.

    Pictures are listed below `images`, under the path that their media have; the pictures themselves are not
    copied. Shares are written with all their digits, which takes less time than to cut them off. Boxes are cut
    at the edges of their picture, since Ultralytics drops every picture that has one beyond them.

    Raises:
        FileExistsError: if there is such a folder.
        SizeNotKnown: if the size of a picture with boxes is not known.
        ValueError: if a label is none of the project's.
    """
    path.mkdir()
    # Ultralytics wants every number up to the largest, so labels that are none any longer keep their line.
    (path / "data.yaml").write_text(_description(naming.schema.every_number), encoding="utf-8")
    number = naming.schema.numbers
    taken: set[str] = set()
    made: set[str] = set()
    count = 0
    with ExitStack() as files:
        listing = files.enter_context((path / "train.txt").open("x", encoding="utf-8", newline="\n"))
        sizes = csv.writer(
            files.enter_context((path / SIZES).open("x", encoding="utf-8", newline="")), lineterminator="\n"
        )
        sizes.writerow(("file", "width", "height", "media"))
        for item in items:
            assert isinstance(item.value, Boxes)
            media = item.media if item.media is not None else item.key
            picture = _picture(media, taken)
            file = f"{path}/{label_file(picture, beside=False)}"
            folder = file.rpartition("/")[0]
            if folder not in made:
                Path(folder).mkdir(parents=True, exist_ok=True)
                made.add(folder)
            inside = within_picture(item.value)
            _write_new(file, _labels(item, inside, number))
            listing.write(f"./{picture}\n")
            sizes.writerow((picture, *(item.value.size or ("", "")), media))
            _count_lost(item, left_out)
            if inside is not item.value:
                _count_cut(item.value, inside, left_out)
            count += 1
    return count


def _count_cut(value: Boxes, inside: Boxes, left_out: LeftOut) -> None:
    outside = len(value.boxes) - len(inside.boxes)
    beyond = sum((Counter(value.boxes) - Counter(inside.boxes)).values()) - outside
    if outside:
        left_out["boxes outside of their picture"] += outside
    if beyond:
        left_out["parts of boxes beyond their picture"] += beyond


def _labels(item: LabelledItem, value: Boxes, number: dict[str, int]) -> bytes:
    if not value.boxes:
        return b""
    if value.size is None:
        raise SizeNotKnown(item=item.key)
    wide, high = value.size
    try:
        rows = [
            (number[label], (left + width / 2) / wide, (top + height / 2) / high, width / wide, height / high)
            for label, left, top, width, height, _ in value.boxes
        ]
    except KeyError as strange:
        raise ValueError(*strange.args) from None
    # JSON's numbers are YOLO's, and written in bulk: only the signs between them are others.
    return _ENCODE(rows)[2:-2].replace(b"],[", b"\n").replace(b",", b" ") + b"\n"


def _picture(media: str, taken: set[str]) -> str:
    """Return a path below `images` whose labels nobody else has.

    Two pictures that differ in their ending only would share their labels, so the later one is listed under
    another name; `sizes.csv` knows the media of each.
    """
    plain = _PLAIN.fullmatch(media)
    parts = media.split("/") if plain else [_safe(part) for part in path_parts(media)]
    *folders, name = ("images", *(parts or ["_"]))
    stem, dot, ending = name.rpartition(".")
    if not stem or not ending or ending.casefold() == "txt":
        stem, dot, ending = name, ".", "jpg"
    home, again, free = "/".join(folders), 1, stem
    while (there := f"{home}/{free}".casefold()) in taken:
        again += 1
        free = f"{stem}__{again}"
    taken.add(there)
    return f"{home}/{free}{dot}{ending}"


def _write_new(path: str, data: bytes) -> None:
    """Write a small file; a file object takes longer to make than this takes."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        while data:
            data = data[os.write(file, data) :]
    finally:
        os.close(file)


def _safe(part: str) -> str:
    """Return a part of a path that every file system takes and that does not lead anywhere else."""
    safe = _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found.group().encode()), part)
    data = safe.encode()
    if len(data) <= _LONGEST_NAME:
        return "images_" if safe == "images" else safe
    return data[-_LONGEST_NAME:].decode(errors="ignore")


def _description(names: Mapping[int, str]) -> str:
    rows = "".join(f"\n  {number}: {_quoted(name)}" for number, name in names.items())
    return f"path: .\ntrain: train.txt\nval: train.txt\nnames:{rows or ' {}'}\n"


def _quoted(name: str) -> str:
    """Return a name as a YAML text in double quotes, in which any character can be written."""
    signs = (one if one.isprintable() else f"\\U{ord(one):08x}" for one in re.sub(r'(["\\])', r"\\\1", name))
    return f'"{"".join(signs)}"'


def _count_lost(item: LabelledItem, left_out: LeftOut) -> None:
    if item.parts or item.confidence < 1:
        left_out["confidences"] += len(item.parts) or 1
    if item.extra:
        left_out["further columns"] += len(item.extra)
    if item.adjusted is not None:
        left_out["adjustments"] += 1
    leave_details_out(item.value, left_out)
