"""The format `yolo`: what it is called, how it is recognised, and its two directions.

Layout: https://docs.ultralytics.com/datasets/detect/. `data.yaml` names the classes and the lists of pictures;
the labels of `images/a/b.jpg` stand in `labels/a/b.txt`, one box a line: class, centre x, centre y, width, height,
each as a share of the picture's width or height.

A folder with a `classes.txt`, as labelImg and Label Studio write it, is read too: its labels lie below `labels`,
beside `images`, or beside the pictures. So are folders with an `obj.names` and an `images.txt` (FiftyOne), and with
a `data.yaml` that names no pictures (supervision), which lie in `images` then. Of paths that are not there the longest end that is there is taken.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from assay.core.labels.label_values import Boxes, LabelledItem, LabelValue, without_details
from assay.core.labels.values.boxes import within_picture
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
from assay.formats.yolo.description import description_of
from assay.formats.yolo.reading import look_into, read_pictures, read_yolo
from assay.formats.yolo.writing import write_yolo


class YoloFormat(Format):
    """A folder of YOLO labels; written as Ultralytics reads it, read in darknet's layout too."""

    name = "yolo"
    suffix = ""
    reads_items = True
    values = frozenset[type[LabelValue]]({Boxes})
    keyed = False
    answers_for = frozenset[type[LabelValue]]()

    def guess(self, path: Path) -> bool:
        """Say whether the path is a folder with a data.yaml, an obj.data or labels and classes.txt, or such a file."""
        return description_of(path) is not None

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream the pictures; see `reading.read_pictures`."""
        del columns
        return read_pictures(path, skip=skip)

    def look(
        self,
        path: Path,
        *,
        attribute: str | None = None,
        columns: Columns = GUESSED,
        kind: type[LabelValue] | None = None,
    ) -> LabelContents:
        """Say which classes the folder's description names; there is only one attribute."""
        del attribute, columns, kind
        return look_into(path)

    def read_labels(
        self, path: Path, *, contents: LabelContents, left_out: LeftOut
    ) -> Iterator[LabelledItem | BadRow]:
        """Stream the pictures with their boxes; see `reading.read_yolo`."""
        return read_yolo(path, contents=contents, left_out=left_out)

    def write(self, items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
        """Write a folder; see `writing.write_yolo`."""
        return write_yolo(items, path, naming=naming, left_out=left_out)

    def carried(self, value: LabelValue) -> LabelValue:
        """Return the boxes cut at the edges of their picture: hundredths of a pixel come back."""
        return without_details(within_picture(value)) if isinstance(value, Boxes) else value
