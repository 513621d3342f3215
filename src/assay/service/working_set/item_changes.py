"""An item as a change: its present values, to be replaced in part."""

import json

from assay.core.ports.answers import Consensus
from assay.store.items import items


def change_of(row: items.ItemRow, *, now: int) -> items.ItemChange:
    """Return an item's present values as a change, to be replaced in part."""
    return items.ItemChange(
        item=row.id,
        state=row.state,
        label=row.label,
        chance=row.chance,
        answers=row.answers,
        judged=row.judged,
        decided_at=now,
        decided_by=row.decided_by,
        parts=row.parts,
    )


def parts_of(consensus: Consensus, position: int) -> str:
    """Return the confidence of each object of an item's label as it is stored, "" where there are none."""
    found = consensus.parts[position] if consensus.parts else ()
    return json.dumps([round(one, 4) for one in found]) if found else ""
