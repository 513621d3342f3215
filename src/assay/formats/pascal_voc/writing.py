"""Write a Pascal VOC folder, streaming."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape

from assay.core.labels.label_values import Box, Boxes, LabelledItem
from assay.core.labels.values.in_json import plain
from assay.core.layouts.media_paths import path_parts
from assay.core.ports.file_format import LeftOut, Naming, leave_details_out
from assay.formats.pascal_voc.folders import ANNOTATIONS, SETS
from assay.formats.pascal_voc.reading import ESCAPED, LABEL_MAP, LABEL_MAP_HEAD, SCORE

_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f-\x9f\\:*?"<>|%]|^\.+$|^\s|\s$')
_NOT_XML: Final = re.compile(
    "[^\\u0020-\\u007e\\u00a0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]|^\\s|\\s$"
)
"""What XML cannot hold, or what its readers drop or change."""

_LONGEST_NAME: Final = 200
"""Bytes of one part of a path; most file systems take 255."""

_CHANNELS: Final = 3
_SAME: Final = 1e-6


def write_voc(items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
    """Write an annotation for each item, `ImageSets/Main/default.txt` in their order, and `labelmap.txt`.

    The pictures themselves are not copied. Confidences of boxes stand as the attribute `score`.

    Raises:
        FileExistsError: if there is such a folder.
        ValueError: if a label is none of the project's.
    """
    home = path / ANNOTATIONS
    path.mkdir()
    home.mkdir()
    path.joinpath(*SETS).mkdir(parents=True)
    (path / LABEL_MAP).write_text(_label_map(naming.schema.names), encoding="utf-8", newline="\n")
    names = frozenset(naming.schema.names)
    taken: set[str] = set()
    made = {home}
    count = 0
    with path.joinpath(*SETS, "default.txt").open("x", encoding="utf-8", newline="\n") as listing:
        for item in items:
            assert isinstance(item.value, Boxes)
            media = item.media if item.media is not None else item.key
            stem = _stem(media, taken)
            file = home / f"{stem}.xml"
            if file.parent not in made:
                file.parent.mkdir(parents=True, exist_ok=True)
                made.add(file.parent)
            file.write_text(_annotation(media, item.value, item.parts, names), encoding="utf-8", newline="\n")
            listing.write(f"{stem}\n")
            _count_lost(item, left_out)
            count += 1
    return count


def _annotation(media: str, value: Boxes, parts: Sequence[float], names: frozenset[str]) -> str:
    lines = ["<annotation>", f"  <folder></folder>\n  {_element('filename', media)}"]
    if value.size is not None:
        width, height = value.size
        lines.append(
            f"  <size><width>{width}</width><height>{height}</height><depth>{_CHANNELS}</depth></size>"
        )
    lines.append("  <segmented>0</segmented>")
    lines.extend(_objects(value.boxes, parts, names))
    return "\n".join((*lines, "</annotation>\n"))


def _objects(boxes: Sequence[Box], parts: Sequence[float], names: frozenset[str]) -> Iterator[str]:
    for box, score in zip_longest(boxes, parts):
        label, left, top, width, height, _ = box
        if label not in names:
            raise ValueError(label)
        edges = (left, top, round(left + width, 2), round(top + height, 2))
        xmin, ymin, xmax, ymax = map(plain, edges)
        scored = (
            f"\n    <attributes><attribute><name>{SCORE}</name><value>{score!r}</value></attribute></attributes>"
            if score is not None
            else ""
        )
        yield (
            f"  <object>\n    {_element('name', label)}\n"
            f"    <bndbox><xmin>{xmin}</xmin><ymin>{ymin}</ymin><xmax>{xmax}</xmax><ymax>{ymax}</ymax></bndbox>"
            f"{scored}\n  </object>"
        )


def _element(tag: str, text: str) -> str:
    if _NOT_XML.search(text):
        return f'<{tag} {ESCAPED}="yes">{quote(text, safe="")}</{tag}>'
    return f"<{tag}>{escape(text)}</{tag}>"


def _label_map(names: Sequence[str]) -> str:
    """Return the names as other tools read them; a name that would break a line is left to the annotations."""
    fit = [name for name in names if not _NOT_XML.search(name) and ":" not in name and name[:1] != "#"]
    return "".join(f"{line}\n" for line in (LABEL_MAP_HEAD, *(f"{name}:::" for name in fit)))


def _stem(media: str, taken: set[str]) -> str:
    """Return a path without ending that nobody else has; media that differ in their ending get a number."""
    parts = [_safe(part) for part in path_parts(media)]
    whole = "/".join(parts or ["_"])
    head, dot, ending = whole.rpartition(".")
    stem = head if dot and head and not head.endswith("/") and "/" not in ending else whole
    free, again = stem, 1
    while free.casefold() in taken:
        again += 1
        free = f"{stem}__{again}"
    taken.add(free.casefold())
    return free


def _safe(part: str) -> str:
    """Return a part of a path that every file system takes and that does not lead anywhere else."""
    safe = _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found.group().encode()), part)
    data = safe.encode()
    return safe if len(data) <= _LONGEST_NAME else data[-_LONGEST_NAME:].decode(errors="ignore")


def _count_lost(item: LabelledItem, left_out: LeftOut) -> None:
    # An annotation has room for the confidence of each box; that of an item comes back as their mean.
    told = sum(item.parts) / len(item.parts) if item.parts else 1.0
    if abs(told - item.confidence) > _SAME:
        left_out["confidences"] += 1
    if item.extra:
        left_out["further columns"] += len(item.extra)
    if item.adjusted is not None:
        left_out["adjustments"] += 1
    leave_details_out(item.value, left_out)
