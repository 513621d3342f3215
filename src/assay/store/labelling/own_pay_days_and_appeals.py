"""What one member has done: answers by day, pay by project, appeals."""

from dataclasses import dataclass

from assay.core.errors import NotFound
from assay.store import db
from assay.store.scope import Scope

DAY: int = 86_400_000_000


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day's answers in one project; `day` counts days since 1970, money in cents."""

    person: int
    day: int
    answers: int
    cents: int
    seconds: float


@dataclass(frozen=True, slots=True)
class AppealRow:
    """What a paused person says, and what was answered; times in microseconds."""

    id: int
    person: int
    code: str
    project: str
    text: str
    state: str
    answer: str
    actor: str
    at: int
    answered_at: int


def days_of(scope: Scope, people: list[int]) -> list[DayRow]:
    """Return answers and pay of persons by day, newest first."""
    found: list[DayRow] = []
    for part in db.chunks(people):
        condition, values = db.among("a.person_id", part)
        found += [
            DayRow(int(row[0]), int(row[1]), int(row[2]), int(row[3]), float(row[4]))
            for row in db.rows(
                f"SELECT a.person_id, a.at / {DAY}, COUNT(*), SUM(l.cents), SUM(a.seconds) FROM answer a"
                f" JOIN ledger_entry l ON l.answer_id = a.id WHERE a.tenant_id = %s AND {condition}"
                f" GROUP BY a.person_id, a.at / {DAY} ORDER BY 2 DESC, 1",
                [scope.tenant, *values],
            )
        ]
    return found


def skips_of(people: list[int]) -> dict[int, int]:
    """Return how many items each person skipped."""
    found: dict[int, int] = {}
    for part in db.chunks(people):
        condition, values = db.among("person_id", part)
        found |= {
            int(person): int(count)
            for person, count in db.rows(
                f"SELECT person_id, COUNT(*) FROM assignment WHERE state = 'skipped' AND {condition} GROUP BY person_id",
                values,
            )
        }
    return found


def add_appeal(scope: Scope, *, person: int, text: str, now: int) -> int:
    """Keep an appeal and return its id."""
    found = db.row(
        "INSERT INTO appeal (tenant_id, person_id, text, at) VALUES (%s, %s, %s, %s) RETURNING id",
        [scope.tenant, person, text, now],
    )
    assert found is not None
    return int(found[0])


def has_open_appeal(person: int) -> bool:
    """Whether an appeal of this person waits for an answer."""
    return (
        db.row("SELECT 1 FROM appeal WHERE person_id = %s AND state = 'open' LIMIT 1", [person]) is not None
    )


def list_appeals(scope: Scope, *, people: list[int] | None = None) -> list[AppealRow]:
    """Return the appeals of the tenant or of some persons, open ones first, then newest first."""
    condition, values = db.among("a.person_id", people) if people is not None else ("1 = 1", [])
    if people == []:
        return []
    found = db.rows(
        "SELECT a.id, a.person_id, p.code, r.name, a.text, a.state, a.answer, a.actor, a.at, a.answered_at"
        " FROM appeal a JOIN person p ON p.id = a.person_id JOIN project r ON r.id = p.project_id"
        f" WHERE a.tenant_id = %s AND {condition} ORDER BY CASE a.state WHEN 'open' THEN 0 ELSE 1 END, a.id DESC",
        [scope.tenant, *values],
    )
    return [AppealRow(*row) for row in found]


def person_of_appeal(scope: Scope, appeal: int) -> int:
    """Return whose appeal it is; raises `NotFound` for one of another tenant."""
    found = db.row("SELECT person_id FROM appeal WHERE id = %s AND tenant_id = %s", [appeal, scope.tenant])
    if found is None:
        raise NotFound(noun="open appeal", key=str(appeal))
    return int(found[0])


def answer_appeal(scope: Scope, appeal: int, *, state: str, answer: str, actor: str, now: int) -> AppealRow:
    """Close an open appeal as `granted` or `refused` and return it; raises `NotFound` for any other."""
    changed = db.execute(
        "UPDATE appeal SET state = %s, answer = %s, actor = %s, answered_at = %s"
        " WHERE id = %s AND tenant_id = %s AND state = 'open'",
        [state, answer, actor, now, appeal, scope.tenant],
    )
    found = [one for one in list_appeals(scope) if one.id == appeal] if changed else []
    if not found:
        raise NotFound(noun="open appeal", key=str(appeal))
    return found[0]
