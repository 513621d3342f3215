"""DuckDB with bounds: one thread, little memory, nothing loaded from elsewhere."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assay.core.errors import NotReadable
from assay.core.late import Late

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


@contextmanager
def rows_of(path: Path) -> Iterator[tuple["duckdb.DuckDBPyConnection", str, list[str]]]:
    """Open a Parquet file: a database, the file's name in it, and the columns that are not bytes.

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
            yield database, source, header
    except _duckdb.OutOfMemoryException as error:
        raise NotReadable(path=str(path), reason=f"its rows need more than {_READING} of memory") from error
    except (_duckdb.Error, UnicodeDecodeError) as error:
        first = str(error).splitlines()[0]
        raise NotReadable(path=str(path), reason=f"it is no sound Parquet file ({first})") from error


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
