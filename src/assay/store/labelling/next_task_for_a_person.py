"""The pick of the next task: a cursor per person and queue over a partial index of open tasks.

It stays flat as the queue grows and as a person has answered much of it. A task that was locked while the cursor passed
would be stranded, so when nothing is found the queue is searched once from its start, at most every few seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assay.store import db
from assay.store.labelling.lease_states import GIVEN_BACK, HELD

RESCAN_EVERY: Final = 2_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class CursorRow:
    """Where a person stands in a queue: position, items served, control items among them."""

    position: int
    served: int
    controls: int
    rescanned_at: int


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
    return _pick(
        "t.batch_id = %s AND t.queue = %s AND t.is_open AND t.id > %s",
        [batch, queue, after],
        person=person,
        linked=linked,
        blind=blind,
        lock=" FOR UPDATE SKIP LOCKED",
    )


def pick_task_again(
    batch: int, *, item: int, person: int, queue: str, linked: Sequence[int] = (), blind: bool = False
) -> int | None:
    """Take an open task of the item whose lease ran out for this person, by the rules of `pick_task`; return the task.

    Whoever is late at the same moment waits for the other: one gets it, and the other learns that it is gone.
    """
    found = _pick(
        "t.batch_id + 0 = %s AND t.queue = %s AND t.is_open AND t.item_id = %s",
        [batch, queue, item],
        person=person,
        linked=linked,
        blind=blind,
        lock=" FOR UPDATE",
    )
    return None if found is None else found[0]


def pick_task_of(batch: int, *, item: int, queue: str) -> int | None:
    """Take an open task of one item and return it; for people to whom tasks are routed."""
    lock = " FOR UPDATE SKIP LOCKED" if db.is_postgres() else ""
    found = db.row(
        "UPDATE task SET is_open = FALSE WHERE id = (SELECT id FROM task WHERE batch_id = %s AND item_id = %s"
        f" AND queue = %s AND is_open ORDER BY id LIMIT 1{lock}) AND is_open RETURNING id",
        [batch, item, queue],
    )
    return None if found is None else int(found[0])


def has_unknown_control(batch: int) -> bool:
    """Whether the label of some control item is not known yet."""
    found = db.row("SELECT 1 FROM item WHERE batch_id = %s AND is_control AND label = '' LIMIT 1", [batch])
    return found is not None


def pick_control(batch: int, *, person: int, salt: int, linked: Sequence[int] = ()) -> int | None:
    """Return a control item with a known label that neither this person nor a linked one saw; `salt` varies which.

    The batch's own come first, then those of earlier batches of its project, but for ids that the batch uses itself.
    """
    who, values = _any_of(person, linked)
    found = db.row(
        "SELECT i.id FROM item i WHERE i.batch_id IN (SELECT e.id FROM batch e JOIN batch b"
        " ON b.project_id = e.project_id WHERE b.id = %s AND e.id <= b.id) AND i.is_control AND i.label <> ''"
        " AND (i.batch_id = %s OR NOT EXISTS (SELECT 1 FROM item o WHERE o.batch_id = %s AND o.key = i.key))"
        f" AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.item_id = i.id AND {who}"
        f" AND a.state IN {HELD})"
        f" AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.item_id = i.id AND {who}"
        f" AND a.state IN {GIVEN_BACK}) ORDER BY CASE WHEN i.batch_id = %s THEN 0 ELSE 1 END,"
        " ((i.id %% 100003) * 7919 + %s) %% 10007, i.id LIMIT 1",
        [batch, batch, batch, *values, *values, batch, salt],
    )
    return None if found is None else int(found[0])


def _pick(
    which: str, values: Sequence[object], *, person: int, linked: Sequence[int], blind: bool, lock: str
) -> tuple[int, int] | None:
    """Close the first of these open tasks `t` that a person may answer, in one statement; return (task, item)."""
    who, people = _any_of(person, linked)
    fresh = f" AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.item_id = t.item_id AND {who})" if blind else ""
    found = db.row(
        f"UPDATE task SET is_open = FALSE WHERE id = (SELECT t.id FROM task t WHERE {which}"
        " AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.item_id = t.item_id AND"
        f" {who} AND a.state IN {HELD}){fresh} ORDER BY t.id LIMIT 1{lock if db.is_postgres() else ''})"
        " AND is_open RETURNING id, item_id",
        [*values, *people, *(people if blind else ())],
    )
    return None if found is None else (int(found[0]), int(found[1]))


def _any_of(person: int, linked: Sequence[int]) -> tuple[str, list[int]]:
    """Return the condition that an assignment is one of these people's, and its values."""
    if not linked:
        return "a.person_id = %s", [person]
    return f"a.person_id IN ({', '.join(['%s'] * (1 + len(linked)))})", [person, *linked]
