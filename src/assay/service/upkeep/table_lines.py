"""Tables as lines of JSON: the columns first, then a row a line, the same from either database."""

import base64
import json
from collections.abc import Iterator
from typing import IO

from assay.core.errors import NotReadable
from assay.core.ids import canonical
from assay.store.upkeep import whole_tables


def write_table(table: str, out: IO[bytes]) -> int:
    """Write a table's lines; return how many rows."""
    columns = whole_tables.columns_of(table)
    flags = whole_tables.flag_columns(table)
    out.write(canonical(list(columns)) + b"\n")
    count = 0
    for chunk in whole_tables.stream_table(table):
        for row in chunk:
            values = [
                bool(value) if name in flags and value is not None else _plain(value)
                for name, value in zip(columns, row, strict=True)
            ]
            out.write(canonical(values) + b"\n")
        count += len(chunk)
    return count


def fill_from(table: str, lines: IO[bytes], *, path: str) -> None:
    """Insert the rows of a table's lines; raises `NotReadable` where they are none, or have columns that are not known."""
    try:
        columns = json.loads(next(lines))
        if set(columns) - set(whole_tables.columns_of(table)):
            raise NotReadable(
                path=path, reason=f"its table {table} has columns that this version does not know"
            )
        whole_tables.fill_table(table, columns, _rows(lines))
    except (StopIteration, ValueError, TypeError):
        raise NotReadable(path=path, reason=f"its table {table} holds what is no row") from None


def _plain(value: object) -> object:
    if isinstance(value, (bytes, memoryview)):
        return {"b": base64.b64encode(bytes(value)).decode()}
    return value


def _rows(lines: IO[bytes]) -> Iterator[list[object]]:
    for line in lines:
        yield [
            base64.b64decode(value["b"]) if isinstance(value, dict) else value for value in json.loads(line)
        ]
