"""The format `csv`: what it is called, how it is recognised, and its two directions."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from assay.core.labels import LabelledItem, LabelSchema
from assay.core.ports import BadRow, Columns, Naming, RawItem
from assay.formats.csv.reading import read_csv
from assay.formats.csv.writing import read_back, write_csv


class CsvFormat:
    """CSV with a header; gzip, a byte order mark, tabs and semicolons are understood."""

    name = "csv"
    suffix = ".csv"
    reads_items = True
    writes_labels = True

    def guess(self, path: Path) -> bool:
        """Say whether the name ends in .csv or .tsv, with or without .gz."""
        return path.name.lower().endswith((".csv", ".tsv", ".csv.gz", ".tsv.gz"))

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream the records; see `reading.read_csv`."""
        return read_csv(path, columns=columns, skip=skip)

    def write(self, items: Iterable[LabelledItem], out: BinaryIO, *, naming: Naming) -> int:
        """Write `item,media,text,label,confidence,human`; see `writing.write_csv`."""
        del naming
        return write_csv(items, out)

    def read_labels(self, path: Path, *, schema: LabelSchema) -> Iterator[tuple[str | None, str] | BadRow]:
        """Stream (key, label) of a file that `write` made."""
        del schema
        return read_back(path)
