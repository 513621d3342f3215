"""Which blobs rows still need: copies of pictures by their names, large values by their digests."""

from collections.abc import Sequence

from assay.core.project import lifecycle
from assay.store import db
from assay.store.large_values import MARK, digests_in
from assay.store.projects.batches import ITEM_BITS
from assay.store.scope import Scope


def names_in_use(scope: Scope, names: Sequence[str]) -> set[str]:
    """Return those of some names of copies that an item names; a batch whose data never came whole needs none."""
    found: set[str] = set()
    for part in db.chunks(names):
        condition, values = db.among("b.shown", part)
        # Spelled as in the index of named copies: SQLite knows a partial index by its very words.
        found |= {
            str(name)
            for (name,) in db.rows(
                "SELECT DISTINCT b.shown FROM item_body b JOIN batch t ON t.id = (b.item_id >> 32)"
                f" WHERE {condition} AND NOT (b.shown = '') AND t.tenant_id = %s AND NOT (t.status = %s)",
                [*values, scope.tenant, lifecycle.DATA_TRANSFER_FAILED],
            )
        }
    return found


def large_values_in_use(batch: int) -> set[str]:
    """Return the digests that rows of a batch refer to; none where the batch is gone."""
    first = batch << ITEM_BITS
    found: set[str] = set()
    for table, item, columns in (
        ("answer", "item_id", ("value",)),
        ("item", "id", ("label", "frozen", "parts")),
        ("suggestion", "item_id", ("value",)),
    ):
        for column in columns:
            for chunk in db.rows(
                f"SELECT {column} FROM {table} WHERE {item} BETWEEN %s AND %s AND substr({column}, 1, %s) = %s",
                [first, first + 2**ITEM_BITS - 1, len(MARK), MARK],
            ):
                found.update(digests_in(chunk))
    return found
