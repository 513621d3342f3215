"""The betting martingale: a risk-limiting test of a batch's mean loss, without replacement.

Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting" (JRSS-B 2024),
section 5 (sampling without replacement); Stark, "ALPHA" (2023). Symbols of the paper and our names:
N items, X_t losses in [0, 1] in the order of the draw, m_t the mean of what is not yet seen under
the hypothesis that the batch's mean loss is `allowed` (a), S the losses so far:

    m_t = (N a - S_{t-1}) / (N - t + 1)
    wealth_t = mean over f of prod_{s<=t} (1 + lambda_s (m_s - X_s)),  lambda_s = f / (1 - m_s)

By Ville's inequality the wealth of a batch whose mean loss is `a` or more reaches 1/delta at any time
with probability delta at most; so one may stop whenever it does.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain, repeat

BETS = (0.5, 0.65, 0.78, 0.86, 0.92, 0.98)
_FLOAT_SLACK = 1e-9


class Outcome(Enum):
    """How a test stands."""

    CERTIFIED = "certified"
    EXHAUSTED = "certified by exhaustion"
    OPEN = "open"
    IMPOSSIBLE = "cannot be certified"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a test stands after the losses seen so far.

    Attributes:
        outcome: certified, certified by exhaustion, still open, or impossible.
        checks: losses looked at.
        loss: their sum.
        wealth: the martingale's value now.
        best_wealth: its highest value so far (certification needs 1/delta once).
    """

    outcome: Outcome
    checks: int
    loss: float
    wealth: float
    best_wealth: float

    @property
    def certified(self) -> bool:
        """Whether the target is proven."""
        return self.outcome in (Outcome.CERTIFIED, Outcome.EXHAUSTED)


def standing(losses: Sequence[float], *, items: int, allowed: float, delta: float) -> Standing:
    """Run the test over the losses in the order of the draw; it stops at the first decision.

    Args:
        losses: each in [0, 1], in the order of the draw.
        items: N, the size of the batch.
        allowed: a, the largest mean loss to be certified, in (0, 1).
        delta: the risk spent on this test.
    """
    budget = items * allowed
    seen, wealth, best, checked = 0.0, 1.0, 1.0, 0
    for checked, (seen, wealth) in enumerate(_bets(losses, items=items, allowed=allowed), start=1):
        best = max(best, wealth)
        if wealth >= 1.0 / delta:
            return Standing(Outcome.CERTIFIED, checked, seen, wealth, best)
    if seen > budget + _FLOAT_SLACK:
        outcome = Outcome.IMPOSSIBLE
    elif seen + (items - checked) <= budget + _FLOAT_SLACK:
        outcome = Outcome.EXHAUSTED
    else:
        outcome = Outcome.OPEN
    return Standing(outcome, checked, seen, wealth, best)


def wealth_path(losses: Sequence[float], *, items: int, allowed: float) -> list[float]:
    """Return the martingale's value after each loss, as `standing` follows it, for showing how a proof grew.

    It ends before the first loss at which the hypothesis decides itself: nothing is left to bet on.
    """
    return [wealth for _, wealth in _bets(losses, items=items, allowed=allowed)]


def checks_to_proof(
    losses: Sequence[float], *, items: int, allowed: float, delta: float, errors: int
) -> int | None:
    """Return how many further checks prove the target if the next `errors` of them are wrong and no other is.

    Exactly as `standing` would decide, by the martingale or because the rest cannot miss the target any more; None where
    it could not be proven then. The other arguments are those of `standing`.
    """
    done, spare = len(losses), items * allowed - sum(losses) - errors
    if errors > items - done or spare < -_FLOAT_SLACK:
        return None
    # By exhaustion: what is unseen then may be wrong altogether.
    most = max(errors, items - done - math.floor(spare + _FLOAT_SLACK))
    ahead = chain(losses, repeat(1.0, errors), repeat(0.0, most - errors))
    for checked, (_, wealth) in enumerate(_bets(ahead, items=items, allowed=allowed), start=1):
        if wealth >= 1.0 / delta:
            return max(checked - done, 0)
    return most


def upper_total(losses: Sequence[float], *, items: int, delta: float, whole: bool) -> float:
    """Return an upper confidence bound on the batch's total loss, at any stopping time.

    It is the largest total D whose hypothesis `mean loss = D / N` the same martingale does not reject
    (the confidence sequence that belongs to the test). The wealth grows with the hypothesised mean, so
    bisection finds it. With `whole` the losses are 0 or 1 and the total is a whole number.
    """
    seen = float(sum(losses))
    unseen = items - len(losses)
    low, high = seen, seen + unseen
    if unseen == 0:
        return seen

    def rejected(total: float) -> bool:
        if total >= items:  # mean 1: only a loss of 1 everywhere is possible
            return seen < len(losses) - _FLOAT_SLACK
        found = standing(losses, items=items, allowed=total / items, delta=delta)
        return found.outcome is Outcome.CERTIFIED

    if whole:
        few, many = math.ceil(low - _FLOAT_SLACK), math.floor(high + _FLOAT_SLACK)
        while few < many:  # largest total in [few, many] that is not rejected
            between = (few + many + 1) // 2
            if rejected(between):
                many = between - 1
            else:
                few = between
        return float(few)
    for _ in range(60):
        middle = (low + high) / 2
        if rejected(middle):
            high = middle
        else:
            low = middle
    return high


def _bets(losses: Iterable[float], *, items: int, allowed: float) -> Iterator[tuple[float, float]]:
    """Yield (loss so far, wealth) after each loss, until the batch's mean can only lie on one side of `allowed`."""
    budget = items * allowed
    logs = [0.0] * len(BETS)
    seen = 0.0
    for position, loss in enumerate(losses):
        unseen = items - position
        if seen > budget + _FLOAT_SLACK or seen + unseen <= budget + _FLOAT_SLACK:
            return
        mean = (budget - seen) / unseen
        for which, bet in enumerate(BETS):
            factor = 1.0 + bet * (mean - loss) / (1.0 - mean)
            logs[which] += math.log(factor) if factor > 0.0 else -math.inf
        seen += loss
        yield seen, _mean_of_exponentials(logs)


def _mean_of_exponentials(logs: Sequence[float]) -> float:
    top = max(logs)
    if top == -math.inf:
        return 0.0
    if top > 700.0:  # beyond the floats; far past any 1/delta
        return math.inf
    return math.exp(top) * sum(math.exp(log - top) for log in logs) / len(logs)
