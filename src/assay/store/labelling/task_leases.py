"""Assignments: who holds or held which item until when, and how a lease ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.core.errors import AssayError
from assay.store import db
from assay.store.labelling.lease_states import GIVEN_BACK, HELD
from assay.store.labelling.wanted_answers import open_tasks
from assay.store.scope import Scope


@dataclass(eq=False, kw_only=True)
class AssignmentGone(AssayError):
    """The assignment {assignment} is {state}: it can no longer take an answer."""

    exit_code = 4
    assignment: int
    state: str


@dataclass(eq=False, kw_only=True)
class TooLate(AssignmentGone):
    """The time for this item ran out, and {reason}."""

    reason: str


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """A lease on an item; its id is the fencing token."""

    id: int
    batch: int
    task: int | None
    item: int
    person: int
    queue: str
    state: str
    leased_until: int
    served_at: int


def has_lease(batch: int) -> bool:
    """Whether anybody holds an item."""
    found = db.row("SELECT 1 FROM assignment WHERE batch_id = %s AND state = 'leased' LIMIT 1", [batch])
    return found is not None


def add_assignment(
    scope: Scope, *, batch: int, task: int | None, item: int, person: int, queue: str, now: int, until: int
) -> AssignmentRow:
    """Lease an item to a person."""
    found = db.row(
        "INSERT INTO assignment (tenant_id, batch_id, task_id, item_id, person_id, queue, state,"
        " leased_until, served_at) VALUES (%s, %s, %s, %s, %s, %s, 'leased', %s, %s) RETURNING id",
        [scope.tenant, batch, task, item, person, queue, until, now],
    )
    assert found is not None
    return AssignmentRow(
        id=int(found[0]),
        batch=batch,
        task=task,
        item=item,
        person=person,
        queue=queue,
        state="leased",
        leased_until=until,
        served_at=now,
    )


def is_held(assignment: int, *, item: int, now: int) -> bool:
    """Whether an item is held under a lease at the moment."""
    found = db.row(
        "SELECT 1 FROM assignment WHERE id = %s AND item_id = %s AND state = 'leased' AND leased_until > %s",
        [assignment, item, now],
    )
    return found is not None


def held(batch: int, *, person: int, now: int) -> list[AssignmentRow]:
    """Return the leases that a person holds, oldest first."""
    found = db.rows(
        f"SELECT {_ASSIGNMENT} FROM assignment WHERE batch_id = %s AND state = 'leased' AND leased_until > %s"
        " AND person_id = %s ORDER BY id",
        [batch, now, person],
    )
    return [AssignmentRow(*row) for row in found]


def leases_of(scope: Scope, *, person: int, now: int) -> list[AssignmentRow]:
    """Return the running leases that a person holds anywhere, oldest first."""
    found = db.rows(
        f"SELECT {_ASSIGNMENT} FROM assignment WHERE tenant_id = %s AND person_id = %s AND state = 'leased'"
        " AND leased_until > %s ORDER BY id",
        [scope.tenant, person, now],
    )
    return [AssignmentRow(*row) for row in found]


def end_assignment(
    scope: Scope, *, assignment: int, person: int, state: str, now: int, reason: str = ""
) -> AssignmentRow:
    """End a lease that its holder still has; raises `AssignmentGone` otherwise."""
    found = db.row(
        "UPDATE assignment SET state = %s, reason = %s WHERE id = %s AND tenant_id = %s AND person_id = %s"
        " AND state = 'leased' AND leased_until > %s RETURNING " + _ASSIGNMENT,
        [state, reason, assignment, scope.tenant, person, now],
    )
    if found is None:
        raise AssignmentGone(assignment=assignment, state=_state_of(scope, assignment, person))
    return AssignmentRow(*found)


def lock_assignment(scope: Scope, *, assignment: int, person: int) -> AssignmentRow:
    """Return an assignment of a person, over or not, and lock its row; raises `AssignmentGone` where it is not theirs."""
    lock = " FOR UPDATE" if db.is_postgres() else ""
    found = db.row(
        f"SELECT {_ASSIGNMENT} FROM assignment WHERE id = %s AND tenant_id = %s AND person_id = %s{lock}",
        [assignment, scope.tenant, person],
    )
    if found is None:
        raise AssignmentGone(assignment=assignment, state=_state_of(scope, assignment, person))
    return AssignmentRow(*found)


def renew_assignment(assignment: int, *, task: int | None, until: int) -> None:
    """Let an assignment, whose row is locked, be a lease until then, on this wanted answer."""
    db.execute(
        "UPDATE assignment SET state = 'leased', task_id = %s, leased_until = %s WHERE id = %s",
        [task, until, assignment],
    )


def give_up_newer(lease: AssignmentRow) -> AssignmentRow | None:
    """End the lease under which the holder of one that ran out has the same item again, and return it as it was.

    Its wanted answer, which stays taken, is that of the older lease from now on; it gets the older one's in exchange.
    """
    lock = " FOR UPDATE" if db.is_postgres() else ""
    found = db.row(
        f"SELECT {_ASSIGNMENT} FROM assignment WHERE item_id = %s AND person_id = %s AND queue = %s"
        f" AND state = 'leased' AND id > %s{lock}",
        [lease.item, lease.person, lease.queue, lease.id],
    )
    if found is None:
        return None
    newer = AssignmentRow(*found)
    db.execute("UPDATE assignment SET state = 'released', task_id = %s WHERE id = %s", [lease.task, newer.id])
    return newer


def what_became_of(lease: AssignmentRow) -> str:
    """Say in words who has, or answered, the item of a lease that ran out."""
    found = db.row(
        "SELECT state FROM assignment WHERE item_id = %s AND queue = %s AND person_id <> %s"
        " AND state IN ('leased', 'submitted') AND served_at >= %s ORDER BY id DESC LIMIT 1",
        [lease.item, lease.queue, lease.person, lease.leased_until],
    )
    if found is not None:
        return "somebody else has it now" if found[0] == "leased" else "somebody else answered it meanwhile"
    if has_touched(item=lease.item, person=lease.person):
        return "you answered or skipped it meanwhile"
    return "it has its answers"


def expired_assignments(scope: Scope, batch: int, *, now: int) -> list[AssignmentRow]:
    """Return the leases that ran out, oldest first."""
    found = db.rows(
        f"SELECT {_ASSIGNMENT} FROM assignment WHERE tenant_id = %s AND batch_id = %s AND state = 'leased'"
        " AND leased_until <= %s ORDER BY id",
        [scope.tenant, batch, now],
    )
    return [AssignmentRow(*row) for row in found]


def expire_assignments(assignments: Sequence[AssignmentRow]) -> list[AssignmentRow]:
    """End leases that ran out; their wanted answers return to the end of the queue.

    Returns:
        Those that were ended: what was answered or renewed a moment ago is not.
    """
    ended = [
        assignment
        for assignment in assignments
        if db.execute(
            "UPDATE assignment SET state = 'expired' WHERE id = %s AND state = 'leased' AND leased_until = %s",
            [assignment.id, assignment.leased_until],
        )
    ]
    for assignment in ended:
        if assignment.task is not None:
            open_tasks(assignment.batch, queue=assignment.queue, items=[assignment.item])
    return ended


def first_expiry(batch: int) -> int | None:
    """Return when the first of the running leases ends."""
    found = db.row(
        "SELECT MIN(leased_until) FROM assignment WHERE batch_id = %s AND state = 'leased'", [batch]
    )
    return None if found is None or found[0] is None else int(found[0])


def reopen_for(items: Sequence[int], *, people: Sequence[int]) -> None:
    """Let people be asked once more about items that they answered or skipped; their answers stay as they are."""
    who, ids = db.among("person_id", people)
    for part in db.chunks(items):
        condition, values = db.among("item_id", part)
        db.execute(
            f"UPDATE assignment SET state = 'reopened' WHERE state IN ('submitted', 'skipped') AND {who} AND {condition}",
            [*ids, *values],
        )


def lost_before(*, item: int, person: int) -> bool:
    """Whether a person once had an item and let the lease run out."""
    found = db.row(
        "SELECT 1 FROM assignment WHERE item_id = %s AND person_id = %s"
        f" AND state IN {GIVEN_BACK} AND state = 'expired' LIMIT 1",
        [item, person],
    )
    return found is not None


def has_touched(*, item: int, person: int) -> bool:
    """Whether a person holds, answered or skipped an item."""
    found = db.row(
        f"SELECT 1 FROM assignment WHERE item_id = %s AND person_id = %s AND state IN {HELD} LIMIT 1",
        [item, person],
    )
    return found is not None


def assignment_by_id(scope: Scope, assignment: int) -> AssignmentRow | None:
    """Return an assignment of the tenant, or None."""
    found = db.row(
        f"SELECT {_ASSIGNMENT} FROM assignment WHERE id = %s AND tenant_id = %s", [assignment, scope.tenant]
    )
    return None if found is None else AssignmentRow(*found)


def touched(items: Sequence[int]) -> list[tuple[int, int, str, str]]:
    """Return (item, person, state, queue) of everybody who holds, answered or skipped an item."""
    found: list[tuple[int, int, str, str]] = []
    for part in db.chunks(items):
        condition, values = db.among("item_id", part)
        found += [
            (int(item), int(person), str(state), str(queue))
            for item, person, state, queue in db.rows(
                "SELECT item_id, person_id, state, queue FROM assignment"
                f" WHERE state IN {HELD} AND {condition} ORDER BY id",
                values,
            )
        ]
    return found


_ASSIGNMENT = "id, batch_id, task_id, item_id, person_id, queue, state, leased_until, served_at"


def _state_of(scope: Scope, assignment: int, person: int) -> str:
    found = db.row(
        "SELECT state FROM assignment WHERE id = %s AND tenant_id = %s AND person_id = %s",
        [assignment, scope.tenant, person],
    )
    if found is None:
        return "not yours"
    return "expired" if found[0] == "leased" else str(found[0])
