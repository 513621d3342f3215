"""The label loop's rows: tasks (wanted answers), assignments (leases), answers and pay.

The pick stays flat as the queue grows and as a person has answered much of it: a cursor per person and
queue over a partial index of open tasks. A task that was locked while the cursor passed would be
stranded, so when nothing is found the queue is searched once from its start, at most every few seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assay.core.errors import AssayError
from assay.store import db
from assay.store.scope import Scope

RESCAN_EVERY: Final = 2_000_000  # microseconds
HELD: Final = "('leased', 'submitted', 'skipped')"
GIVEN_BACK: Final = "('released', 'expired')"

_OF_BATCH: Final = "batch_id + 0 = %s"
"""Keeps SQLite from walking all open tasks of the batch where the items' own few are asked for."""


@dataclass(eq=False, kw_only=True)
class AssignmentGone(AssayError):
    """The assignment {assignment} is {state}: it can no longer take an answer."""

    exit_code = 4
    assignment: int
    state: str


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


@dataclass(frozen=True, slots=True)
class CursorRow:
    """Where a person stands in a queue: position, items served, control items among them."""

    position: int
    served: int
    controls: int
    rescanned_at: int


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer; `at` in microseconds."""

    id: int
    item: int
    person: int
    queue: str
    value: str
    seconds: float
    at: int


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer on its way in."""

    client_id: str
    assignment: AssignmentRow
    value: str
    seconds: float
    at: int
    next_assignment: int | None


def open_tasks(batch: int, *, queue: str, items: Sequence[int]) -> None:
    """Append one wanted answer per item to a queue, in this order."""
    db.insert_many(
        "task", ("batch_id", "queue", "item_id", "is_open"), ((batch, queue, item, True) for item in items)
    )


def close_tasks(batch: int, items: Sequence[int]) -> None:
    """Withdraw the open tasks of items."""
    for part in db.chunks(items):
        condition, values = db.among("item_id", part)
        db.execute(f"DELETE FROM task WHERE {_OF_BATCH} AND is_open AND {condition}", [batch, *values])


def open_task_items(batch: int, queues: Sequence[str], *, most: int = -1) -> list[tuple[int, str]]:
    """Return (item, queue) of the open tasks in the order of the queue: the first `most`, or all."""
    end = "" if most < 0 else f" LIMIT {int(most)}"
    marks = ", ".join(["%s"] * len(queues))
    return [
        (int(item), str(queue))
        for item, queue in db.rows(
            f"SELECT item_id, queue FROM task WHERE batch_id = %s AND is_open AND queue IN ({marks}) ORDER BY id{end}",
            [batch, *queues],
        )
    ]


def seen_by_all(batch: int, *, queues: Sequence[str], people: Sequence[int], most: int) -> list[int]:
    """Return those items among the oldest open tasks that each of these people holds, answered or skipped.

    For people who are believed to be one it is enough that one of them does.
    """
    condition, values = db.among("a.person_id", people)
    voice = "CASE WHEN p.link > 0 THEN p.link ELSE p.id END"
    chosen, ids = db.among("p.id", people)
    voices = db.row(f"SELECT COUNT(DISTINCT {voice}) FROM person p WHERE {chosen}", ids)
    assert voices is not None
    found: list[int] = []
    for name in queues:
        found += [
            int(item)
            for (item,) in db.rows(
                "SELECT DISTINCT o.item_id FROM (SELECT item_id FROM task WHERE batch_id = %s AND queue = %s AND is_open"
                f" ORDER BY id LIMIT {int(most)}) o WHERE (SELECT COUNT(DISTINCT {voice}) FROM assignment a"
                " JOIN person p ON p.id = a.person_id"
                f" WHERE a.item_id = o.item_id AND a.state IN {HELD} AND {condition}) >= %s",
                [batch, name, *values, voices[0]],
            )
        ]
    return found


def has_open_task(batch: int) -> bool:
    """Whether anything waits for somebody."""
    return db.row("SELECT 1 FROM task WHERE batch_id = %s AND is_open LIMIT 1", [batch]) is not None


def has_open(batch: int, queue: str) -> bool:
    """Whether anything waits in one queue."""
    found = db.row(
        "SELECT 1 FROM task WHERE batch_id = %s AND queue = %s AND is_open LIMIT 1", [batch, queue]
    )
    return found is not None


def has_lease(batch: int) -> bool:
    """Whether anybody holds an item."""
    found = db.row("SELECT 1 FROM assignment WHERE batch_id = %s AND state = 'leased' LIMIT 1", [batch])
    return found is not None


def lock_cursor(batch: int, *, person: int, queue: str) -> CursorRow:
    """Return a person's cursor and lock its row, so that simultaneous claims of one person take turns."""
    found = db.row(
        "INSERT INTO cursor (batch_id, person_id, queue) VALUES (%s, %s, %s)"
        " ON CONFLICT (person_id, batch_id, queue) DO UPDATE SET served = cursor.served"
        " RETURNING position, served, controls, rescanned_at",
        [batch, person, queue],
    )
    assert found is not None
    return CursorRow(*found)


