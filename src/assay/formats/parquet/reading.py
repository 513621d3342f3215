"""Read a Parquet file in batches through DuckDB, whose memory is bounded."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from assay.core.columns import settle_columns
from assay.core.label_rows import LabelLook, LabelRows, settle_label_columns
from assay.core.labels import LabelledItem
from assay.core.ports import BadRow, Columns, LabelContents, RawItem
from assay.formats.parquet.database import quoted, rows_of

BATCH: Final = 4096


def read_parquet(path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
    """Stream the rows in file order; `line` is the row, counted from 1.

    Columns of bytes are left out. Dates, decimals and other values that JSON does not know come as text.

    Raises:
        NotReadable: if the file is missing or is no Parquet file.
        BadValue: if a named column does not exist.
    """
    return itertools.islice(_raw_items(path, columns), skip, None)


def look_parquet(path: Path, *, attribute: str | None) -> LabelContents:
    """Say which labels a file holds; `attribute` names their column.

    Raises:
        NotReadable: if the file cannot be read or no column holds labels.
        BadValue: if there is no such column.
    """
    with rows_of(path) as (database, source, header):
        label = settle_label_columns(header, attribute=attribute, path=str(path)).label
        found = LabelLook(sniff=True)
        database.execute(f"SELECT {quoted(label)} FROM read_parquet(?)", [source])
        for (one,) in itertools.chain.from_iterable(iter(lambda: database.fetchmany(BATCH), [])):
            found.see(_plain(one))
    return found.contents(path=str(path), attribute=label)


def read_labels_parquet(path: Path, *, contents: LabelContents) -> Iterator[LabelledItem | BadRow]:
    """Stream the labelled items of a file.

    Raises:
        NotReadable: if the file as a whole cannot be read.
    """
    with rows_of(path) as (database, source, header):
        attribute = contents.attribute if contents.attribute in header else None
        rows = LabelRows(settle_label_columns(header, attribute=attribute, path=str(path)), contents)
        database.execute(f"SELECT {', '.join(map(quoted, header))} FROM read_parquet(?)", [source])
        found = itertools.chain.from_iterable(iter(lambda: database.fetchmany(BATCH), []))
        for line, row in enumerate(found, start=1):
            yield _labelled(rows, header, row, line)


def _labelled(
    rows: LabelRows, header: Sequence[str], row: Sequence[object], line: int
) -> LabelledItem | BadRow:
    found = {name: _plain(value) for name, value in zip(header, row, strict=True)}
    key = found.pop(rows.columns.id, None) if rows.columns.id is not None else None
    label = found.pop(rows.columns.label)
    return rows.item(line=line, key=str(key) if key not in (None, "") else None, label=label, found=found)


def _raw_items(path: Path, asked: Columns) -> Iterator[RawItem | BadRow]:
    with rows_of(path) as (database, source, header):
        columns = settle_columns(asked, header, where=str(path))
        database.execute(f"SELECT {', '.join(map(quoted, header))} FROM read_parquet(?)", [source])
        batches = iter(lambda: database.fetchmany(BATCH), [])
        yield from _items(itertools.chain.from_iterable(batches), header, columns)


def _items(
    rows: Iterable[tuple[object, ...]], header: list[str], columns: Columns
) -> Iterator[RawItem | BadRow]:
    names = (columns.id, columns.media, columns.text)
    for line, row in enumerate(rows, start=1):
        found = dict(zip(header, row, strict=True))
        key, media, text = (found.pop(name, None) if name is not None else None for name in names)
        identity = None if key is None or key == "" else str(key)
        problem = _unfit(columns, media, text)
        if problem is None:
            extra = {name: _plain(value) for name, value in found.items()}
            yield RawItem(line, identity, _text(media), _text(text), extra)
        else:
            yield BadRow(line, problem, identity)


def _unfit(columns: Columns, media: object, text: object) -> str | None:
    for name, value in ((columns.media, media), (columns.text, text)):
        if value is not None and not isinstance(value, str):
            return f"'{name}' is not text"
    if not media and not text and (columns.media is not None or columns.text is not None):
        named = [f"'{name}'" for name in (columns.media, columns.text) if name is not None]
        return f"there is nothing in {' and '.join(named)}"
    return None


def _text(value: object) -> str | None:
    return str(value) if value else None


def _plain(value: object) -> object:
    """Return a value that JSON knows."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [_plain(element) for element in value]
    if isinstance(value, dict):
        return {str(name): _plain(element) for name, element in value.items()}
    return None if isinstance(value, bytes) else str(value)
