"""What was given and answered, counted: by person, by batch."""

from assay.store import db
from assay.store.labelling.counted_answers import FIRST, counts


def count_answers_of(batch: int, *, person: int) -> int:
    """Return how many answers of labellers' queues somebody gave in a batch."""
    found = db.row(
        "SELECT COUNT(*) FROM answer WHERE batch_id = %s AND person_id = %s AND queue IN ('label', 'peer')"
        f" AND {FIRST}",
        [batch, person],
    )
    return int(found[0]) if found else 0


def served_to(batch: int) -> dict[int, int]:
    """Return how many items each person of a batch was given."""
    return {
        int(person): int(served)
        for person, served in db.rows(
            "SELECT person_id, SUM(served) FROM cursor WHERE batch_id = %s GROUP BY person_id", [batch]
        )
    }


def totals_of(person: int, *, batch: int | None = None) -> tuple[int, int]:
    """Return how many answers a person has given, in a batch or in all, and the cents that their ledger entries hold."""
    within, values = ("", []) if batch is None else (" AND a.batch_id = %s", [batch])
    found = db.row(
        "SELECT COUNT(*), COALESCE(SUM(l.cents), 0) FROM answer a JOIN ledger_entry l ON l.answer_id = a.id"
        f" WHERE a.person_id = %s{within}",
        [person, *values],
    )
    return (int(found[0]), int(found[1])) if found else (0, 0)


def people_who_answered(batch: int) -> int:
    """Return how many people gave labels or judgements in a batch; those who are believed to be one count as one."""
    found = db.row(
        "SELECT COUNT(DISTINCT CASE WHEN p.link > 0 THEN p.link ELSE p.id END) FROM person p"
        " WHERE p.id IN (SELECT DISTINCT person_id FROM answer WHERE batch_id = %s)",
        [batch],
    )
    return int(found[0]) if found else 0


def skip_rate(batch: int) -> float:
    """Return the share of ended leases that were skips."""
    found = db.row(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN state = 'skipped' THEN 1 ELSE 0 END), 0) FROM assignment"
        " WHERE batch_id = %s AND state IN ('submitted', 'skipped')",
        [batch],
    )
    return float(found[1]) / float(found[0]) if found and found[0] else 0.0


def answer_seconds(batch: int, *, queue: str) -> list[float]:
    """Return how long the answers of one queue took, in the order in which they came."""
    found = db.rows(
        f"SELECT seconds FROM answer WHERE batch_id = %s AND queue = %s AND {counts('answer')} ORDER BY id",
        [batch, queue],
    )
    return [float(seconds) for (seconds,) in found]


def unpaid(batch: int) -> dict[str, int]:
    """Return how many answers of each queue are open or held by somebody, and not paid yet."""
    found = db.rows(
        "SELECT queue, COUNT(*) FROM (SELECT queue FROM task WHERE batch_id = %s AND is_open UNION ALL"
        " SELECT queue FROM assignment WHERE batch_id = %s AND state = 'leased') unpaid GROUP BY queue",
        [batch, batch],
    )
    return {str(queue): int(count) for queue, count in found}


def held(batch: int) -> dict[str, int]:
    """Return how many items of each queue are held by somebody."""
    found = db.rows(
        "SELECT queue, COUNT(*) FROM assignment WHERE batch_id = %s AND state = 'leased' GROUP BY queue",
        [batch],
    )
    return {str(queue): int(count) for queue, count in found}


def paid_answers(batch: int) -> tuple[int, int]:
    """Return how many answers of labellers' queues a batch's ledger holds, and the cents that they were paid."""
    found = db.row(
        "SELECT COUNT(*), COALESCE(SUM(l.cents), 0) FROM answer a JOIN ledger_entry l ON l.answer_id = a.id"
        " WHERE a.batch_id = %s AND a.queue IN ('label', 'peer')",
        [batch],
    )
    return (int(found[0]), int(found[1])) if found else (0, 0)


def served_so_far(batch: int, *, queue: str, first: int) -> tuple[int, int]:
    """Return how many of everybody's `first` items were served, and how many control items of all."""
    found = db.row(
        "SELECT COALESCE(SUM(CASE WHEN served < %s THEN served ELSE %s END), 0), COALESCE(SUM(controls), 0)"
        " FROM cursor WHERE batch_id = %s AND queue = %s",
        [first, first, batch, queue],
    )
    return (int(found[0]), int(found[1])) if found else (0, 0)
