"""How fast people answer: faster or slower than others on the same items, faster than anybody can, or like a clock.

Times are log-normal (van der Linden, "A lognormal model for response times on test items", J. Educ. Behav. Stat. 2006):
log t_pi = beta_i - tau_p + noise. Everything is estimated by medians, since people go for coffee with a page open:
beta_i is the median of the item's log times drawn to the median of all, and a person's pace the median of what is
left, drawn to nought by how much paces and single times spread (medians of absolute deviations).

Three questions, each with its own null hypothesis:

- *Too fast for the items*: paces of honest people are normal; p is the lower tail of Student's t for one more person, given
  mean and spread of the others' paces. Somebody quick and right does no wrong, so this alone has no consequence.
- *Faster than a person can*: an honest person's answer takes less than REACTION seconds with probability 1/20 at most. A
  look, a decision and a key press take 0.24 s and no less (Card, Moran and Newell, 1983: 100 + 70 + 70 ms); e-value
  against a rate of 1/2.
- *Like a clock*: an honest person's log times spread at least half as much as is usual for one person and one item in this
  crowd (a program does not follow the items' lengths either); p is the lower tail of chi-squared for a normal sample.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.lazy_import import Late
from assay.core.ports.answers import Floats, Ints
from assay.core.workforce import wager_evidence

# scipy.special and not scipy.stats, whose import alone takes longer than most commands.
_special = Late("scipy.special")

REACTION: Final = 0.24
TOO_QUICK: Final = 0.05
QUICK_TAKEN: Final = 0.5
EVEN: Final = 0.5
LEAST_ANSWERS: Final = 20
LEAST_PEOPLE: Final = 8
_MAD = 1.4826
_EFFICIENCY = np.pi / 2.0
_DRAWN = 2.0


@dataclass(frozen=True, slots=True)
class Pace:
    """People's times, all of shape (people,); times that are not told count as none.

    Attributes:
        factor: their time in shares of the usual for the same items, drawn to 1 where few answers say so.
        fast: the p-value of "too fast for the items", 1 where nothing can be said.
        impossible: the log e-value of "faster than a person can".
        even: the p-value of "like a clock", 1 where nothing can be said.
        quick: how many answers took less than REACTION seconds.
        count: answers with a time.
    """

    factor: Floats
    fast: Floats
    impossible: Floats
    even: Floats
    quick: Ints
    count: Ints


def pace(item: Ints, person: Ints, seconds: Floats, *, people: int) -> Pace:
    """Return how fast people are; columns of shape (answers,), seconds of 0 or less are not told."""
    told = seconds > 0.0
    item, person, seconds = item[told], person[told], seconds[told]
    count = np.bincount(person, minlength=people)
    quick = np.bincount(person, weights=seconds < REACTION, minlength=people).astype(np.int64)
    impossible = quick * np.log(QUICK_TAKEN / TOO_QUICK) + (count - quick) * np.log(
        (1.0 - QUICK_TAKEN) / (1.0 - TOO_QUICK)
    )
    nothing = np.ones(people)
    if not len(seconds):
        return Pace(nothing, nothing, impossible, nothing, quick, count)
    logs = np.log(seconds)
    middle = float(np.median(logs))
    usual, answers = _medians(item, logs, groups=int(item.max()) + 1)
    usual = (answers * np.nan_to_num(usual) + _DRAWN * middle) / (answers + _DRAWN)
    rest = logs - usual[item]

    mid, _ = _medians(person, rest, groups=people)
    away, _ = _medians(person, np.abs(rest - mid[person]), groups=people)
    enough = count >= LEAST_ANSWERS
    noise = _MAD * float(np.median(away[enough])) if enough.any() else 0.0
    if enough.sum() < LEAST_PEOPLE or noise <= 0.0:
        return Pace(nothing, nothing, impossible, nothing, quick, count)
    error = _EFFICIENCY * noise**2 / np.maximum(count, 1)
    centre = float(np.median(mid[enough]))
    spread = (_MAD * float(np.median(np.abs(mid[enough] - centre)))) ** 2
    between = max(spread - float(np.median(error[enough])), 0.0)
    drawn = np.nan_to_num(mid - centre) * between / np.maximum(between + error, 1e-12)
    return Pace(
        factor=np.exp(drawn),
        fast=_too_fast(mid, enough),
        impossible=impossible,
        even=np.where(enough, _even(person, logs, count, usual=noise), 1.0),
        quick=quick,
        count=count,
    )


def automated(found: Pace) -> Floats:
    """Return the log e-value per person that a program answers: impossible speed or a clock's times, their mean."""
    both = np.stack([found.impossible, wager_evidence.from_p_value(found.even)], axis=1)
    return wager_evidence.mean_evidence(both, weights=np.array([0.5, 0.5]))


def _too_fast(mid: Floats, enough: NDArray[np.bool_]) -> Floats:
    """Return everybody's tail of Student's t, given the paces of the others who answered enough."""
    found = np.ones(len(mid))
    paces = mid[enough]
    others = len(paces) - 1
    mean = (paces.sum() - paces) / others
    squares = ((paces - paces.mean()) ** 2).sum() - (paces - paces.mean()) ** 2 * (others + 1) / others
    spread = np.sqrt(np.maximum(squares, 1e-12) / (others - 1) * (1.0 + 1.0 / others))
    found[enough] = _special.stdtr(others - 1, (paces - mean) / spread)
    return found


def _even(person: Ints, logs: Floats, count: Ints, *, usual: float) -> Floats:
    """Return the lower tail of everybody's sample variance under half of the usual spread."""
    people = len(count)
    mean = np.bincount(person, weights=logs, minlength=people) / np.maximum(count, 1)
    squares = np.bincount(person, weights=(logs - mean[person]) ** 2, minlength=people)
    free = np.maximum(count - 1, 1)
    tail: Floats = _special.chdtr(free, squares / (EVEN * usual) ** 2)
    return tail


def _medians(group: Ints, values: Floats, *, groups: int) -> tuple[Floats, Ints]:
    """Return each group's median (NaN where it is empty) and size, shape (groups,)."""
    order = np.lexsort((values, group))
    ordered = values[order]
    size = np.bincount(group, minlength=groups)
    start = np.cumsum(size) - size
    found = np.full(groups, np.nan)
    some = size > 0
    low, high = start + (size - 1) // 2, start + size // 2
    found[some] = 0.5 * (ordered[low[some]] + ordered[high[some]])
    return found, size
