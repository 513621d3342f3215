"""Has somebody become worse: a change in a sequence of answers.

Each answer counts by how right others believe it to be, less what that is on average for this person on such an item
(`Foretold.hit - Foretold.usual`, by their confusion rows), so that hard items and rare labels weigh nothing. Were nothing to change, the order of these n values
would be any order. The partial sums S_k of the values around their mean, over s sqrt(n), then are a Brownian bridge
(Page's cumulative sum with an unknown level: Brown, Durbin and Evans, JRSS B 1975), whose maximum exceeds x with
probability exp(-2 x^2) (Smirnov): a stated rate of false alarms, for one look. The time of the change is where the
maximum is.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core.ports.answers import Floats

LEAST: Final = 40
"""On fewer answers nothing is said."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A change for the worse.

    Attributes:
        p: the probability of one so large where nothing changed, for one look.
        since: how many answers came before it.
        before: mean of the values before.
        after: mean of the values since.
    """

    p: float
    since: int
    before: float
    after: float


def drift(values: Floats) -> Drift:
    """Return the largest change for the worse in values that stand in the order of time, shape (answers,)."""
    count = len(values)
    spread = float(values.std()) if count else 0.0
    if count < LEAST or spread <= 0.0:
        level = float(values.mean()) if count else 0.0
        return Drift(p=1.0, since=0, before=level, after=level)
    bridge = np.cumsum(values - values.mean()) / (spread * np.sqrt(count))
    since = int(bridge[:-1].argmax()) + 1
    highest = max(float(bridge[since - 1]), 0.0)
    return Drift(
        p=float(np.exp(-2.0 * highest**2)),
        since=since,
        before=float(values[:since].mean()),
        after=float(values[since:].mean()),
    )
