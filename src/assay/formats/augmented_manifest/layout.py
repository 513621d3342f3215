"""The format `augmented_manifest`: what it is called, how it is recognised, and its two directions."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from assay.core.labels.label_values import (
    LabelledItem,
    LabelValue,
    Preference,
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
from assay.formats.augmented_manifest.labels import read_labels_manifest
from assay.formats.augmented_manifest.looking import look_manifest
from assay.formats.augmented_manifest.reading import MEDIA, TEXT, read_manifest
from assay.formats.augmented_manifest.writing import write_manifest


class AugmentedManifestFormat:
    """Ground Truth's manifest: as input `source-ref` or `source`, as output with attribute and metadata."""

    name = "augmented_manifest"
    suffix = ".manifest"
    reads_items = True
    values: Final[frozenset[type[LabelValue]]] = frozenset(kinds())
    keyed = False
    answers_for: Final[frozenset[type[LabelValue]]] = frozenset({Preference})
    roles: Final = frozenset({"id"})

    def guess(self, path: Path) -> bool:
        """Say whether the name ends in .manifest."""
        return path.name.lower().endswith(".manifest")

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream the objects; see `reading.read_manifest`."""
        return read_manifest(path, columns=columns, skip=skip)

    def settle(self, path: Path, *, columns: Columns) -> Taken:
        """Return the keys that a manifest's media and text always have; the id may be named."""
        del path
        return Taken(Columns(id=columns.id, media=MEDIA, text=TEXT))

    def look(
        self,
        path: Path,
        *,
        attribute: str | None = None,
        columns: Columns = GUESSED,
        kind: type[LabelValue] | None = None,
    ) -> LabelContents:
        """Say which labels the file holds; `attribute` of several is the last where none is named."""
        del kind
        return look_manifest(path, attribute=attribute, columns=columns)

    def read_labels(
        self, path: Path, *, contents: LabelContents, left_out: LeftOut
    ) -> Iterator[LabelledItem | BadRow]:
        """Stream the labelled items; see `labels.read_labels_manifest`."""
        return read_labels_manifest(path, contents=contents, left_out=left_out)

    def write(self, items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
        """Write one line per item, without a newline after the last; see `writing.write_manifest`."""
        return write_manifest(items, path, naming=naming, left_out=left_out)

    def carried(self, value: LabelValue) -> LabelValue:
        """Return the value: everything is carried."""
        return value
