"""Is one more answer worth its price? Optimal stopping for one item, one exchange rate for the batch.

An item is summed up by p, the probability that its consensus is right. The next answer supports the
consensus with probability a where it is right and b where it is wrong; p follows by Bayes' rule. With
lambda the price of one error left in the batch and e the price of an expert:

    c(p)   = min(lambda (1 - p), e)                                     stop: settle, or ask an expert
    V_0(p) = c(p)
    V_j(p) = min(c(p), 1 + P(support) V_{j-1}(p+) + P(oppose) V_{j-1}(p-))     j answers still allowed

(Chow, Robbins and Siegmund, "Great expectations: the theory of optimal stopping", 1971, chapter 3; prices
in answers.) Looking one answer ahead is not enough: where one answer cannot turn the consensus its
value would be 0. lambda is the one that makes answers, experts and the audit together cheapest: more
errors left make a longer audit, so easy items lend to hard ones and the batch stays as good as its
certificate needs. Where answers tell little (a near b) nothing is worth asking, and the experts do
the work.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.answers import Floats, Ints
from assay.core.review.expert_redo_depth import Audit, audit_cost

_LOGITS = np.linspace(-7.0, 9.0, 321)
_GRID = 1.0 / (1.0 + np.exp(-_LOGITS))
_THRESHOLDS: Floats = np.geomspace(0.0005, 0.8, 31)
_NOISE = 1e-9
_NO_EXPERT = 1e6
"""A price that nobody pays."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What answers tell, as a pilot measured it.

    Attributes:
        support_right: a, P(the next answer equals the consensus | the consensus is right).
        support_wrong: b, the same where the consensus is wrong.
        truth_in_opposition: P(an opposing answer is the truth | the consensus is wrong).
        first: shape (any,), calibrated probabilities after a first answer: what unasked items will be.
    """

    support_right: float
    support_wrong: float
    truth_in_opposition: float
    first: Floats


@dataclass(frozen=True, slots=True)
class Worth:
    """What asking is worth in a batch.

    Attributes:
        threshold: the risk up to which an item may settle, e / lambda.
        pays: shape (items,), whether one more answer is worth its price.
        cost: expected cost of finishing all items, the audit included, in answers.
        experts_alone: what experts would cost without any further answer.
    """

    threshold: float
    pays: NDArray[np.bool_]
    cost: float
    experts_alone: float


def worth_asking(
    *,
    right: Floats,
    count: Ints,
    most: int,
    evidence: Evidence,
    audit: Audit,
    expert_price: float,
    believed: NDArray[np.bool_] | None = None,
) -> Worth:
    """Choose the exchange rate of the batch, and say for every open item whether one more answer pays.

    Args:
        right: shape (items,), calibrated probability that the consensus is right (no judged items).
        count: shape (items,), answers so far; items without any are the same to this function, unless believed.
        most: most answers per item.
        evidence: what answers tell.
        audit: the proof that follows.
        expert_price: in answers.
        believed: shape (items,), items without answers of which `right` says what models alone are worth: they are
            weighed like items with answers; None: there are none.
    """
    unasked_alike = count == 0 if believed is None else (count == 0) & ~believed
    batch = _Batch(right, count, unasked_alike, most=most, evidence=evidence, expert_price=expert_price)
    view, share, cost = _cheapest(batch, audit=audit)
    unasked = np.flatnonzero(unasked_alike)
    gain = view.gain.copy()
    gain[unasked[int(np.ceil(share * len(unasked))) :]] = 0.0
    return Worth(
        threshold=view.threshold,
        pays=(gain > _NOISE) & (count < most),
        cost=cost,
        experts_alone=float(expert_price * max(0.0, len(right) - audit.allowed * audit.items)),
    )


def pays(
    *, right: Floats, count: Ints, most: int, evidence: Evidence, threshold: float, expert_price: float
) -> NDArray[np.bool_]:
    """Say for items with answers whether one more pays under a threshold chosen before; shape (items,)."""
    batch = _Batch(right, count, count == 0, most=most, evidence=evidence, expert_price=expert_price)
    return (batch.under(threshold).gain > _NOISE) & (count < most)


def gains(
    *, right: Floats, count: Ints, most: int, evidence: Evidence, error_price: float
) -> tuple[Floats, Floats]:
    """Say what asking is worth where no expert comes after it.

    Args:
        right: shape (items,), calibrated probability that the consensus is right.
        count: shape (items,), answers so far, 1 at least.
        most: most answers per item.
        evidence: what answers tell.
        error_price: lambda, what an error is worth, in answers.

    Returns:
        Each item's expected error if it is asked about for as long as that pays, and what asking saves against
        stopping now, in answers; shapes (items,).
    """
    batch = _Batch(right, count, count == 0, most=most, evidence=evidence, expert_price=_NO_EXPERT)
    view = batch.under(_NO_EXPERT / error_price)
    return view.wrong, view.gain


@dataclass(frozen=True, slots=True)
class _View:
    """Every item under one threshold; shapes (items,).

    Attributes:
        threshold: e / lambda.
        cost: V of each item.
        wrong: its expected error if it settles in the end.
        settles: the probability that it settles in the end; else an expert judges it.
        gain: what asking saves against stopping now.
    """

    threshold: float
    cost: Floats
    wrong: Floats
    settles: Floats
    gain: Floats


@dataclass(frozen=True)
class _Batch:
    """The arguments of `worth_asking`, to be looked at under many thresholds; what all of these share is made once."""

    right: Floats
    count: Ints
    unasked: NDArray[np.bool_]
    most: int
    evidence: Evidence
    expert_price: float

    @cached_property
    def step(self) -> "_Step":
        """Where one more answer leads."""
        return _steps(self.evidence)

    @cached_property
    def place(self) -> Ints:
        """Each item's position on the grid, shape (items,)."""
        return _place(self.right)

    @cached_property
    def first(self) -> Ints:
        """The same of what unasked items will be, shape (any,)."""
        return _place(self.evidence.first)

    def under(self, threshold: float) -> _View:
        """Solve the stopping problem; unasked items are the average of the pilot's first answers."""
        table = _solve(threshold, step=self.step, most=self.most, expert_price=self.expert_price)
        left = np.maximum(self.most - self.count, 0)
        cost, wrong, settles = table[:, left, self.place]
        gain = table[0, 0, self.place] - cost
        start, slips, ends = table[:, max(self.most - 1, 0), self.first]
        ahead = 1.0 + float(start.mean()) if len(start) else self.expert_price
        asks = ahead < self.expert_price
        unasked = self.unasked
        cost[unasked] = ahead if asks else self.expert_price
        wrong[unasked] = float(slips.mean()) if asks else 0.0
        settles[unasked] = float(ends.mean()) if asks else 0.0
        gain[unasked] = self.expert_price - ahead
        return _View(threshold, cost=cost, wrong=wrong, settles=settles, gain=gain)


