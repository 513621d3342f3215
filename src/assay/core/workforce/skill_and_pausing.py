"""What control items say about one person, how people are drawn to their crowd, and when to pause them.

A person's rate of right answers has a Beta prior, so that few answers say little (the Beta-binomial model: Gelman et al.,
Bayesian Data Analysis, section 5.3). With many people the prior is the crowd's own, by maximum marginal likelihood
(empirical Bayes); with few it is Beta(4, 1): most people can do it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assay.core.lazy_import import Late

# scipy.special and not scipy.stats, whose import alone takes longer than most commands.
_special = Late("scipy.special")
_PRIOR_RIGHT = 4.0
_PRIOR_WRONG = 1.0
_MEANS = [step / 40 for step in range(1, 40)]
_SIZES = (2.0, 4.0, 5.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0)


@dataclass(frozen=True, slots=True)
class BetaSkill:
    """A person's right and wrong answers to control items, with a Beta prior: of (4, 1), or of the crowd."""

    right: int
    wrong: int
    prior: tuple[float, float] = (_PRIOR_RIGHT, _PRIOR_WRONG)

    @property
    def mean(self) -> float:
        """Return the expected rate of right answers."""
        return (self.right + self.prior[0]) / (self.right + self.wrong + sum(self.prior))

    def lower(self, risk: float = 0.05) -> float:
        """Return the rate that the person's own stays above with probability 1 - risk."""
        return self._rate_at(risk)

    def upper(self, risk: float = 0.05) -> float:
        """Return the rate that the person's own stays below with probability 1 - risk."""
        return self._rate_at(1.0 - risk)

    def _rate_at(self, share: float) -> float:
        return float(_special.betaincinv(self.right + self.prior[0], self.wrong + self.prior[1], share))


def crowd_prior(shown: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """Return the Beta prior under which a crowd's counts, as (right, wrong), are most probable.

    The counts 4 and 1 of an imagined person stand among them, so that one or two people say little about a crowd.
    """
    counts = [(_PRIOR_RIGHT, _PRIOR_WRONG), *shown]

    def fit(prior: tuple[float, float]) -> float:
        a, b = prior
        start = _special.betaln(a, b)
        return float(sum(_special.betaln(a + right, b + wrong) - start for right, wrong in counts))

    grid = [(mean * size, (1.0 - mean) * size) for mean in _MEANS for size in _SIZES]
    return max(grid, key=fit)


def should_pause(
    *, right: int, wrong: int, classes: int, least: int = 5, adequate: float = 0.7, risk: float = 0.01
) -> bool:
    """Say whether control answers show a person to be nearer to guessing than to doing the work.

    True where somebody with the `adequate` rate would do so badly with probability `risk` at most, and
    the answers fit guessing (1 / classes) better than that rate. So a person of the adequate rate or
    better is paused wrongly with probability `risk` at most per look; people can appeal.

    Args:
        right: control items answered right.
        wrong: control items answered wrong.
        classes: how many labels there are to guess from.
        least: never on fewer control items than this.
        adequate: the rate of right answers that is good enough to go on.
        risk: probability of pausing somebody of exactly that rate.
    """
    seen = right + wrong
    guess = 1.0 / max(classes, 2)
    if seen < least or guess >= adequate:
        return False
    unlikely = float(_special.bdtr(right, seen, adequate)) <= risk
    guessing = _likelihood(right, wrong, guess) > _likelihood(right, wrong, adequate)
    return unlikely and guessing


def _likelihood(right: int, wrong: int, rate: float) -> float:
    """Return the log-likelihood of these counts, up to what does not depend on the rate."""
    return right * math.log(rate) + wrong * math.log1p(-rate)
