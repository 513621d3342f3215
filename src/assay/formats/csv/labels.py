"""Read labels from CSV: from our own files, and from anybody's with a column of labels."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from assay.core.labels.label_values import LabelledItem, LabelValue
from assay.core.layouts.label_columns import LabelRows
from assay.core.layouts.label_look import LabelLook
from assay.core.layouts.row_ids import RowIds
from assay.core.layouts.source_columns import settle_as_looked, settle_label_columns
from assay.core.ports.file_format import BadRow, Columns, LabelContents, LeftOut, RawItem, Taken
from assay.formats.csv.reading import read_records, settle_csv
from assay.formats.csv.writing import unguarded

_DOCCANO: Final = frozenset(("id", "label", "Comments"))
_JOINED: Final = "'{}' may be several labels, which doccano joins by # in its CSV; export JSONL from it"


def look_csv(
    path: Path, *, attribute: str | None, columns: Columns, kind: type[LabelValue] | None
) -> LabelContents:
    """Say which labels a file holds; `attribute` names their column, `kind` what they are where there is none.

    Raises:
        NotReadable: if the file cannot be read or no column holds labels.
        BadValue: if there is no such column.
    """
    taken = settle_csv(path, columns=replace(columns, label=attribute), settle=settle_label_columns)
    found = LabelLook(sniff=True, asked=kind)
    joins = _joins(taken)
    for row in _rows(path, taken.columns):
        if isinstance(row, RawItem) and joins and _is_joined(row.text or ""):
            found.set_aside(BadRow(row.line, _JOINED.format((row.text or "")[:80])))
        elif isinstance(row, RawItem):
            found.see(unguarded(row.text or ""))
        else:
            found.set_aside(row)
    return found.contents(path=str(path), taken=taken)


def read_labels_csv(
    path: Path, *, contents: LabelContents, left_out: LeftOut
) -> Iterator[LabelledItem | BadRow]:
    """Stream the labelled items of a file; rows whose person turned them down are counted in `left_out`.

    Raises:
        NotReadable: if the file as a whole cannot be read.
    """
    taken = settle_csv(path, columns=Columns(), settle=settle_as_looked(contents))
    columns = taken.columns
    rows = LabelRows(columns, contents, left_out=left_out, ids=RowIds())
    joins = _joins(taken)
    shielded = [name for name in (columns.media, columns.text) if name is not None]
    # Where no row has a label, a row without one is none that lacks it.
    blank = not contents.schema.names and columns.label is not None
    for row in read_records(path, columns=Columns(id=columns.id)) if blank else _rows(path, columns):
        if isinstance(row, BadRow):
            yield row
            continue
        if joins and _is_joined(row.text or ""):
            yield BadRow(row.line, _JOINED.format((row.text or "")[:80]), row.key)
            continue
        found = row.extra
        label = found.pop(columns.label or "") if blank else row.text
        for name in shielded:
            found[name] = unguarded(str(found[name]))
        key = unguarded(row.key) if row.key is not None else None
        item = rows.item(line=row.line, key=key, label=unguarded(str(label or "")), found=found)
        if item is not None:
            yield item


def _joins(taken: Taken) -> bool:
    """Say whether a table is one of doccano's, which has several labels of one text in one cell."""
    return set(taken.header) >= _DOCCANO and taken.columns.label == "label"


def _is_joined(label: str) -> bool:
    """Say whether a label could be several; `C#` is one."""
    return "#" in label and all(part.strip() for part in label.split("#"))


def _rows(path: Path, columns: Columns) -> Iterator[RawItem | BadRow]:
    """Stream the records with the label where items have their text, so that only it must be there."""
    return read_records(path, columns=Columns(id=columns.id, text=columns.label))
