"""All tables at once: for backup, restore and the doctor."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.apps import apps
from django.db import connection
from django.db.models import Field, Model
from django.db.models.options import Options

from assay.store import db

ORDER: Final = (
    "tenant",
    "project",
    "person",
    "batch",
    "further_batch",
    "item",
    "item_body",
    "suggestion",
    "set_aside",
    "task",
    "assignment",
    "answer",
    "ledger_entry",
    "event",
    "block",
    "cursor",
    "turn",
    "feedback",
    "supplement",
    "schema_change",
    "asked_anew",
    "auth_user",
    "account_emailaddress",
    "mfa_authenticator",
    "socialaccount_socialaccount",
    "member",
    "api_key",
    "notice",
    "invitation",
    "draft",
    "webhook",
    "webhook_delivery",
    "appeal",
)
"""Every table that a backup holds, parents first. Left out is what ends with its process or within a day."""
LIBRARY: Final = (
    "auth.User",
    "account.EmailAddress",
    "mfa.Authenticator",
    "socialaccount.SocialAccount",
)
"""The accounts library's tables that matter: who can sign in, and how. Sessions end with a restore."""
LEFT_OUT: Final = ("counted_try", "lease", "quote", "reply", "worker")


def known_tables() -> tuple[str, ...]:
    """Return the tables that the models define."""
    return tuple(_options(model).db_table for model in _models())


def columns_of(table: str) -> tuple[str, ...]:
    """Return a table's columns in the order of its model."""
    return tuple(str(field.column) for field in _fields(table))


def stream_table(table: str) -> Iterator[list[db.Row]]:
    """Yield a table's rows in chunks, by primary key."""
    columns = columns_of(table)
    written = text_columns(table)
    names = ", ".join(
        f"CAST({_quoted(name)} AS TEXT)" if name in written else _quoted(name) for name in columns
    )
    yield from db.stream(f"SELECT {names} FROM {table} ORDER BY {columns[0]}")


def fill_table(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert rows into an empty table, and let new ids go on after them."""
    db.insert_many(table, [_quoted(name) for name in columns], rows)
    if db.is_postgres() and _has_sequence(table):
        db.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), COALESCE((SELECT MAX(id) FROM {table}), 1))"
        )


def is_empty(table: str) -> bool:
    """Whether a table has no row."""
    return db.row(f"SELECT 1 FROM {table} LIMIT 1") is None


def clear_tenants() -> None:
    """Remove the tenant that opening an empty installation has made."""
    db.execute("DELETE FROM tenant")


def flag_columns(table: str) -> frozenset[str]:
    """Return the columns that hold flags: SQLite gives them as numbers, PostgreSQL wants flags."""
    return frozenset(str(f.column) for f in _fields(table) if f.get_internal_type() == "BooleanField")


def text_columns(table: str) -> frozenset[str]:
    """Return the columns of moments and JSON, which the databases hold differently and both read as text."""
    kinds = ("DateTimeField", "JSONField")
    return frozenset(str(f.column) for f in _fields(table) if f.get_internal_type() in kinds)


def server_version() -> str:
    """Return the database's version."""
    sql = "SHOW server_version" if db.is_postgres() else "SELECT sqlite_version()"
    found = db.row(sql)
    return str(found[0]) if found else "unknown"


def newest_event() -> int:
    """Return the time of the newest event in microseconds, 0 where there is none."""
    found = db.row("SELECT MAX(at) FROM event")
    return int(found[0]) if found and found[0] is not None else 0


def was_restored(digest: str) -> bool:
    """Whether the rows are those of the backup with this digest of its index: its restore saved an event with them."""
    return db.row("SELECT 1 FROM event WHERE verb = 'restore' AND after = %s LIMIT 1", [digest]) is not None


def snapshot() -> None:
    """Inside a transaction: let all following reads see one state of the database."""
    if db.is_postgres():
        db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _models() -> list[type[Model]]:
    return [*apps.get_app_config("store").get_models(), *(apps.get_model(name) for name in LIBRARY)]


def _options(model: type[Model]) -> "Options[Model]":
    return model._meta  # noqa: SLF001 - Django's documented way to a model's description


def _fields(table: str) -> "list[Field[object, object]]":
    model = next(model for model in _models() if _options(model).db_table == table)
    return list(_options(model).local_concrete_fields)


def _has_sequence(table: str) -> bool:
    found = db.row(f"SELECT pg_get_serial_sequence('{table}', 'id')") if "id" in columns_of(table) else None
    return bool(found and found[0])


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def folders_named(table: str) -> list[str]:
    """Return the folders that the rows of a table name, each once."""
    assert table in ("project", "further_batch", "batch")
    return [
        str(folder)
        for (folder,) in db.rows(f"SELECT DISTINCT folder FROM {table} WHERE folder <> '' ORDER BY folder")
    ]


def move_folders(before: Sequence[str], after: str) -> None:
    """Let folders below any of some places, which rows name, lie below another: a home was restored elsewhere."""
    for table in ("project", "further_batch", "batch", "draft"):
        for number, folder in db.rows(f"SELECT id, folder FROM {table} WHERE folder <> ''"):
            place = next((one for one in before if folder == one or str(folder).startswith(f"{one}/")), None)
            if place is not None:
                moved = after + str(folder)[len(place) :]
                db.execute(f"UPDATE {table} SET folder = %s WHERE id = %s", [moved, number])
