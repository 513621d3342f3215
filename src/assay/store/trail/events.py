"""Audit events: appended in the transaction of what they tell; found, listed and counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.core.errors import NotFound
from assay.store import db
from assay.store.scope import Scope

COLUMNS = "id, tenant_id, at, actor, source, verb, subject, outcome, before, after, detail"


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event; `at` in microseconds, `detail` canonical JSON, `before` and `after` digests or states."""

    id: int
    tenant: int
    at: int
    actor: str
    source: str
    verb: str
    subject: str
    outcome: str
    before: str
    after: str
    detail: str


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are wanted: equal words, a part of the subject, and times in microseconds; empty: any."""

    verb: str = ""
    actor: str = ""
    subject: str = ""
    outcome: str = ""
    since: int = 0
    until: int = 0


@dataclass(frozen=True, slots=True)
class PlacedEvent:
    """An event and the block that holds it, None where it waits to be sealed."""

    block: int | None
    event: EventRow


def append_event(
    scope: Scope,
    *,
    at: int,
    actor: str,
    source: str,
    verb: str,
    subject: str,
    outcome: str = "done",
    before: str = "",
    after: str = "",
    detail: str = "{}",
) -> None:
    """Append one event; call it inside the transaction of the change it tells."""
    db.execute(
        "INSERT INTO event (tenant_id, at, actor, source, verb, subject, outcome, before, after, detail)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [scope.tenant, at, actor, source, verb, subject, outcome, before, after, detail],
    )


def list_events(scope: Scope, *, after: int = 0, limit: int = 1_000) -> list[EventRow]:
    """Return events of the tenant in the order of their ids."""
    found = db.rows(
        f"SELECT {COLUMNS} FROM event WHERE tenant_id = %s AND id > %s ORDER BY id LIMIT %s",
        [scope.tenant, after, limit],
    )
    return [EventRow(*row) for row in found]


def find_events(
    scope: Scope, wanted: EventFilter, *, before: int | None = None, limit: int
) -> list[PlacedEvent]:
    """Return the tenant's events that fit, newest first, those with a smaller id than `before`."""
    condition, values = _condition(wanted)
    if before is not None:
        condition, values = f"{condition} AND id < %s", [*values, before]
    found = db.rows(
        f"SELECT block, {COLUMNS} FROM event WHERE tenant_id = %s{condition} ORDER BY id DESC LIMIT {int(limit)}",
        [scope.tenant, *values],
    )
    return [PlacedEvent(block, EventRow(*row)) for block, *row in found]


def sealed_events(
    scope: Scope, wanted: EventFilter, *, block: int, event: int, limit: int
) -> list[PlacedEvent]:
    """Return the tenant's sealed events behind a place in the chain, in its order: none can come in between."""
    condition, values = _condition(wanted)
    found = db.rows(
        f"SELECT block, {COLUMNS} FROM event WHERE tenant_id = %s AND block >= %s AND (block, id) > (%s, %s)"
        f"{condition} ORDER BY block, id LIMIT {int(limit)}",
        [scope.tenant, block, block, event, *values],
    )
    return [PlacedEvent(number, EventRow(*row)) for number, *row in found]


def event_by_id(scope: Scope, event: int) -> PlacedEvent:
    """Return an event; raises `NotFound` also for one of another tenant."""
    found = db.row(
        f"SELECT block, {COLUMNS} FROM event WHERE id = %s AND tenant_id = %s", [event, scope.tenant]
    )
    if found is None:
        raise NotFound(noun="event", key=str(event))
    return PlacedEvent(found[0], EventRow(*found[1:]))


def events_about(scope: Scope, *, subject: str, verbs: Sequence[str]) -> list[EventRow]:
    """Return the events of some verbs on one subject, in order."""
    marks = ", ".join(["%s"] * len(verbs))
    found = db.rows(
        f"SELECT {COLUMNS} FROM event WHERE tenant_id = %s AND subject = %s AND verb IN ({marks}) ORDER BY id",
        [scope.tenant, subject, *verbs],
    )
    return [EventRow(*row) for row in found]


def automatic_events(scope: Scope, *, subject: str) -> list[EventRow]:
    """Return what automatic steps did about one subject, in order."""
    found = db.rows(
        f"SELECT {COLUMNS} FROM event WHERE tenant_id = %s AND subject = %s AND actor = 'assay' ORDER BY id",
        [scope.tenant, subject],
    )
    return [EventRow(*row) for row in found]


def count_automatic(scope: Scope, *, verb: str, subject: str) -> int:
    """Return how often automatic steps did this to a subject; the workers' question, answered from an index."""
    found = db.row(
        "SELECT COUNT(*) FROM event WHERE tenant_id = %s AND subject = %s AND actor = 'assay' AND verb = %s",
        [scope.tenant, subject, verb],
    )
    return int(found[0]) if found else 0


def count_events(scope: Scope, *, verb: str, subject: str) -> int:
    """Return how many events tell of this verb on this subject."""
    found = db.row(
        "SELECT COUNT(*) FROM event WHERE tenant_id = %s AND verb = %s AND subject = %s",
        [scope.tenant, verb, subject],
    )
    return int(found[0]) if found else 0


def _condition(wanted: EventFilter) -> tuple[str, list[object]]:
    """Return what to add to a statement on events, and its values."""
    parts: list[tuple[str, object]] = [
        (" AND verb = %s", wanted.verb),
        (" AND actor = %s", wanted.actor),
        (" AND outcome = %s", wanted.outcome),
        (" AND at >= %s", wanted.since),
        (" AND at < %s", wanted.until),
    ]
    if wanted.subject:
        parts.append((" AND LOWER(subject) LIKE %s ESCAPE '!'", f"%{_plain(wanted.subject.lower())}%"))
    used = [(text, value) for text, value in parts if value]
    return "".join(text for text, _ in used), [value for _, value in used]


def _plain(text: str) -> str:
    """Return a text in which LIKE finds no pattern."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
