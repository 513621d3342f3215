"""DuckDB with bounds: one thread, little memory, nothing loaded from elsewhere."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assay.core.errors import NotReadable
from assay.core.lazy_import import Late

if TYPE_CHECKING:
    import duckdb

_duckdb: Final = Late("duckdb")

_CONFIG: Final = {
    "threads": "1",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}

_READING: Final = "1GB"


def connected(database: str = ":memory:", *, memory: str) -> "duckdb.DuckDBPyConnection":
    """Open a database file, or one in memory, that holds no more than `memory`."""
    found: duckdb.DuckDBPyConnection = _duckdb.connect(database, config={**_CONFIG, "memory_limit": memory})
    # It would be drawn on standard output, which belongs to the command.
    found.execute("SET enable_progress_bar = false")
    return found


@dataclass(frozen=True, slots=True)
class Table:
    """An open Parquet file.

    Attributes:
        database: where it is read.
        source: its name there.
        header: its columns that are not bytes, and the index that pandas describes without writing it.
    """

    database: "duckdb.DuckDBPyConnection"
    source: str
    header: list[str]
    _index: tuple[str, int, int] | None = None

    def select(self, names: Sequence[str], *, most: int | None = None) -> "duckdb.DuckDBPyConnection":
        """Begin to read columns in the order of the file; the (first) rows are fetched from what is returned."""
        terms = ", ".join(map(self._term, names))
        numbered = ", file_row_number = true" if self._index is not None else ""
        end = "" if most is None else f" LIMIT {most}"
        return self.database.execute(f"SELECT {terms} FROM read_parquet(?{numbered}){end}", [self.source])

    def _term(self, name: str) -> str:
        if self._index is not None and name == self._index[0]:
            return f"{self._index[1]} + file_row_number * {self._index[2]}"
        return quoted(name)


@contextmanager
def rows_of(path: Path) -> Iterator[Table]:
    """Open a Parquet file.

    Raises:
        NotReadable: if the file is missing or is no Parquet file; also from within the block.
    """
    if not path.is_file():
        raise NotReadable(path=str(path), reason="there is no such file")
    # DuckDB reads names as patterns; a set of one character stands for that character alone.
    source = re.sub(r"([*?\[])", r"[\1]", str(path.resolve()))
    try:
        with connected(memory=_READING) as database:
            described = database.execute("DESCRIBE SELECT * FROM read_parquet(?)", [source]).fetchall()
            header = [name for name, kind, *_ in described if kind != "BLOB"]
            index = _pandas_index(database, source, {name for name, *_ in described})
            yield Table(database, source, [*header, *(index or ())[:1]], index)
    except _duckdb.OutOfMemoryException as error:
        raise NotReadable(path=str(path), reason=f"its rows need more than {_READING} of memory") from error
    except (_duckdb.Error, UnicodeDecodeError) as error:
        first = str(error).splitlines()[0]
        raise NotReadable(path=str(path), reason=f"it is no sound Parquet file ({first})") from error


def metadata(database: "duckdb.DuckDBPyConnection", source: str, key: bytes) -> Any:
    """Return what a file's metadata hold under a key, which is JSON; None where they hold none."""
    found = database.execute(
        "SELECT value FROM parquet_kv_metadata(?) WHERE key = ?", [source, key]
    ).fetchone()
    try:
        return json.loads(found[0]) if found else None
    except (ValueError, RecursionError):
        return None


def _pandas_index(
    database: "duckdb.DuckDBPyConnection", source: str, names: set[str]
) -> tuple[str, int, int] | None:
    """Return name, start and step of an index that pandas counts and does not write; None where there is none.

    It does so where the column that was made the index counts on without a gap, as ids often do. An index
    without a name is no column of anybody's.
    """
    said = metadata(database, source, b"pandas")
    indices = said.get("index_columns") if isinstance(said, dict) else None
    one = indices[0] if isinstance(indices, list) and len(indices) == 1 else None
    if not isinstance(one, dict) or one.get("kind") != "range":
        return None
    name, start, step = one.get("name"), one.get("start"), one.get("step")
    if (
        not isinstance(name, str)
        or not name
        or name in names
        or type(start) is not int
        or type(step) is not int
    ):
        return None
    return name, start, step


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