def _cheapest(batch: _Batch, *, audit: Audit) -> tuple[_View, float, float]:
    """Return the view under which all is cheapest, the share of unasked items to ask about, and the cost.

    Unasked items are all alike: at one threshold all of them are asked about, at the next none. Between
    the two a share of them is.
    """
    unasked = batch.unasked
    views = [batch.under(threshold) for threshold in _THRESHOLDS.tolist()]
    shares = np.array([1.0, 0.75, 0.5, 0.25, 0.0]) if unasked.any() else np.array([1.0])

    def mixed(rows: list[Floats]) -> Floats:
        every = np.array(rows)
        total: Floats = (
            every[:, ~unasked].sum(axis=1)[:, None] + shares * every[:, unasked].sum(axis=1)[:, None]
        )
        return total

    # The price of an error is no money: what is to be paid are answers and experts.
    paid = mixed([view.cost - view.wrong * batch.expert_price / view.threshold for view in views])
    paid = paid + batch.expert_price * float(unasked.sum()) * (1.0 - shares)
    settled = mixed([view.settles for view in views])
    # Drawn items that an expert has judged need no fresh look, and a census ends every audit.
    checks = audit_cost(mixed([view.wrong for view in views]) / audit.items, audit=audit)
    fresh = np.minimum(checks * settled / audit.items, np.maximum(settled - audit.exempt, 0.0))
    costs = paid + batch.expert_price * fresh
    best = np.unravel_index(int(np.argmin(costs)), costs.shape)
    return views[best[0]], float(shares[best[1]]), float(costs[best])


@dataclass(frozen=True, slots=True)
class _Step:
    """Where one more answer leads from every point of the grid; shapes (grid,)."""

    supports: Floats
    up: Floats
    down: Floats


def _steps(evidence: Evidence) -> _Step:
    p, a, b = _GRID, evidence.support_right, evidence.support_wrong
    supports = p * a + (1.0 - p) * b
    up = p * a / supports
    stays = p * (1.0 - a) / (1.0 - supports)
    # Opposed often enough the consensus changes sides; the new one is right if opposition tells the truth.
    down = np.maximum(stays, (1.0 - stays) * evidence.truth_in_opposition)
    return _Step(supports=supports, up=_logit(up), down=_logit(down))


def _solve(threshold: float, *, step: _Step, most: int, expert_price: float) -> Floats:
    """Return V_j, the expected error and the probability of settling, shape (3, most + 1, grid)."""
    risk = 1.0 - _GRID
    safe = np.where(threshold >= risk, 1.0, 0.0)
    stop = np.array([np.minimum(expert_price / threshold * risk, expert_price), safe * risk, safe])
    table = [stop]
    for _ in range(most):
        up = np.array([np.interp(step.up, _LOGITS, row) for row in table[-1]])
        down = np.array([np.interp(step.down, _LOGITS, row) for row in table[-1]])
        ask = step.supports * up + (1.0 - step.supports) * down
        ask[0] += 1.0
        table.append(np.where(ask[0] < stop[0], ask, stop))
    return np.array(table).transpose(1, 0, 2)


def _place(right: Floats) -> Ints:
    """Return each probability's position on the grid."""
    found: Ints = np.clip(np.searchsorted(_LOGITS, _logit(right)), 0, len(_LOGITS) - 1)
    return found


def _logit(p: Floats) -> Floats:
    safe = np.clip(p, 1e-6, 1.0 - 1e-6)
    logits: Floats = np.log(safe / (1.0 - safe))
    return logits
