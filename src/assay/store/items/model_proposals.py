"""What models see and say of items: features, label probabilities, suggested labels."""

from collections.abc import Sequence

from assay.store import db
from assay.store.items.items import BODY, BodyRow
from assay.store.large_values import Texts, all_stored
from assay.store.projects.batches import BatchRow


def items_without_features(batch: BatchRow, *, limit: int) -> list[BodyRow]:
    """Return the next items whose features were not computed yet."""
    found = db.rows(
        BODY + " WHERE b.item_id BETWEEN %s AND %s AND b.features IS NULL ORDER BY b.item_id LIMIT %s",
        [batch.first_item, batch.last_item, limit],
    )
    return [BodyRow(*row) for row in found]


def save_features(found: Sequence[tuple[int, bytes]]) -> None:
    """Keep features as float32 bytes; empty bytes where an item has none."""
    db.change_many(
        "UPDATE item_body SET features = %s WHERE item_id = %s", [(data, item) for item, data in found]
    )


def all_features(batch: BatchRow) -> list[tuple[int, bytes]]:
    """Return (item, features) of every item, by position."""
    return [
        (int(item), bytes(data))
        for item, data in db.rows(
            "SELECT item_id, features FROM item_body WHERE item_id BETWEEN %s AND %s AND features IS NOT NULL"
            " ORDER BY item_id",
            [batch.first_item, batch.last_item],
        )
    ]


def features_of(items: Sequence[int]) -> dict[int, bytes]:
    """Return the features of those of these items that have some."""
    found: dict[int, bytes] = {}
    for part in db.chunks(items):
        condition, values = db.among("item_id", part)
        found |= {
            int(item): bytes(data)
            for item, data in db.rows(
                f"SELECT item_id, features FROM item_body WHERE features IS NOT NULL AND {condition}", values
            )
        }
    return found


def save_proposals(found: Sequence[tuple[int, bytes]]) -> None:
    """Keep a model's class probabilities as float32 bytes."""
    db.change_many(
        "UPDATE item_body SET proposal = %s WHERE item_id = %s", [(data, item) for item, data in found]
    )


def forget_proposals(batch: BatchRow) -> None:
    """Drop the class probabilities of a batch: its labels are others now."""
    db.execute(
        "UPDATE item_body SET proposal = NULL WHERE item_id BETWEEN %s AND %s AND proposal IS NOT NULL",
        [batch.first_item, batch.last_item],
    )


def proposals(items: Sequence[int]) -> dict[int, bytes]:
    """Return the model's class probabilities of those items that have them."""
    found: dict[int, bytes] = {}
    for part in db.chunks(items):
        condition, values = db.among("item_id", part)
        found |= {
            int(item): bytes(data)
            for item, data in db.rows(
                f"SELECT item_id, proposal FROM item_body WHERE proposal IS NOT NULL AND {condition}", values
            )
        }
    return found


def save_suggestions(found: Sequence[tuple[int, int, str]], *, schema_version: int) -> None:
    """Keep (item, source, label text) of models that do not learn and of earlier labels, under a version of the labels.

    What a source said of these items before is replaced: a step that was killed is taken again.
    """
    db.change_many(
        "DELETE FROM suggestion WHERE item_id = %s AND source = %s",
        [(item, source) for item, source, _ in found],
    )
    texts = all_stored([(item, text) for item, _, text in found])
    rows = (
        (item, source, text, schema_version) for (item, source, _), text in zip(found, texts, strict=True)
    )
    db.insert_many("suggestion", ("item_id", "source", "value", "schema_version"), rows)


def suggestions(items: Sequence[int]) -> list[tuple[int, int, str]]:
    """Return (item, source, label text) of what was suggested for these items, by item and source."""
    found: list[tuple[int, int, str]] = []
    texts = Texts()
    for part in db.chunks(sorted(items)):
        condition, values = db.among("item_id", part)
        found += [
            (int(item), int(source), texts.of_item(item, value))
            for item, source, value in db.rows(
                f"SELECT item_id, source, value FROM suggestion WHERE {condition} ORDER BY item_id, source",
                values,
            )
        ]
    return found


def all_suggestions(batch: BatchRow) -> list[tuple[int, int, str]]:
    """Return (item, source, label text) of everything suggested in a batch, by item and source."""
    texts = Texts()
    return [
        (int(item), int(source), texts.of_item(item, value))
        for item, source, value in db.rows(
            "SELECT item_id, source, value FROM suggestion WHERE item_id BETWEEN %s AND %s"
            " ORDER BY item_id, source",
            [batch.first_item, batch.last_item],
        )
    ]
