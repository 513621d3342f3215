"""Set items aside after they were received: what nobody can label is no part of the batch.

A certificate must not count an item that no expert ever judged as right, and nothing without a label can
be delivered; so such an item leaves the batch and is counted beside it, with the reason.
"""

from collections.abc import Sequence
from typing import Final

from assay.service.working_set.batch_at_hand import Work
from assay.store.items import items
from assay.store.projects import batches

NOBODY: Final = "no expert who was asked could label it"
NO_LINE: Final = 0
"""The source's line of an item is not kept; its id names it."""


def set_items_aside(work: Work, rows: Sequence[items.ItemRow], *, reason: str = NOBODY) -> None:
    """Move items out of the batch, inside the caller's transaction; accepted + rejected stays received."""
    if not rows:
        return
    items.remove_items([row.id for row in rows])
    items.insert_set_aside(work.batch.id, [(NO_LINE, row.key, reason) for row in rows])
    batches.set_batch(
        work.scope,
        work.batch.id,
        accepted=work.batch.accepted - len(rows),
        rejected=work.batch.rejected + len(rows),
    )
    work.record("set items aside", rule=reason, items=len(rows), first=rows[0].key)
