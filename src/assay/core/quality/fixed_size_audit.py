"""The exact plan of fixed size: how many checks, chosen beforehand, prove a target with c errors found.

The number of errors in a sample without replacement is hypergeometric; a batch with D errors is
rejected as too bad when P(HyperGeom(N, D, n) <= c) <= delta. Clopper-Pearson in its finite form
(Bickel 1992; Wright 1991). It is chosen before the draw and never combined with the martingale.
"""

import math
from collections.abc import Callable

from scipy.stats import binom, hypergeom


def checks_needed(*, items: int | None, allowed: float, delta: float, errors: int) -> int | None:
    """Return the smallest sample that certifies with that many errors found, or None if there is none.

    Args:
        items: N, or None for a batch without end (the binomial limit).
        allowed: alpha, the share of items that may be wrong.
        delta: the risk of certifying a batch with more.
        errors: c, the errors that the sample may show.
    """
    if items is None:
        return _first(lambda n: _certain_binomial(n, allowed=allowed, errors=errors) <= delta, low=errors + 1)
    bad = math.floor(items * allowed + 1e-9) + 1  # the best batch that must not be certified
    if errors >= bad:
        return None
    return _first(lambda n: float(hypergeom.cdf(errors, items, bad, n)) <= delta, low=errors + 1, high=items)


def upper_errors(*, items: int, checks: int, errors: int, delta: float) -> int:
    """Return D_up, the largest number of errors in the batch that the sample does not rule out."""
    low, high = errors, items - checks + errors
    while low < high:  # the probability falls as D grows: bisection
        middle = (low + high + 1) // 2
        if float(hypergeom.cdf(errors, items, middle, checks)) > delta:
            low = middle
        else:
            high = middle - 1
    return low


def _certain_binomial(checks: int, *, allowed: float, errors: int) -> float:
    return float(binom.cdf(errors, checks, allowed))


def _first(holds: Callable[[int], bool], *, low: int, high: int | None = None) -> int | None:
    """Return the first n at which a statement that stays true begins to hold."""
    end = low if high is None else high
    while high is None and not holds(end):
        end *= 2
    if not holds(end):
        return None
    while low < end:
        middle = (low + end) // 2
        if holds(middle):
            end = middle
        else:
            low = middle + 1
    return end
