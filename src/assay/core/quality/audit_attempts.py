"""Running an audit: what an attempt may spend, how long it will be, when to end a hopeless one."""

import math

import numpy as np

from assay.core.ports.answers import Floats
from assay.core.quality.betting_martingale import BETS, Outcome, Standing

_STEPS = 400
_BELIEF = 60.0  # checks that a belief is worth at least


def delta_of_attempt(delta: float, attempt: int) -> float:
    """Return the risk that an attempt spends: all of delta first, then delta / 2^attempt.

    Attempts are counted from 1. A later attempt tests labels that changed since, so each certificate
    keeps its own promise; the falling series keeps many attempts from buying a lucky one.
    """
    assert attempt >= 1, "attempts are counted from 1"
    return delta if attempt == 1 else delta / 2.0**attempt


def expected_checks(
    *, items: int, allowed: float, delta: float, rates: Floats, wealth: float = 1.0, checked: int = 0,
    loss: float = 0.0,
) -> Floats:  # fmt: skip
    """Return how many further checks a test will take where the unseen labels err at each of `rates`.

    The growth of the martingale along the expected path: with m_t of `betting_martingale.standing` and rate e,
    d log wealth_f = (1 - e) log(1 + f m / (1 - m)) + e log(1 - f), integrated over t for every bet f.
    Where the path never reaches 1/delta, every unseen item is counted. Shape as `rates`, checks.
    """
    unseen = items - checked
    if unseen <= 0:
        return np.zeros(len(rates))
    budget = items * allowed - loss
    t = np.unique(np.concatenate([[0.0], np.geomspace(0.5, unseen, _STEPS)]))
    bets = np.array(BETS)[:, None]
    goal = math.log(1.0 / delta) - math.log(max(wealth, 1e-300))
    found = np.full(len(rates), float(unseen))
    for which, rate in enumerate(rates.tolist()):
        left = np.maximum(unseen - t, 1e-9)
        mean = (budget - rate * t) / left
        if rate < 1e-12 or budget > rate * unseen:
            safe = np.clip(mean, 0.0, 1.0 - 1e-9)
            growth = (1.0 - rate) * np.log1p(bets * safe / (1.0 - safe)) + rate * np.log1p(-bets)
            middle = (growth[:, 1:] + growth[:, :-1]) / 2.0
            logs = np.concatenate([np.zeros((len(BETS), 1)), np.cumsum(middle * np.diff(t), axis=1)], axis=1)
            top = logs.max(axis=0)
            total = top + np.log(np.exp(logs - top).mean(axis=0))
            there = np.flatnonzero((total >= goal) | (mean >= 1.0))
            if len(there):
                found[which] = t[there[0]]
    return found


def next_round(test: Standing, *, items: int, allowed: float, delta: float, least: int) -> int:
    """Return how many items to draw next: as many as the test still needs if no more errors are found.

    Whatever is found in them, no test could have ended earlier, so nothing is judged in vain; `least`
    keeps rounds from becoming single items.
    """
    clean = expected_checks(
        items=items, allowed=allowed, delta=delta, rates=np.zeros(1),
        wealth=test.wealth, checked=test.checks, loss=test.loss,
    )  # fmt: skip
    return min(max(least, int(clean[0])), items - test.checks)


def give_up(
    standing: Standing,
    *,
    items: int,
    allowed: float,
    delta: float,
    rate: float,
    alternative: float,
    paid: float = 1.0,
    spread: float = 0.5,
) -> bool:
    """Say whether an open test should end without a certificate. Ending so is always valid.

    Args:
        standing: where the test stands.
        items: N.
        allowed: the mean loss to be certified.
        delta: the risk of this attempt.
        rate: the error rate expected before the test (calibrated risk).
        alternative: expert judgements that the next attempt is expected to take, its review included.
        paid: the share of draws that need a fresh judgement (the others have been judged already).
        spread: coefficient of variation of `rate`: what is believed before counts as 1 / (spread^2 rate)
            checks, as a gamma distribution does beside Poisson counts.
    """
    if standing.outcome is not Outcome.OPEN:
        return standing.outcome is Outcome.IMPOSSIBLE
    belief = max(_BELIEF, 1.0 / (max(spread, 0.05) ** 2 * max(rate, 1e-3)))
    believed = (standing.loss + belief * rate) / (standing.checks + belief)
    further = expected_checks(
        items=items,
        allowed=allowed,
        delta=delta,
        rates=np.array([believed]),
        wealth=standing.wealth,
        checked=standing.checks,
        loss=standing.loss,
    )
    return float(further[0]) * paid > alternative
