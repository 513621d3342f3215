"""What requesters say about items and batches."""

from collections.abc import Sequence

from assay.store import db


def add_feedback(batch: int, remarks: Sequence[tuple[int | None, str]], *, actor: str, now: int) -> None:
    """Keep remarks as (item or None for the batch, comment)."""
    db.change_many(
        "INSERT INTO feedback (batch_id, item_id, comment, actor, at) VALUES (%s, %s, %s, %s, %s)",
        [(batch, item, comment, actor, now) for item, comment in remarks],
    )


def list_feedback(batch: int) -> list[tuple[int | None, str]]:
    """Return remarks as (item or None, comment), oldest first."""
    return [
        (item, str(comment))
        for item, comment in db.rows(
            "SELECT item_id, comment FROM feedback WHERE batch_id = %s ORDER BY id", [batch]
        )
    ]
