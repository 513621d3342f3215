"""Which names of prepared media some item still needs."""

from collections.abc import Sequence

from assay.core.project import lifecycle
from assay.store import db
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
