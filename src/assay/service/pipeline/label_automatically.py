"""Automatic labels: items that nobody answered are settled by the models' word, where somebody's look is not worth its price."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assay.core.project import lifecycle
from assay.service.quality.calibrated_consensus import Belief
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.item_changes import change_of, parts_of
from assay.store.items import items
from assay.store.labelling import task_leases


def labelled_by_models(
    work: Work, rows: Sequence[items.ItemRow], belief: Belief, *, settle: float, worth: NDArray[np.bool_]
) -> list[items.ItemChange]:
    """Return the items that models settle: nobody has looked at them, and somebody's look is not worth its price.

    Whoever holds one, or has skipped it, goes before the models; the pilot and control items are for people.
    """
    if not work.intake.automatic or work.batch.pilot != "done":
        return []
    sure = belief.alone & ~worth & (1.0 - belief.right <= settle)
    found = {
        rows[position].id: position
        for position in np.flatnonzero(sure).tolist()
        if rows[position].state == lifecycle.LABELLING
        and not (rows[position].is_control or rows[position].is_pilot or rows[position].dirty)
        and not rows[position].decided_by  # a check doubted the models' word before
    }
    untouched = _untouched(list(found))
    return [
        replace(
            change_of(rows[position], now=work.now),
            state=lifecycle.move("item", lifecycle.LABELLING, "agree"),
            label=belief.consensus.value[position],
            chance=float(belief.right[position]),
            decided_by=items.MODEL,
            parts=parts_of(belief.consensus, position),
        )
        for item, position in found.items()
        if item in untouched
    ]


def _untouched(found: Sequence[int]) -> set[int]:
    """Return the items that nobody holds or has skipped."""
    return set(found) - {item for item, *_ in task_leases.touched(found)}
