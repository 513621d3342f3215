"""Read a Parquet file in batches through DuckDB, whose memory is bounded."""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from assay.core.labels.label_values import LabelledItem, LabelValue
from assay.core.layouts.columns_by_content import LOOKED_AT
from assay.core.layouts.label_columns import LabelRows
from assay.core.layouts.label_look import LabelLook
from assay.core.layouts.row_ids import RowIds, UnfitId, id_text
from assay.core.layouts.source_columns import (
    Settling,
    settle_as_looked,
    settle_columns,
    settle_label_columns,
)
from assay.core.ports.file_format import GUESSED, BadRow, Columns, LabelContents, LeftOut, RawItem, Taken
from assay.formats.parquet.class_names import NoClass, class_names, named
from assay.formats.parquet.database import Table, rows_of

BATCH: Final = 4096
_FILE: Final = {"bytes", "path"}
"""What Hugging Face's `datasets` holds of a picture or a sound; the path alone is read."""


def read_parquet(path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
    """Stream the rows in file order; `line` is the row, counted from 1.

    Columns of bytes are left out. Dates, decimals and other values that JSON does not know come as text.

    Raises:
        NotReadable: if the file is missing or is no Parquet file.
        BadValue: if a named column does not exist.
    """
    return itertools.islice(_raw_items(path, columns), skip, None)


def settle_parquet(path: Path, *, columns: Columns) -> Taken:
    """Say which columns hold what, by what was said, by their names and by the first rows.

    Raises:
        NotReadable: if the file is missing or is no Parquet file.
        BadValue: if a named column does not exist.
    """
    with rows_of(path) as opened:
        return _settled(settle_columns, columns, opened, path=path)


def look_parquet(
    path: Path, *, attribute: str | None, columns: Columns, kind: type[LabelValue] | None
) -> LabelContents:
    """Say which labels a file holds; `attribute` names their column, `kind` what they are where there is none.

    Raises:
        NotReadable: if the file cannot be read or no column holds labels.
        BadValue: if there is no such column.
    """
    with rows_of(path) as table:
        asked = replace(columns, label=attribute)
        taken = _settled(settle_label_columns, asked, table, path=path)
        label = taken.columns.label or ""
        names = class_names(table.database, table.source, label)
        found = LabelLook(sniff=True, stated=names, asked=kind)
        rows = table.select([label])
        for (one,) in itertools.chain.from_iterable(iter(lambda: rows.fetchmany(BATCH), [])):
            found.see(_numbered(_plain(one), names))
    return found.contents(path=str(path), taken=taken)


"""A database, the file's name in it, and its columns."""


def _settled(settle: Settling, columns: Columns, table: Table, *, path: Path) -> Taken:
    header = table.header

    def first_rows() -> list[Mapping[str, object]]:
        rows = table.select(header, most=LOOKED_AT).fetchall()
        return [dict(zip(header, map(_plain, row), strict=True)) for row in rows]

    return Taken(settle(columns, header, where=str(path), sample=first_rows), tuple(header))


def read_labels_parquet(
    path: Path, *, contents: LabelContents, left_out: LeftOut
) -> Iterator[LabelledItem | BadRow]:
    """Stream the labelled items of a file; rows whose person turned them down are counted in `left_out`.

    Raises:
        NotReadable: if the file as a whole cannot be read.
    """
    with rows_of(path) as table:
        header = table.header
        columns = _settled(settle_as_looked(contents), GUESSED, table, path=path).columns
        rows = LabelRows(columns, contents, left_out=left_out, ids=RowIds())
        names = class_names(table.database, table.source, columns.label or "")
        cursor = table.select(header)
        found = itertools.chain.from_iterable(iter(lambda: cursor.fetchmany(BATCH), []))
        for line, row in enumerate(found, start=1):
            item = _labelled(rows, header, row, line, names)
            if item is not None:
                yield item


def _labelled(
    rows: LabelRows, header: Sequence[str], row: Sequence[object], line: int, names: tuple[str, ...]
) -> LabelledItem | BadRow | None:
    found = {name: _plain(value) for name, value in zip(header, row, strict=True)}
    key = found.pop(rows.columns.id, None) if rows.columns.id is not None else None
    problem = _unnamed(dict(zip(header, row, strict=True)).get(rows.columns.media or ""), rows.columns.media)
    if problem is not None:
        return BadRow(line, problem, str(key) if key else None)
    try:
        label = found.pop(rows.columns.label or "")
        label = named(label, names) if names else label
    except NoClass as problem:
        return BadRow(line, str(problem), str(key) if key else None)
    return rows.item(line=line, key=key, label=label, found=found)


def _numbered(label: object, names: tuple[str, ...]) -> object:
    """Return a label by name; None where its number is none of the classes, which its row says later."""
    try:
        return named(label, names) if names else label
    except NoClass:
        return None


def _raw_items(path: Path, asked: Columns) -> Iterator[RawItem | BadRow]:
    with rows_of(path) as table:
        columns = _settled(settle_columns, asked, table, path=path).columns
        cursor = table.select(table.header)
        batches = iter(lambda: cursor.fetchmany(BATCH), [])
        yield from _items(itertools.chain.from_iterable(batches), table.header, columns)


def _items(
    rows: Iterable[tuple[object, ...]], header: list[str], columns: Columns
) -> Iterator[RawItem | BadRow]:
    names = (columns.id, columns.media, columns.text)
    for line, row in enumerate(rows, start=1):
        found = dict(zip(header, row, strict=True))
        key, media, text = (found.pop(name, None) if name is not None else None for name in names)
        identity, problem = _identity(_plain(key))
        problem = problem or _unnamed(media, columns.media)
        media = _plain(media)
        problem = problem or _unfit(columns, media, text)
        if problem is None:
            extra = {name: _plain(value) for name, value in found.items()}
            yield RawItem(line, identity, _text(media), _text(text), extra)
        else:
            yield BadRow(line, problem, identity)


def _identity(key: object) -> tuple[str | None, str | None]:
    """Return the id as text, or why it is none."""
    try:
        return id_text(key), None
    except UnfitId as problem:
        return None, str(problem)


def _unnamed(media: object, column: str | None) -> str | None:
    """Say why a picture or sound as Hugging Face's `datasets` holds it, `{bytes, path}`, has no file; else None."""
    if isinstance(media, dict) and set(media) == _FILE and not media["path"] and media["bytes"]:
        return f"'{column}' holds the file itself and no path: save it beside, and name it"
    return None


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
    if isinstance(value, Decimal) and value.is_finite():
        value = int(value) if value == value.to_integral_value() else float(value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [_plain(element) for element in value]
    if isinstance(value, dict) and set(value) == _FILE and not isinstance(value["path"], dict | list):
        return value["path"]
    if isinstance(value, dict):
        return {str(name): _plain(element) for name, element in value.items()}
    return None if isinstance(value, bytes) else str(value)
