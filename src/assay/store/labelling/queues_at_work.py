"""What the pages of reviewers and operators show: queues and people at work, counted in the database."""

from dataclasses import dataclass

from assay.store import db
from assay.store.labelling.counted_answers import FIRST
from assay.store.scope import Scope


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One queue of one batch: open tasks, running leases, and when the first of these ends, in microseconds."""

    batch: str
    status: str
    queue: str
    open: int
    leased: int
    first_until: int | None


@dataclass(frozen=True, slots=True)
class PersonFigures:
    """A person of a project with their counts; `at` is their newest answer."""

    id: int
    project: str
    code: str
    member: int | None
    is_expert: bool
    is_peer: bool
    state: str
    reason: str
    right: int
    wrong: int
    answers: int
    seconds: float
    at: int | None
    project_id: int
    link: int
    cleared: bool
    findings: str
    reserve: bool


def waiting_by_queue(scope: Scope) -> list[QueueRow]:
    """Return open tasks and leases of every batch that is not delivered, by batch and queue."""
    tasks = db.rows(
        "SELECT b.name, b.status, t.queue, COUNT(*) FROM task t JOIN batch b ON b.id = t.batch_id"
        " WHERE t.is_open AND b.tenant_id = %s GROUP BY b.name, b.status, t.queue",
        [scope.tenant],
    )
    leases = db.rows(
        "SELECT b.name, b.status, a.queue, COUNT(*), MIN(a.leased_until) FROM assignment a"
        " JOIN batch b ON b.id = a.batch_id WHERE a.state = 'leased' AND b.tenant_id = %s"
        " GROUP BY b.name, b.status, a.queue",
        [scope.tenant],
    )
    opened = {(row[0], row[1], row[2]): int(row[3]) for row in tasks}
    held = {(row[0], row[1], row[2]): (int(row[3]), int(row[4])) for row in leases}
    return [
        QueueRow(
            *key,
            open=opened.get(key, 0),
            leased=held.get(key, (0, 0))[0],
            first_until=held.get(key, (0, None))[1],
        )
        for key in sorted({*opened, *held})
    ]


def people_at_work(scope: Scope, *, project: int | None = None) -> list[PersonFigures]:
    """Return everybody of one project or of all, with their counts, by project and pseudonym."""
    condition, values = ("AND p.project_id = %s", [project]) if project is not None else ("", [])
    found = db.rows(
        'SELECT p.id, r.name, p.code, p.member_id, p.is_expert, p.is_peer, p.state, p.reason, p."right", p.wrong,'
        " COUNT(a.id), COALESCE(AVG(a.seconds), 0), MAX(a.at), p.project_id, p.link, p.cleared, p.findings, p.reserve"
        " FROM person p JOIN project r ON r.id = p.project_id"
        f" LEFT JOIN answer a ON a.person_id = p.id AND a.{FIRST} WHERE p.tenant_id = %s {condition}"
        ' GROUP BY p.id, r.name, p.code, p.member_id, p.is_expert, p.is_peer, p.state, p.reason, p."right", p.wrong,'
        " p.project_id, p.link, p.cleared, p.findings, p.reserve ORDER BY r.name, p.code LIMIT 2000",
        [scope.tenant, *values],
    )
    return [
        PersonFigures(
            id=row[0],
            project=row[1],
            code=row[2],
            member=row[3],
            is_expert=bool(row[4]),
            is_peer=bool(row[5]),
            state=row[6],
            reason=row[7],
            right=row[8],
            wrong=row[9],
            answers=int(row[10]),
            seconds=float(row[11]),
            at=row[12],
            project_id=int(row[13]),
            link=int(row[14]),
            cleared=bool(row[15]),
            findings=str(row[16]),
            reserve=bool(row[17]),
        )
        for row in found
    ]


def newest_answer(scope: Scope, project: int, *, batch: int) -> int | None:
    """Return when a batch of a project got its newest answer, None before the first; one look per person."""
    found = db.row(
        "SELECT MAX((SELECT a.at FROM answer a WHERE a.person_id = p.id AND a.batch_id = %s"
        " ORDER BY a.id DESC LIMIT 1)) FROM person p WHERE p.project_id = %s AND p.tenant_id = %s",
        [batch, project, scope.tenant],
    )
    return None if found is None or found[0] is None else int(found[0])