def save_cursor(batch: int, *, person: int, queue: str, cursor: CursorRow) -> None:
    """Move a cursor."""
    db.execute(
        "UPDATE cursor SET position = %s, served = %s, controls = %s, rescanned_at = %s"
        " WHERE person_id = %s AND batch_id = %s AND queue = %s",
        [cursor.position, cursor.served, cursor.controls, cursor.rescanned_at, person, batch, queue],
    )


def pick_task(
    batch: int, *, person: int, queue: str, after: int, linked: Sequence[int] = (), blind: bool = False
) -> tuple[int | None, int] | None:
    """Take the next open task that this person may answer; return (task, item).

    What one of the `linked` people had, this one does not get. `blind`: nor what any of them ever answered, though it
    was reopened for them meanwhile.
    """
    who, values = _any_of(person, linked)
    fresh = f" AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.item_id = t.item_id AND {who})" if blind else ""
    lock = " FOR UPDATE SKIP LOCKED" if db.is_postgres() else ""
    found = db.row(
        "UPDATE task SET is_open = FALSE WHERE id = ("
        " SELECT t.id FROM task t WHERE t.batch_id = %s AND t.queue = %s AND t.is_open AND t.id > %s"
        " AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.item_id = t.item_id AND"
        f" {who} AND a.state IN {HELD}){fresh} ORDER BY t.id LIMIT 1{lock}) AND is_open RETURNING id, item_id",
        [batch, queue, after, *values, *(values if blind else ())],
    )
    return None if found is None else (int(found[0]), int(found[1]))


def pick_task_of(batch: int, *, item: int, queue: str) -> int | None:
    """Take an open task of one item and return it; for people to whom tasks are routed."""
    found = db.row(
        "UPDATE task SET is_open = FALSE WHERE id = (SELECT id FROM task WHERE batch_id = %s AND item_id = %s"
        " AND queue = %s AND is_open ORDER BY id LIMIT 1) RETURNING id",
        [batch, item, queue],
    )
    return None if found is None else int(found[0])


def has_unknown_control(batch: int) -> bool:
    """Whether the label of some control item is not known yet."""
    found = db.row("SELECT 1 FROM item WHERE batch_id = %s AND is_control AND label = '' LIMIT 1", [batch])
    return found is not None


def pick_control(batch: int, *, person: int, salt: int, linked: Sequence[int] = ()) -> int | None:
    """Return a control item with a known label that neither this person nor a linked one saw; `salt` varies which."""
    who, values = _any_of(person, linked)
    found = db.row(
        "SELECT i.id FROM item i WHERE i.batch_id = %s AND i.is_control AND i.label <> ''"
        f" AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.item_id = i.id AND {who}"
        f" AND a.state IN {HELD})"
        f" AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.item_id = i.id AND {who}"
        f" AND a.state IN {GIVEN_BACK}) ORDER BY ((i.id %% 100003) * 7919 + %s) %% 10007, i.id LIMIT 1",
        [batch, *values, *values, salt],
    )
    return None if found is None else int(found[0])


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


def expired_assignments(scope: Scope, batch: int, *, now: int) -> list[AssignmentRow]:
    """Return the leases that ran out, oldest first."""
    found = db.rows(
        f"SELECT {_ASSIGNMENT} FROM assignment WHERE tenant_id = %s AND batch_id = %s AND state = 'leased'"
        " AND leased_until <= %s ORDER BY id",
        [scope.tenant, batch, now],
    )
    return [AssignmentRow(*row) for row in found]


def expire_assignments(assignments: Sequence[AssignmentRow]) -> None:
    """End leases that ran out; their wanted answers return to the end of the queue."""
    for assignment in assignments:
        ended = db.execute(
            "UPDATE assignment SET state = 'expired' WHERE id = %s AND state = 'leased'", [assignment.id]
        )
        if ended and assignment.task is not None:
            open_tasks(assignment.batch, queue=assignment.queue, items=[assignment.item])


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


def answer_by_client_id(scope: Scope, client_id: str) -> tuple[int, int, int | None] | None:
    """Return (answer, assignment, next assignment) of an answer that came before."""
    found = db.row(
        "SELECT id, assignment_id, next_assignment FROM answer WHERE tenant_id = %s AND client_id = %s",
        [scope.tenant, client_id],
    )
    return None if found is None else (int(found[0]), int(found[1]), found[2])


def assignment_by_id(scope: Scope, assignment: int) -> AssignmentRow | None:
    """Return an assignment of the tenant, or None."""
    found = db.row(
        f"SELECT {_ASSIGNMENT} FROM assignment WHERE id = %s AND tenant_id = %s", [assignment, scope.tenant]
    )
    return None if found is None else AssignmentRow(*found)


