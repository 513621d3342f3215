"""Audit events: appended in the transaction of what they tell, chained by a sealer.

A block holds the ids and digests of its events in order and the hash of the block before, so that any
single change is found and named; the chain's order is the order of sealing, since on PostgreSQL a
lower id may be committed after a higher one.
"""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assay.core.errors import NotFound
from assay.core.ids import canonical
from assay.store import db
from assay.store.scope import Scope

_COLUMNS = "id, tenant_id, at, actor, source, verb, subject, outcome, before, after, detail"
GENESIS = "0" * 64


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


@dataclass(frozen=True, slots=True)
class BlockRow:
    """One link of the chain."""

    id: int
    at: int
    count: int
    ids: bytes
    digests: bytes
    previous: str
    hash: str


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
        f"SELECT {_COLUMNS} FROM event WHERE tenant_id = %s AND id > %s ORDER BY id LIMIT %s",
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
        f"SELECT block, {_COLUMNS} FROM event WHERE tenant_id = %s{condition} ORDER BY id DESC LIMIT {int(limit)}",
        [scope.tenant, *values],
    )
    return [PlacedEvent(block, EventRow(*row)) for block, *row in found]


def sealed_events(
    scope: Scope, wanted: EventFilter, *, block: int, event: int, limit: int
) -> list[PlacedEvent]:
    """Return the tenant's sealed events behind a place in the chain, in its order: none can come in between."""
    condition, values = _condition(wanted)
    found = db.rows(
        f"SELECT block, {_COLUMNS} FROM event WHERE tenant_id = %s AND block >= %s AND (block, id) > (%s, %s)"
        f"{condition} ORDER BY block, id LIMIT {int(limit)}",
        [scope.tenant, block, block, event, *values],
    )
    return [PlacedEvent(number, EventRow(*row)) for number, *row in found]


def event_by_id(scope: Scope, event: int) -> PlacedEvent:
    """Return an event; raises `NotFound` also for one of another tenant."""
    found = db.row(
        f"SELECT block, {_COLUMNS} FROM event WHERE id = %s AND tenant_id = %s", [event, scope.tenant]
    )
    if found is None:
        raise NotFound(noun="event", key=str(event))
    return PlacedEvent(found[0], EventRow(*found[1:]))


def newest_blocks(limit: int) -> list[tuple[int, int, int, str]]:
    """Return the newest blocks as (number, time, events, hash), newest first."""
    found = db.rows(f"SELECT id, at, count, hash FROM block ORDER BY id DESC LIMIT {int(limit)}")
    return [(int(row[0]), int(row[1]), int(row[2]), str(row[3])) for row in found]


def count_sealed() -> int:
    """Return how many events the chain holds."""
    found = db.row("SELECT COALESCE(SUM(count), 0) FROM block")
    return int(found[0]) if found else 0


def events_about(scope: Scope, *, subject: str, verbs: Sequence[str]) -> list[EventRow]:
    """Return the events of some verbs on one subject, in order."""
    marks = ", ".join(["%s"] * len(verbs))
    found = db.rows(
        f"SELECT {_COLUMNS} FROM event WHERE tenant_id = %s AND subject = %s AND verb IN ({marks}) ORDER BY id",
        [scope.tenant, subject, *verbs],
    )
    return [EventRow(*row) for row in found]


def automatic_events(scope: Scope, *, subject: str) -> list[EventRow]:
    """Return what automatic steps did about one subject, in order."""
    found = db.rows(
        f"SELECT {_COLUMNS} FROM event WHERE tenant_id = %s AND subject = %s AND actor = 'assay' ORDER BY id",
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


def unsealed() -> int:
    """Return how many events no block holds yet."""
    found = db.row("SELECT COUNT(*) FROM event WHERE block IS NULL")
    return int(found[0]) if found else 0


def unsealed_any() -> bool:
    """Whether any event waits to be sealed."""
    return db.row("SELECT 1 FROM event WHERE block IS NULL LIMIT 1") is not None


def seal_block(*, now: int, most: int = 20_000) -> bool:
    """Seal one block of what is unsealed; return whether there was anything. Runs inside a transaction."""
    if db.is_postgres():
        # A lock on the last block's row would not do: whoever waits for it does not see the block after it.
        db.execute("LOCK TABLE block IN EXCLUSIVE MODE")
    last = db.row("SELECT id, hash FROM block ORDER BY id DESC LIMIT 1")
    number, previous = (int(last[0]) + 1, str(last[1])) if last else (1, GENESIS)
    events = [
        EventRow(*row)
        for row in db.rows(f"SELECT {_COLUMNS} FROM event WHERE block IS NULL ORDER BY id LIMIT %s", [most])
    ]
    if not events:
        return False
    ids = pack_ids([event.id for event in events])
    digests = b"".join(event_digest(event) for event in events)
    db.execute(
        "INSERT INTO block (id, at, count, ids, digests, previous, hash) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [
            number,
            now,
            len(events),
            ids,
            digests,
            previous,
            block_hash(number=number, at=now, ids=ids, digests=digests, previous=previous),
        ],
    )
    for part in db.chunks([event.id for event in events]):
        condition, values = db.among("id", part)
        db.execute(f"UPDATE event SET block = %s WHERE {condition}", [number, *values])
    return True


def blocks() -> Iterator[BlockRow]:
    """Yield every block in order."""
    for (number,) in db.rows("SELECT id FROM block ORDER BY id"):
        found = db.row(
            "SELECT id, at, count, ids, digests, previous, hash FROM block WHERE id = %s", [number]
        )
        if found is not None:
            values: list[Any] = [*found[:3], bytes(found[3]), bytes(found[4]), *found[5:]]
            yield BlockRow(*values)


def events_of_block(number: int) -> list[EventRow]:
    """Return the events that say they belong to a block, by id."""
    return [
        EventRow(*row)
        for row in db.rows(f"SELECT {_COLUMNS} FROM event WHERE block = %s ORDER BY id", [number])
    ]


def first_event_beyond(number: int) -> int | None:
    """Return the first event that says it belongs to a later block than this."""
    found = db.row("SELECT id FROM event WHERE block > %s OR block < 1 ORDER BY id LIMIT 1", [number])
    return None if found is None else int(found[0])


def chain_head() -> tuple[int, str]:
    """Return the number and hash of the last block, (0, GENESIS) before the first."""
    last = db.row("SELECT id, hash FROM block ORDER BY id DESC LIMIT 1")
    return (int(last[0]), str(last[1])) if last else (0, GENESIS)


def event_digest(event: EventRow) -> bytes:
    """Return the 32 bytes that stand for one event in its block."""
    return hashlib.sha256(
        canonical(
            [
                event.id,
                event.tenant,
                event.at,
                event.actor,
                event.source,
                event.verb,
                event.subject,
                event.outcome,
                event.before,
                event.after,
                event.detail,
            ]
        )
    ).digest()


def block_hash(*, number: int, at: int, ids: bytes, digests: bytes, previous: str) -> str:
    """Return the hash that the next block will name."""
    head = canonical([number, at, len(ids) // 8, previous])
    return hashlib.sha256(head + b"\n" + ids + digests).hexdigest()


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


def pack_ids(ids: list[int]) -> bytes:
    """Return ids as big-endian 64-bit numbers."""
    return struct.pack(f">{len(ids)}q", *ids)


def unpack_ids(data: bytes) -> list[int]:
    """Read back what `pack_ids` wrote."""
    return list(struct.unpack(f">{len(data) // 8}q", data))
