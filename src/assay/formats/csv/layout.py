"""The format `csv`: what it is called, how it is recognised, and its two directions."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from assay.core.labels import Boxes, Choice, Choices, LabelledItem, LabelValue, Points, Preference, Spans
from assay.core.ports import BadRow, Columns, LabelContents, LeftOut, Naming, RawItem
from assay.formats.csv.labels import look_csv, read_labels_csv
from assay.formats.csv.reading import read_csv
from assay.formats.csv.writing import write_csv


class CsvFormat:
    """CSV with a header; gzip, a byte order mark, tabs and semicolons are understood."""

    name = "csv"
    suffix = ".csv"
    reads_items = True
    values: Final[frozenset[type[LabelValue]]] = frozenset(
        {Choice, Choices, Boxes, Points, Spans, Preference}
    )
    keyed = True
    answers_for: Final[frozenset[type[LabelValue]]] = frozenset()

    def guess(self, path: Path) -> bool:
        """Say whether the name ends in .csv or .tsv, with or without .gz."""
        return path.name.lower().endswith((".csv", ".tsv", ".csv.gz", ".tsv.gz"))

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream the records; see `reading.read_csv`."""
        return read_csv(path, columns=columns, skip=skip)

    def look(self, path: Path, *, attribute: str | None = None) -> LabelContents:
        """Say which labels the file holds; `attribute` names their column."""
        return look_csv(path, attribute=attribute)

    def read_labels(
        self, path: Path, *, contents: LabelContents, left_out: LeftOut
    ) -> Iterator[LabelledItem | BadRow]:
        """Stream the labelled items; nothing that a record holds is lost."""
        del left_out
        return read_labels_csv(path, contents=contents)

    def write(self, items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
        """Write `item,media,text,label,confidence,human`; see `writing.write_csv`."""
        del naming
        with path.open("xb") as out:
            return write_csv(items, out, left_out=left_out)

    def carried(self, value: LabelValue) -> LabelValue:
        """Return the value: everything is carried."""
        return value
