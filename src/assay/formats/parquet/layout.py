"""The format `parquet`: what it is called, how it is recognised, and its two directions."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from assay.core.labels.label_values import (
    LabelledItem,
    LabelValue,
)
from assay.core.labels.values.value_kind import kinds
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
from assay.formats.parquet.reading import (
    look_parquet,
    read_labels_parquet,
    read_parquet,
    settle_parquet,
)
from assay.formats.parquet.writing import write_parquet


class ParquetFormat:
    """Parquet, read and written through DuckDB in batches."""

    name = "parquet"
    suffix = ".parquet"
    reads_items = True
    values: Final[frozenset[type[LabelValue]]] = frozenset(kinds())
    keyed = True
    answers_for: Final[frozenset[type[LabelValue]]] = frozenset()
    roles: Final = frozenset({"id", "media", "text"})

    def guess(self, path: Path) -> bool:
        """Say whether the name ends in .parquet or .pq."""
        return path.name.lower().endswith((".parquet", ".pq"))

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream the rows; see `reading.read_parquet`."""
        return read_parquet(path, columns=columns, skip=skip)

    def settle(self, path: Path, *, columns: Columns) -> Taken:
        """Say which columns hold what; see `reading.settle_parquet`."""
        return settle_parquet(path, columns=columns)

    def look(
        self,
        path: Path,
        *,
        attribute: str | None = None,
        columns: Columns = GUESSED,
        kind: type[LabelValue] | None = None,
    ) -> LabelContents:
        """Say which labels the file holds; `attribute` names their column."""
        return look_parquet(path, attribute=attribute, columns=columns, kind=kind)

    def read_labels(
        self, path: Path, *, contents: LabelContents, left_out: LeftOut
    ) -> Iterator[LabelledItem | BadRow]:
        """Stream the labelled items; see `reading.read_labels_parquet`."""
        return read_labels_parquet(path, contents=contents, left_out=left_out)

    def write(self, items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
        """Write one row per item; see `writing.write_csv`."""
        del naming
        return write_parquet(items, path, left_out=left_out)

    def carried(self, value: LabelValue) -> LabelValue:
        """Return the value: everything is carried."""
        return value
