"""Calibration on known items: what a consensus that is believed to be right turned out to be worth, and the least risk that so few known items allow."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.answers import Consensus, Floats
from assay.core.quality.label_loss import Loss
from assay.core.quality.logistic_calibration import (
    IDENTITY,
    Calibration,
    Prior,
    Trust,
    fit_calibration,
    fit_trust,
)
from assay.core.review.consensus_after_first_answers import Prefix
from assay.core.review.drop_harmful_models import LEAST_COMPARED

_SAFE = 0.97
_UNSEEN = 0.3
"""Of n known items believed safe, so many errors over n + 1 may have stayed unseen (measured without a
model: labels believed 0.99 right on the word of 40 control items were 97 % right)."""

_DEEPEST = 5
"""Prefixes beyond so many answers are nearly all right and would teach the calibration little else."""


def calibrate(
    seen: Sequence[Prefix],
    whole: Consensus,
    *,
    known: Sequence[str | None],
    given: NDArray[np.bool_],
    weight: Floats,
    loss: Loss,
    usual: Prior,
) -> tuple[Calibration, float]:
    """Return the calibration, and how many errors it rests on.

    An item's prefixes say much the same: together with the consensus of all its answers they count as one item,
    the prefixes for one half of it.
    """
    rows = [(prefix.consensus, np.flatnonzero(prefix.reached & given)) for prefix in seen[:_DEEPEST]]
    if not rows:
        return IDENTITY, 0.0
    prefixes = np.bincount(np.concatenate([at for _, at in rows]), minlength=len(given))
    share = np.concatenate([0.5 / prefixes[at] for _, at in rows])
    last = np.flatnonzero((prefixes > 0) & given)
    rows.append((whole, last))
    items = np.concatenate([at for _, at in rows])
    value = [consensus.value[i] for consensus, at in rows for i in at.tolist()]
    lost = np.array([loss(said, known[i] or "") for said, i in zip(value, items.tolist(), strict=True)])
    together = Consensus(
        value=value,
        right=np.concatenate([consensus.right[at] for consensus, at in rows]),
        agreement=np.concatenate([consensus.agreement[at] for consensus, at in rows]),
        count=np.concatenate([consensus.count[at] for consensus, at in rows]),
    )
    each = weight[items] * np.concatenate([share, np.full(len(last), 0.5)])
    errors = float(each @ lost)
    found = fit_calibration(consensus=together, was_right=1.0 - lost, weight=each, prior=usual)
    # Where nothing is ever that sure - hard work, labels right in part - the surer half stands for it.
    believed = found.apply(together)
    safe = believed >= min(_SAFE, float(np.median(believed)))
    seen_safe = float(weight[np.unique(items[safe])].sum())
    return replace(found, floor=_UNSEEN / (seen_safe + 1.0)), errors


def trust_alone(
    word: Consensus,
    *,
    known: Sequence[str | None],
    by_chance: NDArray[np.bool_],
    weight: Floats,
    loss: Loss,
) -> Trust | None:
    """Return how often the models' word is right where nobody answered; None where chance showed too few items.

    `word` is the consensus of the models alone. What it is about must not have taught it: a learning model's rows of
    known items are cross-fitted, and experts' labels teach it nothing (`service/pipeline/stages/prelabel.py`).
    """
    spoken = [i for i, label in enumerate(known) if label is not None and word.value[i]]
    drawn = by_chance[spoken]
    if int(drawn.sum()) < LEAST_COMPARED:
        return None
    right = np.array([1.0 - loss(word.value[i], known[i] or "") for i in spoken])
    found = fit_trust(known=word.right[spoken], right=right, weight=weight[spoken])
    believed = found.apply(word.right[spoken])
    safe = believed >= min(_SAFE, float(np.median(believed)))
    return replace(found, floor=_UNSEEN / (int((safe & drawn).sum()) + 1.0))
