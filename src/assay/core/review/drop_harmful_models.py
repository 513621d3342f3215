"""A model that makes labels worse is dropped: known items say whether labels are better without its word."""

from collections.abc import Sequence

import numpy as np

from assay.core.ports.answers import Floats
from assay.core.quality.label_loss import Loss
from assay.core.review.consensus_after_first_answers import Prefix

LEAST_COMPARED = 15
"""Models are judged on so many known items at least."""


def labels_are_worse(
    seen: Sequence[Prefix],
    alone: Sequence[Prefix],
    *,
    known: Sequence[str | None],
    weight: Floats,
    loss: Loss,
) -> bool:
    """Say whether labels are worse with the models' word than without it.

    Compared are the same known items after one answer. Chance alone must not cost a good model its
    place: it goes when the mean difference is more than its standard error above 0.
    """
    if not seen or not alone:
        return False
    items = np.flatnonzero(seen[0].reached & alone[0].reached).tolist()
    if len(items) < LEAST_COMPARED:
        return False
    more = np.array(
        [
            loss(seen[0].consensus.value[i], known[i] or "")
            - loss(alone[0].consensus.value[i], known[i] or "")
            for i in items
        ]
    )
    each = weight[items]
    mean = float(each @ more / each.sum())
    error = float(np.sqrt(each**2 @ (more - mean) ** 2) / each.sum())
    return mean > error
