"""How deep experts go before the audit: redo the riskiest items while that saves more audit than it costs."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.answers import Floats, Ints
from assay.core.quality.audit_attempts import expected_checks, give_up
from assay.core.quality.betting_martingale import Standing

_DEPTHS = 60
_RATES = 40
_FAILED_AUDIT = 15.0
"""Judgements that a failing audit takes beyond those that the items needed anyway: its delta is lost."""

_MARGIN = 20.0
"""Judgements by which another attempt must look cheaper before an open test is given up."""

_SPREAD_AFTER = 0.3
"""What an audit's own errors leave of the doubt about the rate."""


@dataclass(frozen=True, slots=True)
class Audit:
    """The proof that follows when nothing more is asked.

    Attributes:
        items: N.
        allowed: the share of items that may be wrong.
        delta: the risk that the audit spends.
        spread: coefficient of variation of the calibrated error rate, about 1/sqrt(errors seen on
            known items): costs are averaged over a gamma distribution with it.
    """

    items: int
    allowed: float
    delta: float
    spread: float

    @property
    def exempt(self) -> int:
        """How many items may be wrong: when experts judged all others, nothing is left to prove."""
        return int(np.floor(self.items * self.allowed + 1e-9))


def choose_for_experts(*, right: Floats, judged: NDArray[np.bool_], audit: Audit) -> Ints:
    """Return the positions that experts redo before the audit, riskiest first.

    Depth d is chosen to minimise d + E[checks of the audit that need a fresh judgement]. The audit's
    length comes from the growth rate of its martingale (`expected_checks`); where the error is above
    the target it takes every item. Items that an expert has judged are drawn too, but cost nothing.

    Args:
        right: shape (items,), calibrated probability that the frozen label would be right.
        judged: shape (items,), whether an expert has already decided the item.
        audit: the proof that follows.
    """
    open_items = np.flatnonzero(~judged)
    riskiest = open_items[np.argsort(right[open_items], kind="stable")]
    depths, costs = costs_by_depth(risk=1.0 - right[riskiest], audit=audit)
    return riskiest[: int(depths[int(np.argmin(costs))])]


def costs_by_depth(*, risk: Floats, audit: Audit) -> tuple[Ints, Floats]:
    """Return candidate depths and the expert judgements that each is expected to take in all.

    `risk` has shape (unjudged items,), in falling order.
    """
    unjudged, items, allowed = len(risk), audit.items, audit.allowed
    census = max(0, unjudged - audit.exempt)  # so many judgements prove the target without any draw
    depths = np.unique(np.linspace(0, census, _DEPTHS).astype(np.int64))
    left = np.concatenate([[0.0], np.cumsum(risk[::-1])])[::-1][depths]  # expected errors behind each depth
    factors = _gamma_like(audit.spread)
    rates = np.outer(left, factors) / max(items, 1)
    checks = expected_checks(
        items=items, allowed=allowed, delta=audit.delta, rates=np.minimum(rates, 1.0).ravel()
    ).reshape(rates.shape)
    paid = checks * ((unjudged - depths) / max(items, 1))[:, None]
    paid = np.minimum(paid, (census - depths)[:, None])
    hopeless = rates >= allowed
    failing = (census - depths) + _FAILED_AUDIT * (depths < census)
    costs = depths + np.where(hopeless, failing[:, None], paid).mean(axis=1)
    return depths, costs


def audit_cost(rates: Floats, *, audit: Audit) -> Floats:
    """Return the expert judgements that proving the target takes where the labels err at these rates.

    Averaged over the doubt about each rate; where the error is above the target, every item that the
    ledger does not spare is judged. Any shape, rates in [0, 1].
    """
    grid = np.concatenate([np.linspace(0.0, audit.allowed, _RATES), [1.0]])
    census = float(audit.items - audit.exempt)
    checks = np.minimum(_checks_by_rate(audit.items, audit.allowed, audit.delta), census)
    checks = np.append(checks, census + _FAILED_AUDIT)
    checks[-2] = checks[-1]
    factors = _gamma_like(audit.spread)
    cost: Floats = np.interp(np.multiply.outer(rates, factors), grid, checks).mean(axis=-1)
    return cost


@lru_cache(maxsize=64)
def _checks_by_rate(items: int, allowed: float, delta: float) -> Floats:
    """Return the checks of an audit at each of `_RATES` error rates up to the target, shape (rates,).

    A batch asks for them after every round of answers, and they stay what they are.
    """
    found = expected_checks(
        items=items, allowed=allowed, delta=delta, rates=np.linspace(0.0, allowed, _RATES)
    )
    found.flags.writeable = False
    return found


def better_again(
    test: Standing, *, right: Floats, judged: NDArray[np.bool_], audit: Audit, next_delta: float
) -> bool:
    """Say whether another attempt, its review included, is expected to take less than going on.

    What is believed of the batch's error blends the calibrated risk with what the audit has found; the
    risk of every item left is raised in proportion.

    Args:
        test: where the audit stands.
        right: shape (items,), calibrated probability that the frozen label is right.
        judged: shape (items,), whether an expert has already decided the item.
        audit: the audit that is open.
        next_delta: the risk that the next attempt would spend.
    """
    if not test.loss:
        return False
    risk = 1.0 - right[~judged]
    rate = max(float(risk.sum()) / audit.items, 1e-3)
    belief = 1.0 / (max(audit.spread, 0.05) ** 2 * rate)
    found = (test.loss + belief * rate) / (test.checks + belief)
    raised = np.sort(np.minimum(risk * max(found / rate, 1.0), 1.0))[::-1]
    again = Audit(audit.items, audit.allowed, next_delta, _SPREAD_AFTER)
    _, costs = costs_by_depth(risk=raised, audit=again)
    return give_up(
        test,
        items=audit.items,
        allowed=audit.allowed,
        delta=audit.delta,
        rate=rate,
        alternative=float(costs.min()) + _MARGIN,
        paid=float((~judged).mean()),
        spread=audit.spread,
    )


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
