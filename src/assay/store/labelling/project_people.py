"""People of a project, what was found about them, and the turns of those whom the sequencer asks."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from assay.core.errors import NotFound
from assay.store import db
from assay.store.scope import Scope

PAUSED: Final = "paused"
EXCLUDED: Final = "excluded"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who labels (or, as an expert, judges); `right` and `wrong` count control answers.

    `state` is active, paused, or excluded: then nothing that they said is heard. People of one `link`, which is not 0,
    are believed to be one: they never get the same item, and what they say of it counts once. `cleared` is whoever
    an operator let go on: no automatic check pauses or links them again. `reserve` is whoever waits while enough others
    are at work (`core.workforce.whom_to_ask`).
    """

    id: int
    project: int
    code: str
    is_expert: bool
    is_peer: bool
    state: str
    reason: str
    right: int
    wrong: int
    member: int | None = None
    link: int = 0
    cleared: bool = False
    reserve: bool = False

    @property
    def voice(self) -> int:
        """Who speaks: the same number for people who are believed to be one."""
        return self.link or self.id


@dataclass(frozen=True, slots=True)
class TurnRow:
    """When a simulated or recorded person acts next, and the assignment they hold."""

    person: int
    due_at: int
    assignment: int | None
    item_key: str


@dataclass(frozen=True, slots=True)
class CrewRow:
    """Somebody active in a project: how many items they were served from a queue, and whether they are at work on it."""

    person: int
    served: int
    reserve: bool
    at_work: bool


_COLUMNS = 'id, project_id, code, is_expert, is_peer, state, reason, "right", wrong, member_id, link, cleared, reserve'


def add_people(scope: Scope, *, project: int, people: Sequence[tuple[str, bool]]) -> None:
    """Insert people as (code, is expert); those who exist stay as they are."""
    db.change_many(
        "INSERT INTO person (tenant_id, project_id, code, is_expert)"
        " VALUES (%s, %s, %s, %s) ON CONFLICT (project_id, code) DO NOTHING",
        [(scope.tenant, project, code, expert) for code, expert in people],
    )


def enrol(scope: Scope, *, project: int, people: Sequence[tuple[int, str, bool]]) -> None:
    """Insert members as people of a project, as (member, pseudonym, is expert); those who are there stay."""
    db.change_many(
        "INSERT INTO person (tenant_id, project_id, member_id, code, is_expert)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [(scope.tenant, project, member, code, expert) for member, code, expert in people],
    )


def lacks_members(
    scope: Scope, *, project: int, roles: Sequence[str], but: AbstractSet[int] = frozenset()
) -> bool:
    """Whether an active member with one of these roles, none of `but`, is none of the project's people yet."""
    others = " AND m.id <> %s" * len(but)
    like = " OR ".join(["(' ' || m.roles || ' ') LIKE %s"] * len(roles))
    found = db.row(
        f"SELECT 1 FROM member m WHERE m.tenant_id = %s AND m.state = 'active'{others} AND ({like})"
        " AND NOT EXISTS (SELECT 1 FROM person p WHERE p.project_id = %s AND p.member_id = m.id) LIMIT 1",
        [scope.tenant, *sorted(but), *(f"% {role} %" for role in roles), project],
    )
    return found is not None


def person_of_member(scope: Scope, *, project: int, member: int) -> PersonRow | None:
    """Return a member as a person of a project, or None."""
    found = db.row(
        f"SELECT {_COLUMNS} FROM person WHERE project_id = %s AND member_id = %s AND tenant_id = %s",
        [project, member, scope.tenant],
    )
    return None if found is None else _value(found)


def people_of_member(scope: Scope, member: int) -> list[PersonRow]:
    """Return everything that a member is in the tenant's projects."""
    found = db.rows(
        f"SELECT {_COLUMNS} FROM person WHERE member_id = %s AND tenant_id = %s ORDER BY id",
        [member, scope.tenant],
    )
    return [_value(row) for row in found]


def list_people(scope: Scope, project: int) -> list[PersonRow]:
    """Return a project's people, by id."""
    found = db.rows(
        f"SELECT {_COLUMNS} FROM person WHERE tenant_id = %s AND project_id = %s ORDER BY id",
        [scope.tenant, project],
    )
    return [_value(row) for row in found]


def person_by_id(scope: Scope, person: int) -> PersonRow:
    """Return a person; raises `NotFound` also for one outside the scope."""
    found = db.row(f"SELECT {_COLUMNS} FROM person WHERE id = %s AND tenant_id = %s", [person, scope.tenant])
    if found is None or not scope.covers(int(found[1])):
        raise NotFound(noun="person", key=str(person))
    return _value(found)


def served_to(batch: int, *, person: int, queue: str) -> int:
    """Return how many items somebody was served from a queue."""
    found = db.row(
        "SELECT served FROM cursor WHERE person_id = %s AND batch_id = %s AND queue = %s",
        [person, batch, queue],
    )
    return int(found[0]) if found else 0


def is_alone(batch: int, *, person: int, since: int, now: int) -> bool:
    """Whether nobody else holds an item of a batch that they took since then."""
    found = db.row(
        "SELECT 1 FROM assignment WHERE batch_id = %s AND state = 'leased' AND leased_until > %s AND served_at > %s"
        " AND person_id <> %s LIMIT 1",
        [batch, now, since, person],
    )
    return found is None


