"""How believed probabilities compare with what turned out to be right: the reliability diagram.

Murphy and Winkler, "Reliability of subjective probability forecasts" (Applied Statistics 1977): probabilities are put into
bins, and beside the mean of each bin stands the share of it that was right, with Wilson's interval (JASA 1927):

    (k + z^2/2 +- z sqrt(k (n - k) / n + z^2/4)) / (n + z^2)

where labels can be right in part, k is the sum of 1 - loss, which has no larger variance than right-or-wrong labels.
"""

import math
from dataclasses import dataclass

import numpy as np

from assay.core.ports.answers import Floats

BINS = 10
_TWO_SIDED = 1.96


@dataclass(frozen=True, slots=True)
class Bin:
    """Items of like probability: how many, the mean that was believed, the share right with its 95 % interval."""

    count: int
    believed: float
    right: float
    low: float
    high: float


def reliability(believed: Floats, right: Floats, *, bins: int = BINS) -> tuple[Bin, ...]:
    """Return the bins of equal width that hold anything, lowest first.

    Args:
        believed: shape (items,), probabilities.
        right: shape (items,), 1 - loss.
        bins: how many parts [0, 1] is cut into.
    """
    place = np.minimum((believed * bins).astype(np.int64), bins - 1)
    found = []
    for number in np.unique(place).tolist():
        here = place == number
        count, share = int(here.sum()), float(right[here].mean())
        low, high = wilson(share * count, count)
        found.append(Bin(count, float(believed[here].mean()), share, low, high))
    return tuple(found)


def wilson(right: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of which `right` of `count` were seen."""
    assert count > 0, "an interval needs something seen"
    z = _TWO_SIDED
    middle, reach = right + z * z / 2.0, z * math.sqrt(right * (count - right) / count + z * z / 4.0)
    return max(0.0, (middle - reach) / (count + z * z)), min(1.0, (middle + reach) / (count + z * z))
