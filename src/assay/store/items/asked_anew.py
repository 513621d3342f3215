"""Items that are asked about anew, since a change to the project's labels took the label that they had."""

from collections.abc import Sequence

from assay.store import db
from assay.store.projects.batches import BatchRow


def ask_anew(batch: BatchRow, items: Sequence[int]) -> None:
    """Let none of the answers to these items count that they have so far, and let who gave them be asked once more.

    What is open in any queue is withdrawn. In a transaction.
    """
    for part in db.chunks(items):
        condition, values = db.among("item_id", part)
        db.execute(f"DELETE FROM asked_anew WHERE {condition}", values)
        db.execute(
            "INSERT INTO asked_anew (item_id, last_answer)"
            f" SELECT item_id, MAX(id) FROM answer WHERE {condition} GROUP BY item_id",
            values,
        )
        db.execute(
            f"UPDATE assignment SET state = 'reopened' WHERE state IN ('submitted', 'skipped') AND {condition}",
            values,
        )
        db.execute(
            f"DELETE FROM task WHERE batch_id + 0 = %s AND is_open AND {condition}", [batch.id, *values]
        )


def was_asked_anew(item: int, *, answer: int) -> bool:
    """Whether an item was asked about anew after an answer to it."""
    found = db.row("SELECT 1 FROM asked_anew WHERE item_id = %s AND last_answer >= %s", [item, answer])
    return found is not None


def stop_being_control(items: Sequence[int], *, state: str) -> None:
    """Make control items ordinary ones without a label, in a state; in a transaction."""
    db.change_many(
        "UPDATE item SET is_control = FALSE, label = '', chance = 0, parts = '', judged = FALSE, decided_by = '',"
        " answers = 0, dirty = TRUE, state = %s WHERE id = %s",
        [(state, item) for item in items],
    )
