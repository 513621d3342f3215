"""How deep experts go before the audit: redo the riskiest items while that saves more audit than it costs."""

import numpy as np
from numpy.typing import NDArray

from assay.core.ports import Floats, Ints
from assay.core.quality.audit import expected_checks

_DEPTHS = 60
_FAILED_AUDIT = 15.0
"""Judgements that a failing audit takes beyond those that the items needed anyway: its delta is lost."""


def choose_for_experts(
    *, right: Floats, judged: NDArray[np.bool_], allowed: float, delta: float, spread: float
) -> Ints:
    """Return the positions that experts redo before the audit, riskiest first.

    Depth d is chosen to minimise d + E[checks of the audit that need a fresh judgement]. The audit's
    length comes from the growth rate of its martingale (`expected_checks`); where the error is above
    the target it takes every item. Items that an expert has judged are drawn too, but cost nothing.

    Args:
        right: shape (items,), calibrated probability that the frozen label would be right.
        judged: shape (items,), whether an expert has already decided the item.
        allowed: the share of items that may be wrong.
        delta: the risk that the audit spends.
        spread: coefficient of variation of the calibrated error rate, about 1/sqrt(errors seen on
            control items): the cost is averaged over a gamma distribution with it.
    """
    items = len(right)
    open_items = np.flatnonzero(~judged)
    riskiest = open_items[np.argsort(right[open_items], kind="stable")]
    depths, costs = costs_by_depth(
        risk=1.0 - right[riskiest], items=items, allowed=allowed, delta=delta, spread=spread
    )
    return riskiest[: int(depths[int(np.argmin(costs))])]


def costs_by_depth(
    *, risk: Floats, items: int, allowed: float, delta: float, spread: float
) -> tuple[Ints, Floats]:
    """Return candidate depths and the expert judgements that each is expected to take in all.

    `risk` has shape (unjudged items,), in falling order.
    """
    unjudged = len(risk)
    exempt = int(np.floor(items * allowed + 1e-9))
    census = max(0, unjudged - exempt)  # so many judgements prove the target without any draw
    depths = np.unique(np.linspace(0, census, _DEPTHS).astype(np.int64))
    left = np.concatenate([[0.0], np.cumsum(risk[::-1])])[::-1][depths]  # expected errors behind each depth
    factors = _gamma_like(spread)
    rates = np.outer(left, factors) / max(items, 1)
    checks = expected_checks(
        items=items, allowed=allowed, delta=delta, rates=np.minimum(rates, 1.0).ravel()
    ).reshape(rates.shape)
    paid = checks * ((unjudged - depths) / max(items, 1))[:, None]
    paid = np.minimum(paid, (census - depths)[:, None])
    hopeless = rates >= allowed
    failing = (census - depths) + _FAILED_AUDIT * (depths < census)
    costs = depths + np.where(hopeless, failing[:, None], paid).mean(axis=1)
    return depths, costs


def _gamma_like(spread: float) -> Floats:
    """Return five equally likely factors with mean about 1: quantiles of a log-normal distribution.

    It stands for the gamma distribution with the same coefficient of variation; the difference is far
    below what is known about the spread itself.
    """
    normal = np.array([-1.2816, -0.5244, 0.0, 0.5244, 1.2816])
    sigma = np.sqrt(np.log1p(spread**2))
    factors = np.exp(sigma * normal)
    scaled: Floats = factors / factors.mean()
    return scaled