def crew_of(batch: int, *, project: int, queue: str, since: int, now: int) -> list[CrewRow]:
    """Return a project's people and where they are in a queue; at work is who holds an item that they took since then."""
    found = db.rows(
        "SELECT p.id, COALESCE(c.served, 0), p.reserve, l.person_id IS NOT NULL FROM person p"
        " LEFT JOIN cursor c ON c.person_id = p.id AND c.batch_id = %s AND c.queue = %s"
        " LEFT JOIN (SELECT DISTINCT person_id FROM assignment WHERE batch_id = %s AND state = 'leased'"
        " AND leased_until > %s AND served_at > %s AND queue = %s) l ON l.person_id = p.id"
        " WHERE p.project_id = %s AND p.state = 'active'",
        [batch, queue, batch, now, since, queue, project],
    )
    return [CrewRow(int(row[0]), int(row[1]), bool(row[2]), bool(row[3])) for row in found]


def newest_answers(scope: Scope, project: int) -> dict[int, tuple[int, int]]:
    """Return, for each person of a project, when they answered last: there, and in any project; 0 for never."""
    found = db.rows(
        "SELECT p.id, p.member_id, p.project_id,"
        " (SELECT a.at FROM answer a WHERE a.person_id = p.id ORDER BY a.id DESC LIMIT 1)"
        " FROM person p WHERE p.tenant_id = %s AND (p.project_id = %s OR p.member_id IN"
        " (SELECT q.member_id FROM person q WHERE q.project_id = %s AND q.member_id IS NOT NULL))",
        [scope.tenant, project, project],
    )
    anywhere: dict[object, int] = {}
    for person, member, _, at in found:
        who = ("member", member) if member is not None else ("person", person)
        anywhere[who] = max(anywhere.get(who, 0), at or 0)
    return {
        int(person): (
            int(at or 0),
            anywhere[("member", member) if member is not None else ("person", person)],
        )
        for person, member, where, at in found
        if where == project
    }


def set_person_state(scope: Scope, person: int, *, state: str, reason: str) -> None:
    """Pause or exclude somebody in a project."""
    db.execute(
        "UPDATE person SET state = %s, reason = %s WHERE id = %s AND tenant_id = %s",
        [state, reason, person, scope.tenant],
    )


def clear_person(scope: Scope, person: int) -> None:
    """Let somebody work again as themselves, whatever automatic checks say."""
    db.execute(
        "UPDATE person SET state = 'active', reason = '', link = 0, cleared = TRUE WHERE id = %s AND tenant_id = %s",
        [person, scope.tenant],
    )


def linked_with(scope: Scope, person: PersonRow) -> list[int]:
    """Return the others who are believed to be the same person; holds them, so that their claims take turns."""
    if not person.link:
        return []
    db.execute("UPDATE person SET link = link WHERE id = %s AND tenant_id = %s", [person.link, scope.tenant])
    found = db.rows(
        "SELECT id FROM person WHERE tenant_id = %s AND project_id = %s AND link = %s AND id <> %s ORDER BY id",
        [scope.tenant, person.project, person.link, person.id],
    )
    return [int(row[0]) for row in found]


def save_findings(scope: Scope, found: Sequence[tuple[int, str]]) -> None:
    """Keep what was found about people, as (person, text)."""
    db.change_many(
        "UPDATE person SET findings = %s WHERE id = %s AND tenant_id = %s",
        [(text, person, scope.tenant) for person, text in found],
    )


def findings_of(scope: Scope, project: int) -> dict[int, str]:
    """Return what is kept of what was found about a project's people, by their ids."""
    found = db.rows(
        "SELECT id, findings FROM person WHERE tenant_id = %s AND project_id = %s AND findings <> ''",
        [scope.tenant, project],
    )
    return {int(row[0]): str(row[1]) for row in found}


def save_standing(scope: Scope, people: Sequence[PersonRow]) -> None:
    """Keep what people have shown: counts on control items, peer standing, state, reason, link and reserve."""
    db.change_many(
        'UPDATE person SET is_peer = %s, state = %s, reason = %s, "right" = %s, wrong = %s, link = %s, reserve = %s'
        " WHERE id = %s AND tenant_id = %s",
        [
            (
                person.is_peer,
                person.state,
                person.reason,
                person.right,
                person.wrong,
                person.link,
                person.reserve,
                person.id,
                scope.tenant,
            )
            for person in people
        ],
    )


def add_turns(batch: int, *, people: Sequence[int], at: Sequence[int]) -> None:
    """Give everybody a first turn."""
    db.change_many(
        "INSERT INTO turn (batch_id, person_id, due_at)"
        " VALUES (%s, %s, %s) ON CONFLICT (batch_id, person_id) DO NOTHING",
        [(batch, person, due) for person, due in zip(people, at, strict=True)],
    )


def list_turns(batch: int) -> list[TurnRow]:
    """Return the turns of a batch."""
    found = db.rows(
        "SELECT person_id, due_at, assignment, item_key FROM turn WHERE batch_id = %s ORDER BY person_id",
        [batch],
    )
    return [TurnRow(*row) for row in found]


def save_turns(batch: int, turns: Sequence[TurnRow]) -> None:
    """Keep the turns that changed."""
    db.change_many(
        "UPDATE turn SET due_at = %s, assignment = %s, item_key = %s WHERE batch_id = %s AND person_id = %s",
        [(turn.due_at, turn.assignment, turn.item_key, batch, turn.person) for turn in turns],
    )


def _value(row: db.Row) -> PersonRow:
    return PersonRow(
        id=row[0],
        project=row[1],
        code=row[2],
        is_expert=bool(row[3]),
        is_peer=bool(row[4]),
        state=row[5],
        reason=row[6],
        right=row[7],
        wrong=row[8],
        member=row[9],
        link=row[10],
        cleared=bool(row[11]),
        reserve=bool(row[12]),
    )
