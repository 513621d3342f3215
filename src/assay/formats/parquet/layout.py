"""Read a Parquet file in batches through DuckDB, whose memory is bounded."""

import itertools
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import duckdb

from assay.core.columns import settle_columns
from assay.core.errors import InputError, NotReadable
from assay.core.labels import LabelledItem
from assay.core.ports import BadRow, Columns, Naming, RawItem

BATCH: Final = 4096
_CONFIG: Final = {
    "threads": "1",
    "memory_limit": "512MB",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


@dataclass(eq=False, kw_only=True)
class ParquetIsReadOnly(InputError):
    """Labels are not written as Parquet; '{attribute}' can be delivered as csv, jsonl or augmented_manifest."""

    attribute: str


class ParquetFormat:
    """Parquet, read only."""

    name = "parquet"
    suffix = ".parquet"
    reads_items = True
    writes_labels = False

    def guess(self, path: Path) -> bool:
        """Say whether the name ends in .parquet or .pq."""
        return path.name.lower().endswith((".parquet", ".pq"))

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream the rows in file order; `line` is the row, counted from 1.

        Columns of bytes are left out. Dates, decimals and other values that JSON does not know come as text.

        Raises:
            NotReadable: if the file is missing or is no Parquet file.
            BadValue: if a named column does not exist.
        """
        return itertools.islice(_rows(path, columns), skip, None)

    def write(self, items: Iterable[LabelledItem], out: BinaryIO, *, naming: Naming) -> int:
        """Refuse: raises `ParquetIsReadOnly`."""
        del items, out
        raise ParquetIsReadOnly(attribute=naming.attribute)


def _rows(path: Path, asked: Columns) -> Iterator[RawItem | BadRow]:
    if not path.is_file():
        raise NotReadable(path=str(path), reason="there is no such file")
    # DuckDB reads names as patterns; a set of one character stands for that character alone.
    source = re.sub(r"([*?\[])", r"[\1]", str(path.resolve()))
    try:
        with duckdb.connect(":memory:", config=dict(_CONFIG)) as database:
            described = database.execute("DESCRIBE SELECT * FROM read_parquet(?)", [source]).fetchall()
            header = [name for name, kind, *_ in described if kind != "BLOB"]
            columns = settle_columns(asked, header, where=str(path))
            wanted = ", ".join('"' + name.replace('"', '""') + '"' for name in header)
            database.execute(f"SELECT {wanted} FROM read_parquet(?)", [source])
            batches = iter(lambda: database.fetchmany(BATCH), [])
            yield from _items(itertools.chain.from_iterable(batches), header, columns)
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise NotReadable(path=str(path), reason=f"it is no sound Parquet file ({first})") from error


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
