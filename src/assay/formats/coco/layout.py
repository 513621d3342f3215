"""The format `coco`: what it is called, how it is recognised, and its two directions.

Layout: https://cocodataset.org/#format-data. Boxes are [left, top, width, height] in pixels from the top left
corner, key points [x, y, visibility] with visibility 0 (not labelled), 1 (hidden) or 2 (visible).

The ids 1, 1.0 and "1" are one. NaN and Infinity, which Python writes and JSON does not have, are read as null.
What stands under `attributes` boxes carry; other keys that COCO does not have are counted. Panoptic files, captions and lists of results are
refused by name.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from assay.core.labels.label_values import Boxes, LabelledItem, LabelValue, Points, attributes_alone
from assay.core.ports.file_format import (
    GUESSED,
    BadRow,
    Columns,
    Format,
    LabelContents,
    LeftOut,
    Naming,
    RawItem,
)
from assay.formats.coco.document import look_into
from assay.formats.coco.reading import read_coco, read_images
from assay.formats.coco.writing import write_coco

_HEAD = 4096


class CocoFormat(Format):
    """COCO detection and key point files."""

    name = "coco"
    suffix = ".coco.json"
    reads_items = True
    values = frozenset({Boxes, Points})
    keyed = False
    answers_for = frozenset[type[LabelValue]]()

    def guess(self, path: Path) -> bool:
        """Say whether the name ends in .json and the document starts as an object with COCO's first keys."""
        if not path.name.lower().endswith(".json") or not path.is_file():
            return False
        with path.open("rb") as stream:
            head = stream.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
        words = (b'"images"', b'"annotations"', b'"categories"', b'"licenses"', b'"info"')
        return head.startswith(b"{") and any(word in head for word in words)

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream the images; see `reading.read_images`."""
        return read_images(path, columns=columns, skip=skip)

    def look(
        self,
        path: Path,
        *,
        attribute: str | None = None,
        columns: Columns = GUESSED,
        kind: type[LabelValue] | None = None,
    ) -> LabelContents:
        """Say whether the file holds boxes or key points; `attribute` names one of them where it has both."""
        del columns
        return look_into(path, attribute=attribute, kind=kind)

    def read_labels(
        self, path: Path, *, contents: LabelContents, left_out: LeftOut
    ) -> Iterator[LabelledItem | BadRow]:
        """Stream the images with their boxes or key points; see `reading.read_coco`."""
        return read_coco(path, contents=contents, left_out=left_out)

    def write(self, items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
        """Write one document; see `writing.write_coco`."""
        return write_coco(items, path, naming=naming, left_out=left_out)

    def carried(self, value: LabelValue) -> LabelValue:
        """Return the value with the attributes of its boxes, which have ids of the file's own instead of theirs."""
        return attributes_alone(value)