def add_answer(scope: Scope, answer: NewAnswer, *, debit: str, credit: str, cents: int) -> int:
    """Insert an answer with its pay entry and mark its item; one transaction with the lease's end."""
    lease = answer.assignment
    found = db.row(
        "INSERT INTO answer (tenant_id, client_id, assignment_id, batch_id, item_id, person_id, queue, value,"
        " seconds, at, next_assignment) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        [
            scope.tenant,
            answer.client_id,
            lease.id,
            lease.batch,
            lease.item,
            lease.person,
            lease.queue,
            answer.value,
            answer.seconds,
            answer.at,
            answer.next_assignment,
        ],
    )
    assert found is not None
    db.execute(
        "INSERT INTO ledger_entry (tenant_id, batch_id, answer_id, debit, credit, cents, at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [scope.tenant, lease.batch, found[0], debit, credit, cents, answer.at],
    )
    # Answers to control items teach about people at the next refit; their own label is known.
    db.execute(
        "UPDATE item SET dirty = TRUE WHERE id = %s AND NOT (is_control AND label <> '')", [lease.item]
    )
    return int(found[0])


def answers_of(items: Sequence[int], *, queues: Sequence[str]) -> list[AnswerRow]:
    """Return the answers to items in the order in which they came."""
    marks = ", ".join(["%s"] * len(queues))
    found: list[AnswerRow] = []
    for part in db.chunks(items):
        condition, values = db.among("item_id", part)
        found += [
            AnswerRow(*row)
            for row in db.rows(
                f"SELECT {_ANSWER} FROM answer WHERE queue IN ({marks}) AND {condition} ORDER BY id",
                [*queues, *values],
            )
        ]
    return found


def all_answers(
    first_item: int, last_item: int, *, queues: Sequence[str]
) -> list[tuple[int, int, str, float]]:
    """Return (item, person, value, seconds) of a batch's answers in the order in which they came."""
    marks = ", ".join(["%s"] * len(queues))
    return db.rows(
        f"SELECT item_id, person_id, value, seconds FROM answer WHERE item_id BETWEEN %s AND %s AND queue IN ({marks})"
        " ORDER BY id",
        [first_item, last_item, *queues],
    )


def answered_items(first_item: int, last_item: int, *, queue: str) -> set[int]:
    """Return the items of a batch that got an answer in one queue."""
    found = db.rows(
        "SELECT DISTINCT item_id FROM answer WHERE item_id BETWEEN %s AND %s AND queue = %s",
        [first_item, last_item, queue],
    )
    return {int(item) for (item,) in found}


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


def open_counts(batch: int, items: Sequence[int]) -> dict[int, int]:
    """Return how many open tasks each of these items has."""
    found: dict[int, int] = {}
    for part in db.chunks(items):
        condition, values = db.among("item_id", part)
        found |= {
            int(item): int(count)
            for item, count in db.rows(
                f"SELECT item_id, COUNT(*) FROM task WHERE {_OF_BATCH} AND is_open AND {condition}"
                " GROUP BY item_id",
                [batch, *values],
            )
        }
    return found


def count_answers(batch: int, *, heard: bool = False) -> dict[str, int]:
    """Return how many answers each queue of a batch got; `heard`: without those of people who are excluded."""
    but = " AND person_id NOT IN (SELECT id FROM person WHERE state = 'excluded')" if heard else ""
    return {
        str(queue): int(count)
        for queue, count in db.rows(
            f"SELECT queue, COUNT(*) FROM answer WHERE batch_id = %s{but} GROUP BY queue ORDER BY queue",
            [batch],
        )
    }


def spent(batch: int) -> int:
    """Return the cents that a batch's ledger holds."""
    found = db.row("SELECT COALESCE(SUM(cents), 0) FROM ledger_entry WHERE batch_id = %s", [batch])
    return int(found[0]) if found else 0


def _any_of(person: int, linked: Sequence[int]) -> tuple[str, list[int]]:
    """Return the condition that an assignment is one of these people's, and its values."""
    if not linked:
        return "a.person_id = %s", [person]
    return f"a.person_id IN ({', '.join(['%s'] * (1 + len(linked)))})", [person, *linked]


_ASSIGNMENT = "id, batch_id, task_id, item_id, person_id, queue, state, leased_until, served_at"
_ANSWER = "id, item_id, person_id, queue, value, seconds, at"


def _state_of(scope: Scope, assignment: int, person: int) -> str:
    found = db.row(
        "SELECT state FROM assignment WHERE id = %s AND tenant_id = %s AND person_id = %s",
        [assignment, scope.tenant, person],
    )
    if found is None:
        return "not yours"
    return "expired" if found[0] == "leased" else str(found[0])
