"""The format `jsonl`: what it is called, how it is recognised, and its two directions."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from assay.core.labels import LabelledItem, LabelSchema
from assay.core.ports import BadRow, Columns, Naming, RawItem
from assay.formats.jsonl.reading import read_jsonl
from assay.formats.jsonl.writing import read_back, write_jsonl


class JsonLinesFormat:
    """JSON Lines; gzip and a byte order mark are understood."""

    name = "jsonl"
    suffix = ".jsonl"
    reads_items = True
    writes_labels = True

    def guess(self, path: Path) -> bool:
        """Say whether the name ends in .jsonl or .ndjson, with or without .gz."""
        return path.name.lower().endswith((".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"))

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream the objects; see `reading.read_jsonl`."""
        return read_jsonl(path, columns=columns, skip=skip)

    def write(self, items: Iterable[LabelledItem], out: BinaryIO, *, naming: Naming) -> int:
        """Write one object per item; see `writing.write_jsonl`."""
        del naming
        return write_jsonl(items, out)

    def read_labels(self, path: Path, *, schema: LabelSchema) -> Iterator[tuple[str | None, str] | BadRow]:
        """Stream (key, label) of a file that `write` made."""
        del schema
        return read_back(path)
