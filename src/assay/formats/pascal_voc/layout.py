"""The format `pascal_voc`: what it is called, how it is recognised, and its two directions.

Layout: `Annotations/<picture>.xml`, `ImageSets/Main/<set>.txt`, pictures below `JPEGImages`, and `labelmap.txt`
as Datumaro and CVAT have it. Read too are pictures in `images` beside `Annotations` (Label Studio), `data` with
`labels` (FiftyOne), and XML beside the pictures themselves, in folders of splits or not (labelImg, Roboflow).

Coordinates are written and read as they stand: `xmin` is a box's left edge and `xmax` is `xmin` + width, counted
from 0 at the left edge of the picture, with fractions. So do Datumaro (its default for both directions) and
detectors that train on what torchvision's `VOCDetection` hands on, which is the text of the file. The first
VOC challenges counted pixels from 1; in their files boxes come one pixel further right and down.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from assay.core.labels.label_values import Boxes, LabelledItem, LabelValue, without_details
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
from assay.formats.pascal_voc.folders import home_of
from assay.formats.pascal_voc.reading import look_into, read_pictures, read_voc
from assay.formats.pascal_voc.writing import write_voc


class PascalVocFormat(Format):
    """A folder of Pascal VOC annotations."""

    name = "pascal_voc"
    suffix = ""
    reads_items = True
    values = frozenset[type[LabelValue]]({Boxes})
    keyed = False
    answers_for = frozenset[type[LabelValue]]()

    def guess(self, path: Path) -> bool:
        """Say whether the path is a folder with `Annotations`, or with XML of pictures beside them or in `labels`."""
        return home_of(path) is not None

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
        """Say which labels the folder names; there is only one attribute."""
        del attribute, columns, kind
        return look_into(path)

    def read_labels(
        self, path: Path, *, contents: LabelContents, left_out: LeftOut
    ) -> Iterator[LabelledItem | BadRow]:
        """Stream the pictures with their boxes; see `reading.read_voc`."""
        return read_voc(path, contents=contents, left_out=left_out)

    def write(self, items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
        """Write a folder; see `writing.write_voc`."""
        return write_voc(items, path, naming=naming, left_out=left_out)

    def carried(self, value: LabelValue) -> LabelValue:
        """Return the boxes without what they carry beside: places and labels come back as they are."""
        return without_details(value)
