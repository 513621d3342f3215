"""Answers that their givers go back to: the last ones, and those that mend them."""

from dataclasses import dataclass, replace
from typing import Any

from assay.core.project import lifecycle
from assay.store import db
from assay.store.large_values import stored, text_of
from assay.store.scope import Scope


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """One answer of a person; `at` in microseconds, `newer` where another supersedes it."""

    id: int
    assignment: int
    batch: int
    item: int
    key: str
    person: int
    queue: str
    value: str
    seconds: float
    at: int
    newer: bool


def last_answers(scope: Scope, batch: int, *, person: int, limit: int) -> list[OwnAnswer]:
    """Return what a person said last about each of the last items that they answered in a batch, newest item first.

    The last items are the last leases that got an answer, whenever that was mended.
    """
    leases = db.rows(
        "SELECT assignment_id FROM answer WHERE person_id = %s AND batch_id = %s AND tenant_id = %s"
        " AND supersedes IS NULL ORDER BY id DESC LIMIT %s",
        [person, batch, scope.tenant, limit],
    )
    if not leases:
        return []
    order = [int(lease) for (lease,) in leases]
    condition, values = db.among("a.assignment_id", order)
    found = {
        one.assignment: one
        for one in (_own(row) for row in db.rows(f"{_OWN} WHERE {condition} ORDER BY a.id", values))
    }
    return [found[lease] for lease in order]


def answer_of(scope: Scope, answer: int, *, person: int) -> OwnAnswer | None:
    """Return an answer of a person; None where there is none, or it is somebody else's."""
    found = db.row(
        f"{_OWN} WHERE a.id = %s AND a.tenant_id = %s AND a.person_id = %s", [answer, scope.tenant, person]
    )
    return None if found is None else _own(found)


def lock_lease_of(scope: Scope, answer: int, *, person: int) -> int | None:
    """Return the lease of a person's answer, and hold its row till the transaction ends: who mends it takes turns."""
    lock = " FOR UPDATE OF s" if db.is_postgres() else ""
    found = db.row(
        "SELECT s.id FROM assignment s JOIN answer a ON a.assignment_id = s.id"
        f" WHERE a.id = %s AND a.tenant_id = %s AND a.person_id = %s{lock}",
        [answer, scope.tenant, person],
    )
    return None if found is None else int(found[0])


def was_judged(item: int) -> bool:
    """Whether an expert said something about an item."""
    found = db.row("SELECT 1 FROM answer WHERE item_id = %s AND queue IN ('expert', 'audit') LIMIT 1", [item])
    return found is not None


def add_mended(
    scope: Scope,
    before: OwnAnswer,
    *,
    client_id: str,
    value: str,
    seconds: float,
    in_place: bool,
    schema_version: int,
    now: int,
) -> int:
    """Insert the answer that supersedes one, which is paid already; with `in_place` it counts instead.

    Its item is looked at again then; one that a reviewer has, when they have spoken.
    """
    found = db.row(
        "INSERT INTO answer (tenant_id, client_id, assignment_id, batch_id, item_id, person_id, queue, value,"
        " seconds, at, supersedes, in_place, schema_version)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        [
            scope.tenant,
            client_id,
            before.assignment,
            before.batch,
            before.item,
            before.person,
            before.queue,
            stored(before.batch, value),
            seconds,
            now,
            before.id,
            in_place,
            schema_version,
        ],
    )
    assert found is not None
    if in_place:
        db.execute(
            "UPDATE item SET dirty = TRUE WHERE id = %s AND state NOT IN (%s, %s)",
            [before.item, lifecycle.PEER_REVIEW, lifecycle.EXPERT_REVIEW],
        )
    return int(found[0])


def _own(row: tuple[Any, ...]) -> OwnAnswer:
    found = OwnAnswer(*row)
    return replace(found, value=text_of(found.batch, found.value))


_OWN = (
    "SELECT a.id, a.assignment_id, a.batch_id, a.item_id, i.key, a.person_id, a.queue, a.value, a.seconds, a.at,"
    " EXISTS (SELECT 1 FROM answer n WHERE n.supersedes = a.id) FROM answer a JOIN item i ON i.id = a.item_id"
)
