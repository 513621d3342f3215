"""How far to trust a pre-labelling model's own probabilities, learnt from items whose label is known.

A model that learns from people's uncertain answers predicts those answers, and is surer of the truth
than it says (measured: 97 % right where it claimed 39 % on average). Temperature scaling (Guo, Pleiss,
Sun and Weinberger, "On calibration of modern neural networks", ICML 2017) on known items mends that:

    q_k ~ p_k ** power,    power = argmax of sum_i w_i log q_i(truth) - (log power)^2 / 2

Where each label is right or not by itself, the same holds of every label's two probabilities.
"""

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.answers import Floats
from assay.core.ports.task_type import Rows

_POWERS: Floats = np.geomspace(0.25, 12.0, 80)
MOST_CERTAIN = 0.98
"""No model rules people out."""

_LEAST = 1e-6


def fit_sharpness(prior: Floats, *, truth: Floats, weight: Floats, rows: Rows = Rows.ONE) -> float:
    """Return the power; 1 where no known item has a proposal.

    Args:
        prior: shape (items, labels), the model's probabilities; rows of NaN say nothing.
        truth: shape (items, labels), the known label as 0 and 1 (`TaskType.row`); rows of NaN are unknown.
        weight: shape (items,), how much each known item counts.
        rows: what a row means.
    """
    usable: NDArray[np.bool_] = np.asarray(~np.isnan(prior + truth).any(axis=1))
    if not usable.any():
        return 1.0
    said, right, each = prior[usable], truth[usable], weight[usable]
    scores = []
    for power in _POWERS.tolist():
        sure = sharpened(said, power, rows=rows)
        score = (right * np.log(sure + _LEAST)).sum(axis=1)
        if rows is Rows.ANY:
            # The labels of one item say much the same about the model: together they count as one item.
            score = (score + ((1.0 - right) * np.log1p(_LEAST - sure)).sum(axis=1)) / max(said.shape[1], 1)
        scores.append(float(each @ score) - float(np.log(power)) ** 2 / 2.0)
    return float(_POWERS[int(np.argmax(scores))])


def sharpened(prior: Floats, power: float, *, rows: Rows = Rows.ONE) -> Floats:
    """Return the probabilities to that power, made to sum to 1 again, none above `MOST_CERTAIN`."""
    if rows is Rows.ANY:
        yes, no = np.maximum(prior, 1e-9) ** power, np.maximum(1.0 - prior, 1e-9) ** power
        both: Floats = np.clip(yes / (yes + no), 1.0 - MOST_CERTAIN, MOST_CERTAIN)
        return both
    powers = np.maximum(prior, 1e-9) ** power
    shares = powers / powers.sum(axis=1, keepdims=True)
    even = 1.0 / prior.shape[1]
    # What is above the cap is shared out evenly: mixing with even shares keeps the order of the classes.
    top = shares.max(axis=1, keepdims=True)
    mix = np.clip((top - MOST_CERTAIN) / np.maximum(top - even, 1e-9), 0.0, 1.0)
    capped: Floats = (1.0 - mix) * shares + mix * even
    return capped
