"""The database as the store uses it: short transactions, plain SQL, bulk rows.

The SQL here and in the other modules of the store is the part that SQLite and PostgreSQL share; where
they differ there is one function for both, in this file.
"""

import fcntl
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db import transaction as django_transaction

from assay.core.lazy_import import Late

if TYPE_CHECKING:
    import psycopg

Row = tuple[Any, ...]

_driver: Final = Late("psycopg")
_TURN: Final = threading.Lock()
_FREE: Final = nullcontext()
_CHUNK: Final = 5_000
_ALONE: Final = 4_177_353
"""The number of our advisory lock; any, but always the same."""
_PREPARE_AFTER: Final = 5
"""How often a statement runs on PostgreSQL before the server keeps its plan."""
around_commit: Callable[[str], None] | None = None
"""Called with `before` and `after` at every commit; tests put a crash here, nothing else does."""


def is_postgres() -> bool:
    """Whether rows go to PostgreSQL."""
    return connection.vendor == "postgresql"


def forget_connection() -> None:
    """Close the connection after an error; the next statement opens another."""
    connection.close()


@contextmanager
def transaction() -> Iterator[None]:
    """Do everything inside, or nothing. Transactions do not nest.

    On SQLite the threads of a process take turns here: waiting for a lock costs less than its retries.
    """
    with _turn(), django_transaction.atomic(durable=True):
        yield
        if around_commit is not None:
            around_commit("before")
    if around_commit is not None:
        around_commit("after")


def _turn() -> AbstractContextManager[object]:
    return _FREE if is_postgres() else _TURN


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Let one process at a time in: on PostgreSQL of all machines, on SQLite of this one, by a lock file."""
    if is_postgres():
        row("SELECT pg_advisory_lock(%s)", [_ALONE])
        try:
            yield
        finally:
            row("SELECT pg_advisory_unlock(%s)", [_ALONE])
        return
    with lock.open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def execute(sql: str, values: Sequence[Any] = ()) -> int:
    """Run one statement; return how many rows it changed."""
    with _wrapped():
        return int(_run(sql, values).rowcount)


def rows(sql: str, values: Sequence[Any] = ()) -> list[Row]:
    """Return all rows of a query."""
    with _wrapped():
        return list(_run(sql, values).fetchall())


def row(sql: str, values: Sequence[Any] = ()) -> Row | None:
    """Return the first row of a query, or None."""
    with _wrapped():
        found: Row | None = _run(sql, values).fetchone()
        return found


def stream(sql: str, values: Sequence[Any] = (), *, size: int = 2_000) -> Iterator[list[Row]]:
    """Yield a query's rows in chunks without holding them all.

    On PostgreSQL a server-side cursor needs a transaction around the loop.
    """
    if is_postgres():
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql, values)
            while chunk := cursor.fetchmany(size):
                yield list(chunk)
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while chunk := cursor.fetchmany(size):
            yield list(chunk)


def change_many(sql: str, values: Iterable[Sequence[Any]]) -> None:
    """Run one statement with many sets of values."""
    with _wrapped():
        if is_postgres():
            _postgres_cursor().executemany(sql, list(values))
        else:
            connection.connection.executemany(_for_sqlite(sql), list(values))


def insert_many(table: str, columns: Sequence[str], values: Iterable[Sequence[Any]]) -> None:
    """Insert rows in bulk: COPY on PostgreSQL, executemany on SQLite (both far ahead of one by one)."""
    names = ", ".join(columns)
    if is_postgres():
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for line in values:
                copy.write_row(line)
        return
    marks = ", ".join("?" for _ in columns)
    with connection.cursor() as cursor:
        # The driver's own placeholder: Django would rewrite the statement for every row.
        cursor.cursor.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)


def among(column: str, values: Sequence[Any]) -> tuple[str, list[object]]:
    """Return a condition that a column is one of the values, and its parameters.

    PostgreSQL takes one array; SQLite one parameter per value, so callers pass at most `chunks`.
    """
    if is_postgres():
        return f"{column} = ANY(%s)", [list(values)]
    return f"{column} IN ({', '.join(['%s'] * len(values))})", list(values)


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield values in pieces small enough for `among`."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _wrapped() -> AbstractContextManager[Any]:
    """Connect where that has not been done, and turn the driver's errors into Django's."""
    connection.ensure_connection()
    wrapper: AbstractContextManager[Any] = connection.wrap_database_errors
    return wrapper


def _run(sql: str, values: Sequence[Any]) -> Any:
    """Run one statement on the driver's own connection: Django's cursors cost more than the statement."""
    if is_postgres():
        return _postgres_cursor().execute(sql, values)
    return connection.connection.execute(_for_sqlite(sql), values)


def _postgres_cursor() -> "psycopg.Cursor[Row]":
    """Return a cursor that binds values on the server and has it prepare what is run again and again."""
    session: psycopg.Connection[Row] = connection.connection
    session.prepare_threshold = _PREPARE_AFTER
    found: psycopg.Cursor[Row] = _driver.Cursor(session)
    return found


@lru_cache(maxsize=1_000)
def _for_sqlite(sql: str) -> str:
    """Return a statement with SQLite's placeholders; the store's SQL has `%` in no other place."""
    return sql.replace("%s", "?").replace("%%", "%")
