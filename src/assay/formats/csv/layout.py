"""The format `csv`: what it is called, how it is recognised, and its two directions."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from assay.core.labels.label_values import (
    LabelledItem,
    LabelValue,
)
from assay.core.labels.values.value_kind import kinds
from assay.core.layouts.label_studio_tables import label_studio_header
from assay.core.ports.file_format import (
    GUESSED,
    BadRow,
    Columns,
    LabelContents,
    LeftOut,
    Naming,
    RawItem,
    Taken,
)
from assay.formats.csv.labels import look_csv, read_labels_csv
from assay.formats.csv.reading import read_csv, settle_csv
from assay.formats.csv.writing import write_csv


class CsvFormat:
    """CSV with a header; gzip, a byte order mark, UTF-16, Windows-1252, tabs, semicolons and bars are understood."""

    name = "csv"
    suffix = ".csv"
    reads_items = True
    values: Final[frozenset[type[LabelValue]]] = frozenset(kinds())
    keyed = True
    answers_for: Final[frozenset[type[LabelValue]]] = frozenset()
    roles: Final = frozenset({"id", "media", "text"})

    def guess(self, path: Path) -> bool:
        """Say whether the name ends in .csv or .tsv, with or without .gz, and it is no export of Label Studio's."""
        named = path.name.lower().endswith((".csv", ".tsv", ".csv.gz", ".tsv.gz"))
        return named and label_studio_header(path) is None

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream the records; see `reading.read_csv`."""
        return read_csv(path, columns=columns, skip=skip)

    def settle(self, path: Path, *, columns: Columns) -> Taken:
        """Say which columns hold what; see `reading.settle_csv`."""
        return settle_csv(path, columns=columns)

    def look(
        self,
        path: Path,
        *,
        attribute: str | None = None,
        columns: Columns = GUESSED,
        kind: type[LabelValue] | None = None,
    ) -> LabelContents:
        """Say which labels the file holds; `attribute` names their column."""
        return look_csv(path, attribute=attribute, columns=columns, kind=kind)

    def read_labels(
        self, path: Path, *, contents: LabelContents, left_out: LeftOut
    ) -> Iterator[LabelledItem | BadRow]:
        """Stream the labelled items; see `labels.read_labels_csv`."""
        return read_labels_csv(path, contents=contents, left_out=left_out)

    def write(self, items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
        """Write `item,media,text,label,confidence,human`; see `writing.write_csv`."""
        del naming
        with path.open("xb") as out:
            return write_csv(items, out, left_out=left_out)

    def carried(self, value: LabelValue) -> LabelValue:
        """Return the value: everything is carried."""
        return value
