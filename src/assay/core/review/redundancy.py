"""How often an item is asked about: only as often as needed, for the whole batch at once."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from assay.core.ports import Floats, Ints

LEDGER_SHARE = 0.65
"""Share of the ledger of allowed errors that settled items may be expected to use. The certificate
needs the batch to be clearly better than the target (for 90 % power, at half the allowed error); the
audit's cost grows steeply beyond this share, the experts' below it."""

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

    Args:
        right: shape (items,), calibrated probability that the consensus is right.
        count: shape (items,), answers so far.
        available: shape (items,), whether somebody could still be asked.
        skips: shape (items,), how many people skipped it.
        limits: fewest and most answers, and the risk that may settle.
        peer: shape (items,), whether a peer reviewer is there; None: nobody reviews as a peer.
        pays: shape (items,), whether one more answer is worth its price (`worth.worth_asking`); None: it
            is for every item above the threshold.

    Returns:
        Shape (items,), values of `Next`.
    """
    risk = 1.0 - right
    peers = np.zeros(len(right), dtype=np.bool_) if peer is None else peer
    safe = (count >= limits.least) & (risk <= limits.threshold + _FLOAT_SLACK)
    wanted = ~safe if pays is None else pays
    askable = available & ((count < limits.least) | (wanted & (count < limits.most)))
    decided = np.select(
        [skips >= PATIENCE, askable, safe, peers & (risk <= MODERATE)],
        [Next.EXPERT, Next.ASK, Next.SETTLE, Next.PEER],
        default=Next.EXPERT,
    )
    return decided.astype(np.int8)


def threshold(*, right: Floats, allowed_errors: float) -> float:
    """Return the largest risk at which items may settle, by filling the ledger with the safest first.

    Water-filling: sum of (1 - right) over items with risk <= threshold stays within `LEDGER_SHARE` of
    `allowed_errors`, so easy items lend to hard ones and one threshold serves all. The result lies
    on a grid around the allowed rate so that small changes of belief do not move it all the time.
    """
    if not len(right):
        return 0.0
    alpha = max(allowed_errors / len(right), 1e-6)
    grid = np.minimum(alpha * np.array([0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0]), 0.5)
    risk = np.sort(1.0 - right)
    spent = np.concatenate([[0.0], np.cumsum(risk)])[np.searchsorted(risk, grid, side="right")]
    fitting = grid[spent <= LEDGER_SHARE * allowed_errors]
    return float(fitting[-1]) if len(fitting) else float(grid[0])
