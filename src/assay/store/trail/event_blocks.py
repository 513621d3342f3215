"""The chain of events: what a sealer seals block by block, so that any later change is found.

A block holds the ids and digests of its events in order and the hash of the block before, so that any
single change is found and named; the chain's order is the order of sealing, since on PostgreSQL a
lower id may be committed after a higher one.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assay.core.ids import canonical
from assay.store import db
from assay.store.trail.events import COLUMNS, EventRow

GENESIS = "0" * 64


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


def newest_blocks(limit: int) -> list[tuple[int, int, int, str]]:
    """Return the newest blocks as (number, time, events, hash), newest first."""
    found = db.rows(f"SELECT id, at, count, hash FROM block ORDER BY id DESC LIMIT {int(limit)}")
    return [(int(row[0]), int(row[1]), int(row[2]), str(row[3])) for row in found]


def count_sealed() -> int:
    """Return how many events the chain holds."""
    found = db.row("SELECT COALESCE(SUM(count), 0) FROM block")
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
        for row in db.rows(f"SELECT {COLUMNS} FROM event WHERE block IS NULL ORDER BY id LIMIT %s", [most])
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
        for row in db.rows(f"SELECT {COLUMNS} FROM event WHERE block = %s ORDER BY id", [number])
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


def pack_ids(ids: list[int]) -> bytes:
    """Return ids as big-endian 64-bit numbers."""
    return struct.pack(f">{len(ids)}q", *ids)


def unpack_ids(data: bytes) -> list[int]:
    """Read back what `pack_ids` wrote."""
    return list(struct.unpack(f">{len(data) // 8}q", data))
