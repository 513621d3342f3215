"""What one answer of a labeller is paid: the same for each item, or by what there is to do in it.

Money is whole cents. What is counted in whole objects or pages needs no rounding; minutes are rounded once, here, to the
nearest cent, halves up.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assay.core.labels.item_facts import ItemFacts
from assay.core.labels.label_values import LabelValue, marked_count

ITEM, OBJECT, PAGE, MINUTE = "item", "object", "page", "minute"
COUNTED: Final = (ITEM, OBJECT, PAGE, MINUTE)
"""By what an answer may be paid."""

MOST_TIMES: Final = 20
"""Where nothing is said, an answer is paid at most so many times what one object, page or minute is."""

ASSUMED: Final = {
    ITEM: (1.0, 1.0, 1.0),
    OBJECT: (1.0, 4.0, 12.0),
    PAGE: (1.0, 1.0, 4.0),
    MINUTE: (0.05, 0.15, 0.5),
}
"""What an answer holds where nobody has measured it: the fewest, as expected, the most, on average over a batch."""

_STANDARD_ERRORS: Final = 2.0


@dataclass(frozen=True, slots=True)
class AnswerPrice:
    """What an answer is paid, in cents.

    Attributes:
        per: what is counted, one of `COUNTED`.
        cents: for each of them.
        least: whatever is counted.
        most: whatever is counted.
    """

    per: str
    cents: int
    least: int
    most: int

    @property
    def is_fixed(self) -> bool:
        """Whether every answer is paid the same."""
        return self.per == ITEM


@dataclass(frozen=True, slots=True)
class ExpectedWork:
    """What an answer is expected to hold and to cost, on average; each as (fewest, expected, most).

    Attributes:
        per: what is counted.
        units: objects, pages or minutes of an answer.
        cents: of an answer, not rounded.
        answers: how many of them were measured; 0: it is assumed.
    """

    per: str
    units: tuple[float, float, float]
    cents: tuple[float, float, float]
    answers: int = 0


def each_item(cents: int) -> AnswerPrice:
    """Return the price where every answer is paid the same."""
    return AnswerPrice(per=ITEM, cents=cents, least=cents, most=cents)


def price_of_answer(price: AnswerPrice, *, value: LabelValue, facts: ItemFacts, seconds: float) -> int:
    """Return what an answer is paid, in whole cents.

    Args:
        price: the project's.
        value: what was said.
        facts: what was measured of its item.
        seconds: that its giver worked on it.
    """
    return price_of_units(price, units_of(price.per, value=value, facts=facts, seconds=seconds))


def units_of(per: str, *, value: LabelValue, facts: ItemFacts, seconds: float) -> float:
    """Return how many objects, pages or minutes an answer holds.

    An item whose pages nobody knows has one. No item has a length in time that is measured when it is received, so minutes
    are those that its giver worked.
    """
    if per == OBJECT:
        return marked_count(value)
    if per == PAGE:
        return facts.pages or 1
    return max(seconds, 0.0) / 60.0 if per == MINUTE else 1


def price_of_units(price: AnswerPrice, units: float) -> int:
    """Return what an answer with so many objects, pages or minutes is paid, in whole cents."""
    return min(max(math.floor(price.cents * units + 0.5), price.least), price.most)


def assumed_work(price: AnswerPrice) -> ExpectedWork:
    """Return what answers are expected to hold and cost before anybody has measured it."""
    units = ASSUMED[price.per]
    few, expected, many = (min(max(price.cents * one, price.least), price.most) for one in units)
    return ExpectedWork(price.per, units, (float(few), float(expected), float(many)))


def measured_work(price: AnswerPrice, units: Sequence[float]) -> ExpectedWork:
    """Return the same from answers that were given, each with its objects, pages or minutes; assumed where there are none.

    The expected price is the mean of their prices, not the price of their mean: least and most bend it. The range is two
    standard errors wide to either side.
    """
    if not units or price.is_fixed:
        return assumed_work(price)
    paid = [float(price_of_units(price, one)) for one in units]
    return ExpectedWork(
        price.per, _around(units), _around(paid, low=price.least, high=price.most), answers=len(units)
    )


def _around(
    found: Sequence[float], *, low: float = 0.0, high: float = math.inf
) -> tuple[float, float, float]:
    count = len(found)
    mean = math.fsum(found) / count
    spread = math.sqrt(math.fsum((one - mean) ** 2 for one in found) / max(count - 1, 1))
    off = _STANDARD_ERRORS * spread / math.sqrt(count)
    return max(low, mean - off), mean, min(high, mean + off)
