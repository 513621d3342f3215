"""How often an item is asked about: only as often as needed, for the whole batch at once."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.answers import Floats, Ints

MODERATE = 0.35
"""Up to this risk a peer's look is worth its price; above it peers are as torn as the labellers."""

PATIENCE = 3
"""So many skips say that the item itself is the difficulty."""


_FLOAT_SLACK = 1e-12  # 1 - 0.95 is a little more than 0.05


class Next(IntEnum):
    """What happens next to an item."""

    SETTLE = 0
    ASK = 1
    PEER = 2
    EXPERT = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """How many answers an item gets at least and at most, and the risk at which it settles."""

    least: int
    most: int
    threshold: float


def decide(
    *,
    right: Floats,
    count: Ints,
    available: NDArray[np.bool_],
    skips: Ints,
    limits: Limits,
    peer: NDArray[np.bool_] | None = None,
    pays: NDArray[np.bool_] | None = None,
) -> NDArray[np.int8]:
    """Say for every item what happens next.

    An item about which nobody more is asked settles with its risk: which of them experts redo is decided
    for the whole batch at once, riskiest first (`expert_redo_depth`). Experts come at once where people have
    nothing to say: nobody answers, or too many skipped.

    Args:
        right: shape (items,), calibrated probability that the consensus is right.
        count: shape (items,), answers so far.
        available: shape (items,), whether somebody could still be asked.
        skips: shape (items,), how many people skipped it.
        limits: fewest and most answers, and the risk that may settle.
        peer: shape (items,), whether a peer reviewer is there; None: nobody reviews as a peer.
        pays: shape (items,), whether one more answer is worth its price (`worth_of_one_more_answer.worth_asking`); None: it
            is for every item above the threshold.

    Returns:
        Shape (items,), values of `Next`.
    """
    risk = 1.0 - right
    done = np.where(count > 0, Next.SETTLE, Next.EXPERT)
    peers = np.zeros(len(right), dtype=np.bool_) if peer is None else peer
    safe = (count >= limits.least) & (risk <= limits.threshold + _FLOAT_SLACK)
    wanted = ~safe if pays is None else pays
    askable = available & ((count < limits.least) | (wanted & (count < limits.most)))
    decided = np.select(
        [skips >= PATIENCE, askable, safe, peers & (risk <= MODERATE)],
        [Next.EXPERT, Next.ASK, Next.SETTLE, Next.PEER],
        default=done,
    )
    return decided.astype(np.int8)
