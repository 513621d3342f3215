"""The format `jsonl`: what it is called, how it is recognised, and its two directions."""

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
from assay.formats.jsonl.labels import look_jsonl, read_labels_jsonl
from assay.formats.jsonl.reading import read_jsonl, settle_jsonl
from assay.formats.jsonl.writing import write_jsonl


class JsonLinesFormat:
    """JSON Lines; gzip and a byte order mark are understood."""

    name = "jsonl"
    suffix = ".jsonl"
    reads_items = True
    values: Final[frozenset[type[LabelValue]]] = frozenset(kinds())
    keyed = True
    answers_for: Final[frozenset[type[LabelValue]]] = frozenset()
    roles: Final = frozenset({"id", "media", "text"})

    def guess(self, path: Path) -> bool:
        """Say whether the name ends in .jsonl or .ndjson, with or without .gz."""
        return path.name.lower().endswith((".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"))

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream the objects; see `reading.read_jsonl`."""
        return read_jsonl(path, columns=columns, skip=skip)

    def settle(self, path: Path, *, columns: Columns) -> Taken:
        """Say which keys hold what; see `reading.settle_jsonl`."""
        return settle_jsonl(path, columns=columns)

    def look(
        self,
        path: Path,
        *,
        attribute: str | None = None,
        columns: Columns = GUESSED,
        kind: type[LabelValue] | None = None,
    ) -> LabelContents:
        """Say which labels the file holds; `attribute` names their key."""
        return look_jsonl(path, attribute=attribute, columns=columns, kind=kind)

    def read_labels(
        self, path: Path, *, contents: LabelContents, left_out: LeftOut
    ) -> Iterator[LabelledItem | BadRow]:
        """Stream the labelled items; see `labels.read_labels_jsonl`."""
        return read_labels_jsonl(path, contents=contents, left_out=left_out)

    def write(self, items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
        """Write one object per item; see `writing.write_jsonl`."""
        del naming
        with path.open("xb") as out:
            return write_jsonl(items, out, left_out=left_out)

    def carried(self, value: LabelValue) -> LabelValue:
        """Return the value: everything is carried."""
        return value
