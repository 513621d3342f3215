"""Supplements: further formats of delivered batches, numbered, and how far each has come."""

from dataclasses import dataclass

from assay.core.project import lifecycle
from assay.store import db
from assay.store.projects.batches import BatchRow
from assay.store.scope import Scope


@dataclass(frozen=True, slots=True)
class SupplementRow:
    """One supplement; times in microseconds, `done_at` 0 until it is delivered or refused."""

    id: int
    batch: int
    number: int
    formats: tuple[str, ...]
    state: str
    reason: str
    digest: str
    asked_at: int
    done_at: int


def list_supplements(scope: Scope, batch: BatchRow) -> list[SupplementRow]:
    """Return the supplements of a batch in the order in which they were asked for."""
    found = db.rows(
        f"SELECT {_COLUMNS} FROM supplement WHERE batch_id = %s AND tenant_id = %s ORDER BY number",
        [batch.id, scope.tenant],
    )
    return [_value(row) for row in found]


def take_turn(scope: Scope, batch: BatchRow) -> None:
    """Inside a transaction: let whoever asks for formats of the same batch wait until it ends."""
    db.execute("UPDATE batch SET folder = folder WHERE id = %s AND tenant_id = %s", [batch.id, scope.tenant])


def add_supplement(scope: Scope, batch: BatchRow, *, formats: tuple[str, ...], now: int) -> SupplementRow:
    """Insert a supplement under the next number of its batch, whose turn the caller has taken."""
    found = db.row(
        "INSERT INTO supplement (tenant_id, batch_id, number, formats, state, asked_at)"
        " SELECT %s, %s, COALESCE(MAX(number), 0) + 1, %s, %s, %s FROM supplement WHERE batch_id = %s"
        f" RETURNING {_COLUMNS}",
        [scope.tenant, batch.id, " ".join(formats), lifecycle.ASKED, now, batch.id],
    )
    assert found is not None
    return _value(found)


def next_asked(scope: Scope, batch: BatchRow) -> SupplementRow | None:
    """Return the supplement of a batch that was asked for first and is not there yet."""
    found = db.row(
        f"SELECT {_COLUMNS} FROM supplement WHERE tenant_id = %s AND batch_id = %s AND state = 'asked for'"
        " ORDER BY number LIMIT 1",
        [scope.tenant, batch.id],
    )
    return None if found is None else _value(found)


def move_supplement(
    scope: Scope, supplement: SupplementRow, verb: str, *, now: int, digest: str = "", reason: str = ""
) -> str:
    """Move a supplement along its table; return its state."""
    after = lifecycle.move("supplement", supplement.state, verb)
    db.execute(
        "UPDATE supplement SET state = %s, digest = %s, reason = %s, done_at = %s"
        " WHERE id = %s AND tenant_id = %s AND state = %s",
        [after, digest, reason, now, supplement.id, scope.tenant, supplement.state],
    )
    return after


_COLUMNS = "id, batch_id, number, formats, state, reason, digest, asked_at, done_at"


def _value(row: db.Row) -> SupplementRow:
    number, batch, count, formats, *rest = row
    return SupplementRow(number, batch, count, tuple(str(formats).split(" ")), *rest)
