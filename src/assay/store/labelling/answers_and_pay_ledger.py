"""Answers, and the pay entry that each of them makes in the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assay.store import db
from assay.store.labelling.counted_answers import FIRST, counts
from assay.store.labelling.task_leases import AssignmentRow
from assay.store.large_values import Texts, stored
from assay.store.scope import Scope


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
    """An answer on its way in; `schema_version` is that of the labels that it names."""

    client_id: str
    assignment: AssignmentRow
    value: str
    seconds: float
    at: int
    next_assignment: int | None
    schema_version: int = 1


@dataclass(frozen=True, slots=True)
class SentBefore:
    """An answer that came before under a client id; `supersedes` where it mended one, which was paid: this one has no `cents`."""

    answer: int
    assignment: int
    next_assignment: int | None
    supersedes: int | None
    cents: int


def answer_by_client_id(scope: Scope, client_id: str) -> SentBefore | None:
    """Return the answer that came before with this client id."""
    found = db.row(
        "SELECT a.id, a.assignment_id, a.next_assignment, a.supersedes, COALESCE(l.cents, 0) FROM answer a"
        " LEFT JOIN ledger_entry l ON l.answer_id = a.id WHERE a.tenant_id = %s AND a.client_id = %s",
        [scope.tenant, client_id],
    )
    return None if found is None else SentBefore(*found)


def add_answer(scope: Scope, answer: NewAnswer, *, debit: str, credit: str, cents: int) -> int:
    """Insert an answer with its pay entry and mark its item; one transaction with the lease's end."""
    lease = answer.assignment
    found = db.row(
        "INSERT INTO answer (tenant_id, client_id, assignment_id, batch_id, item_id, person_id, queue, value,"
        " seconds, at, next_assignment, schema_version)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        [
            scope.tenant,
            answer.client_id,
            lease.id,
            lease.batch,
            lease.item,
            lease.person,
            lease.queue,
            stored(lease.batch, answer.value),
            answer.seconds,
            answer.at,
            answer.next_assignment,
            answer.schema_version,
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
    """Return the answers to items that count, in the order in which they came."""
    marks = ", ".join(["%s"] * len(queues))
    found: list[AnswerRow] = []
    texts = Texts()
    for part in db.chunks(items):
        condition, values = db.among("item_id", part)
        found += [
            _answer(row, texts)
            for row in db.rows(
                f"SELECT {_ANSWER} FROM answer WHERE queue IN ({marks}) AND {condition}"
                f" AND {counts('answer')} ORDER BY id",
                [*queues, *values],
            )
        ]
    return found


def all_answers(
    first_item: int, last_item: int, *, queues: Sequence[str]
) -> list[tuple[int, int, str, float]]:
    """Return (item, person, value, seconds) of a batch's answers that count, in the order in which they came."""
    marks = ", ".join(["%s"] * len(queues))
    texts = Texts()
    return [
        (item, person, texts.of_item(item, value), seconds)
        for item, person, value, seconds in db.rows(
            f"SELECT item_id, person_id, value, seconds FROM answer WHERE item_id BETWEEN %s AND %s AND queue IN ({marks})"
            f" AND {counts('answer')} ORDER BY id",
            [first_item, last_item, *queues],
        )
    ]


def answered_items(first_item: int, last_item: int, *, queue: str) -> set[int]:
    """Return the items of a batch that got an answer in one queue."""
    found = db.rows(
        "SELECT DISTINCT item_id FROM answer WHERE item_id BETWEEN %s AND %s AND queue = %s",
        [first_item, last_item, queue],
    )
    return {int(item) for (item,) in found}


def count_answers(batch: int, *, heard: bool = False) -> dict[str, int]:
    """Return how many answers each queue of a batch got, one of a lease; `heard`: without those of excluded people."""
    but = " AND person_id NOT IN (SELECT id FROM person WHERE state = 'excluded')" if heard else ""
    return {
        str(queue): int(count)
        for queue, count in db.rows(
            f"SELECT queue, COUNT(*) FROM answer WHERE batch_id = %s AND {FIRST}{but} GROUP BY queue ORDER BY queue",
            [batch],
        )
    }


def spent(batch: int) -> int:
    """Return the cents that a batch's ledger holds."""
    found = db.row("SELECT COALESCE(SUM(cents), 0) FROM ledger_entry WHERE batch_id = %s", [batch])
    return int(found[0]) if found else 0


_ANSWER = "id, item_id, person_id, queue, value, seconds, at"


def _answer(row: db.Row, texts: Texts) -> AnswerRow:
    values: list[Any] = [*row[:4], texts.of_item(row[1], row[4]), *row[5:]]
    return AnswerRow(*values)
