"""Read labels from JSON Lines: from our own files, and from anybody's with a key of labels."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from assay.core.errors import NotReadable
from assay.core.labels.label_values import LabelledItem, LabelValue
from assay.core.layouts.label_columns import LabelRows, turned_down
from assay.core.layouts.label_look import LabelLook
from assay.core.layouts.row_ids import RowIds
from assay.core.layouts.source_columns import (
    OWN_NAMES,
    guess_columns,
    guess_label,
    settle_as_looked,
    settle_label_columns,
)
from assay.core.ports.file_format import BadRow, Columns, LabelContents, LeftOut
from assay.formats.jsonl.reading import read_objects, settle_jsonl, why_none

_MOST_SHAPES = 1_000


def look_jsonl(
    path: Path, *, attribute: str | None, columns: Columns, kind: type[LabelValue] | None
) -> LabelContents:
    """Say which labels a file holds; `attribute` names their key, `kind` what they are where there is none.

    Raises:
        NotReadable: if the file cannot be read or no key holds labels.
        BadValue: if no object has a key of a given name.
    """
    taken = settle_jsonl(path, columns=replace(columns, label=attribute), settle=settle_label_columns)
    if not taken.header:
        raise NotReadable(path=str(path), reason=why_none(path))
    found = LabelLook(sniff=False, asked=kind)
    for row in read_objects(path):
        if isinstance(row, BadRow):
            found.set_aside(row)
        else:
            found.see(row[1].get(taken.columns.label or ""))
    return found.contents(path=str(path), taken=taken)


def read_labels_jsonl(
    path: Path, *, contents: LabelContents, left_out: LeftOut
) -> Iterator[LabelledItem | BadRow]:
    """Stream the labelled items of a file; objects need not all have the same keys.

    Rows whose person turned them down are counted in `left_out`: Prodigy says so with `answer`.

    Raises:
        NotReadable: if the file as a whole cannot be read.
    """
    settled = settle_jsonl(path, columns=Columns(), settle=settle_as_looked(contents)).columns
    shapes: dict[tuple[str, ...], LabelRows | None] = {}
    ids = RowIds()
    for row in read_objects(path):
        if isinstance(row, BadRow):
            yield row
            continue
        line, found = row
        # Prodigy leaves the label out of what was passed over; nothing else may be taken for it then.
        if contents.attribute != "answer" and (noun := turned_down(found)) is not None:
            left_out[noun] += 1
            continue
        shape = tuple(found)
        if shape not in shapes:
            if len(shapes) >= _MOST_SHAPES:
                shapes.clear()
            shapes[shape] = _rows(list(found), settled, contents, left_out, ids)
        rows = shapes[shape]
        if rows is None:
            yield BadRow(line, "the line has no label")
            continue
        columns = rows.columns
        key = found.pop(columns.id, None) if columns.id is not None else None
        item = rows.item(line=line, key=key, label=found.pop(columns.label or "", None), found=found)
        if item is not None:
            yield item


def _rows(
    keys: list[str], settled: Columns, contents: LabelContents, left_out: LeftOut, ids: RowIds
) -> LabelRows | None:
    """Return what reads objects of these keys: as the file's first ones, and by the names of keys that they lack."""
    label = settled.label if settled.label in keys else guess_label(keys)
    if label is None and contents.schema.names:
        return None
    own = {role: name for role, name in settled.named().items() if name in keys}
    guess = guess_columns([key for key in keys if key not in (label, *own.values(), *OWN_NAMES)])
    if "media" in own or "text" in own:
        guess = Columns(id=guess.id, media=None, text=None)
    columns = Columns(**{"id": guess.id, "media": guess.media, "text": guess.text, **own}, label=label)
    return LabelRows(columns, contents, left_out=left_out, ids=ids)
