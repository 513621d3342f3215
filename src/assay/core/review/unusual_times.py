"""Items that people were unusually long or short about: all of their answers, against everybody's own pace.

Times are log-normal (van der Linden, J. Educ. Behav. Stat. 2006): log t = item - pace of the person + noise. The pace is the
median of a person's log times; what is left are residuals. An item's time is the median of its residuals, and is called
unusual where it has two answers at least, its robust z (median and 1.4826 median absolute deviations, among items with as many answers) lies
beyond the normal quantile of RATE, **and** every single answer is at least one deviation of single answers on that side: one
coffee break is no finding about the item.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core.lazy_import import Late
from assay.core.ports.answers import Floats, Ints

_special = Late("scipy.special")

RATE: Final = 0.001
"""The share of items that is found at most, long and short together, where items' times are normal and none is special."""
LEAST_ANSWERS: Final = 20
"""Of a person with fewer answers nobody knows the pace; their times are left out."""
LEAST_ITEMS: Final = 100
"""Items with as many answers from which on a spread of their own is measured; the others take that of all."""
SEVERAL: Final = 2
"""Answers that an item needs: a single long one is a coffee break as well."""
_MAD: Final = 1.4826


@dataclass(frozen=True, slots=True)
class Times:
    """How long items took, of shape (items,).

    Attributes:
        factor: the median time in shares of the people's own usual time; 1 where nobody's time is told.
        unusual: 1 where all answers took unusually long, -1 unusually short, else 0.
    """

    factor: Floats
    unusual: Ints


def item_times(item: Ints, person: Ints, seconds: Floats, *, items: int) -> Times:
    """Return which items took unusually long or short; columns of shape (answers,), seconds of 0 or less are not told."""
    nothing = Times(np.ones(items), np.zeros(items, dtype=np.int64))
    told = seconds > 0.0
    said = np.bincount(person[told], minlength=int(person.max(initial=0)) + 1)
    told &= said[person] >= LEAST_ANSWERS
    if not told.any():
        return nothing
    item, person, rest = item[told], person[told], np.log(seconds[told])
    for one in np.unique(person).tolist():
        rest[person == one] -= np.median(rest[person == one])
    single = _spread(rest)
    if single <= 0.0:
        return nothing

    count = np.bincount(item, minlength=items)
    middle = _medians(item, rest, count=count)
    low, high = np.full(items, np.inf), np.full(items, -np.inf)
    np.minimum.at(low, item, rest)
    np.maximum.at(high, item, rest)
    z = _standard(middle, count)
    z[count < SEVERAL] = 0.0
    beyond = -float(_special.ndtri(RATE / 2.0))
    unusual = np.zeros(items, dtype=np.int64)
    unusual[(z > beyond) & (low >= single)] = 1
    unusual[(z < -beyond) & (high <= -single)] = -1
    return Times(factor=np.exp(middle), unusual=unusual)


def sentence_of(factor: float, *, answers: int) -> str:
    """Return what is told about an item whose time is unusual."""
    way = "long" if factor > 1.0 else "short"
    return f"All its {answers} answers took unusually {way}: {factor:.2g} times what these people need."


def _medians(item: Ints, rest: Floats, *, count: Ints) -> Floats:
    """Return the median of each item's residuals, 0 where it has none."""
    ordered = rest[np.lexsort((rest, item))]
    start = np.cumsum(count) - count
    some = count > 0
    found = np.zeros(len(count))
    low, high = start + (count - 1) // 2, start + count // 2
    found[some] = 0.5 * (ordered[low[some]] + ordered[high[some]])
    return found


def _standard(time: Floats, count: Ints) -> Floats:
    """Return robust z of the items' times, 0 for items without any."""
    z = np.zeros(len(time))
    some = count > 0
    # Where few items have as many answers, the spread of all must do, a larger one where their answers are fewer.
    usual, middle, whole = float(np.median(count[some])), float(np.median(time[some])), _spread(time[some])
    for number in np.unique(count[some]).tolist():
        group = count == number
        enough = int(group.sum()) >= LEAST_ITEMS
        spread = _spread(time[group]) if enough else whole * max(1.0, np.sqrt(usual / number))
        if spread > 0.0:
            z[group] = (time[group] - (np.median(time[group]) if enough else middle)) / spread
    return z


def _spread(values: Floats) -> float:
    return _MAD * float(np.median(np.abs(values - np.median(values))))
