"""The format `augmented_manifest`: what it is called, how it is recognised, and its two directions."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from assay.core.labels import LabelledItem, LabelSchema
from assay.core.ports import BadRow, Columns, Naming, RawItem
from assay.formats.augmented_manifest.reading import read_manifest
from assay.formats.augmented_manifest.writing import read_back, write_manifest


class AugmentedManifestFormat:
    """Ground Truth's manifest: as input `source-ref` or `source`, as output with attribute and metadata."""

    name = "augmented_manifest"
    suffix = ".manifest"
    reads_items = True
    writes_labels = True

    def guess(self, path: Path) -> bool:
        """Say whether the name ends in .manifest."""
        return path.name.lower().endswith(".manifest")

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream the objects; see `reading.read_manifest`."""
        return read_manifest(path, columns=columns, skip=skip)

    def write(self, items: Iterable[LabelledItem], out: BinaryIO, *, naming: Naming) -> int:
        """Write one line per item, without a newline after the last; see `writing.write_manifest`."""
        return write_manifest(items, out, naming=naming)

    def read_labels(self, path: Path, *, schema: LabelSchema) -> Iterator[tuple[str | None, str] | BadRow]:
        """Stream (None, label) of a file that `write` made: a manifest holds no ids, its lines count."""
        return read_back(path, schema=schema)
