"""Tasks: the answers that are wanted, opened, closed and counted."""

from collections.abc import Sequence
from typing import Final

from assay.store import db
from assay.store.labelling.lease_states import HELD

_OF_BATCH: Final = "batch_id + 0 = %s"
"""Keeps SQLite from walking all open tasks of the batch where the items' own few are asked for."""


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
