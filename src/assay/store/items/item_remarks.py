"""What requesters and reviewers say about items, regions of them, and batches."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.store import db


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """One remark: about an item (or a region of it, as a JSON object), or about the batch where `item` is None."""

    item: int | None
    comment: str
    region: str
    role: str
    actor: str
    at: int


def add_feedback(batch: int, remarks: Sequence[tuple[int | None, str]], *, actor: str, now: int) -> None:
    """Keep a requester's remarks as (item or None for the batch, comment)."""
    add_remarks(batch, [RemarkRow(item, comment, "", "requester", actor, now) for item, comment in remarks])


def add_remarks(batch: int, remarks: Sequence[RemarkRow]) -> None:
    """Keep remarks."""
    db.change_many(
        "INSERT INTO feedback (batch_id, item_id, comment, region, role, actor, at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [(batch, one.item, one.comment, one.region, one.role, one.actor, one.at) for one in remarks],
    )


def list_feedback(batch: int) -> list[tuple[int | None, str]]:
    """Return remarks as (item or None, comment), oldest first."""
    return [
        (item, str(comment))
        for item, comment in db.rows(
            "SELECT item_id, comment FROM feedback WHERE batch_id = %s ORDER BY id", [batch]
        )
    ]


def remarks_of(items: Sequence[int]) -> list[RemarkRow]:
    """Return the remarks about items, oldest first."""
    found: list[RemarkRow] = []
    for part in db.chunks(items):
        condition, values = db.among("item_id", part)
        found += [
            RemarkRow(*row)
            for row in db.rows(
                f"SELECT item_id, comment, region, role, actor, at FROM feedback WHERE {condition} ORDER BY id",
                values,
            )
        ]
    return found
