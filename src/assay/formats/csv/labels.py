"""Read labels from CSV: from our own files, and from anybody's with a column of labels."""

from collections.abc import Iterator
from pathlib import Path

from assay.core.label_rows import LabelColumns, LabelLook, LabelRows, settle_label_columns
from assay.core.labels import LabelledItem
from assay.core.ports import BadRow, Columns, LabelContents, RawItem
from assay.formats.csv.reading import csv_header, read_csv
from assay.formats.csv.writing import unguarded


def look_csv(path: Path, *, attribute: str | None) -> LabelContents:
    """Say which labels a file holds; `attribute` names their column.

    Raises:
        NotReadable: if the file cannot be read or no column holds labels.
        BadValue: if there is no such column.
    """
    columns = settle_label_columns(csv_header(path), attribute=attribute, path=str(path))
    found = LabelLook(sniff=True)
    for row in _rows(path, columns):
        if isinstance(row, RawItem):
            found.see(unguarded(row.text or ""))
    return found.contents(path=str(path), attribute=columns.label)


def read_labels_csv(path: Path, *, contents: LabelContents) -> Iterator[LabelledItem | BadRow]:
    """Stream the labelled items of a file.

    Raises:
        NotReadable: if the file as a whole cannot be read.
    """
    header = csv_header(path)
    attribute = contents.attribute if contents.attribute in header else None
    columns = settle_label_columns(header, attribute=attribute, path=str(path))
    rows = LabelRows(columns, contents)
    shielded = [name for name in (columns.media, columns.text) if name is not None]
    for row in _rows(path, columns):
        if isinstance(row, BadRow):
            yield row
            continue
        found = row.extra
        for name in shielded:
            found[name] = unguarded(str(found[name]))
        key = unguarded(row.key) if row.key is not None else None
        yield rows.item(line=row.line, key=key, label=unguarded(row.text or ""), found=found)


def _rows(path: Path, columns: LabelColumns) -> Iterator[RawItem | BadRow]:
    """Stream the records with the label where items have their text, so that only it must be there."""
    return read_csv(path, columns=Columns(id=columns.id, text=columns.label))
