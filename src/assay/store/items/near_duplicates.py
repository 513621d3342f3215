"""Near-duplicates of a batch: the hashes by which they are found, and the groups they form."""

from collections.abc import Sequence

from assay.store import db
from assay.store.large_values import Texts
from assay.store.projects.batches import BatchRow


def neighbours(batch: BatchRow, groups: Sequence[int]) -> list[tuple[int, int, str]]:
    """Return (group, item, label) of the settled or checked items of near-duplicate groups."""
    found: list[tuple[int, int, str]] = []
    texts = Texts()
    for part in db.chunks(groups):
        condition, values = db.among("near_group", part)
        found += [
            (int(group), int(item), texts.of_item(item, label))
            for group, item, label in db.rows(
                f"SELECT near_group, id, label FROM item WHERE batch_id = %s AND label <> '' AND {condition}"
                " ORDER BY id",
                [batch.id, *values],
            )
        ]
    return found


def set_near_groups(groups: Sequence[tuple[int, int]]) -> None:
    """Save (item, group) of near-duplicates."""
    db.change_many("UPDATE item SET near_group = %s WHERE id = %s", [(group, item) for item, group in groups])


def near_hashes(batch: BatchRow) -> list[tuple[int, bytes]]:
    """Return (item, near-duplicate hash) of every item that has one, by position."""
    return [
        (int(item), bytes(near))
        for item, near in db.rows(
            "SELECT item_id, near FROM item_body WHERE item_id BETWEEN %s AND %s AND near IS NOT NULL"
            " AND length(near) > 0 ORDER BY item_id",
            [batch.first_item, batch.last_item],
        )
    ]


def texts_without_near(batch: BatchRow, *, after: int, limit: int) -> list[tuple[int, str]]:
    """Return (item, text) of the next items, after an item id, whose text has no near-duplicate hash yet."""
    return [
        (int(item), str(text))
        for item, text in db.rows(
            "SELECT item_id, text FROM item_body WHERE item_id BETWEEN %s AND %s AND near IS NULL"
            " AND text IS NOT NULL ORDER BY item_id LIMIT %s",
            [max(batch.first_item, after + 1), batch.last_item, limit],
        )
    ]


def save_near(found: Sequence[tuple[int, bytes]]) -> None:
    """Keep near-duplicate hashes; empty bytes where a text is too short to have one."""
    db.change_many(
        "UPDATE item_body SET near = %s WHERE item_id = %s", [(near, item) for item, near in found]
    )
