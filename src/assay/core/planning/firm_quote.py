"""The firm quote, made of a plan and a forecast, and what becomes of it while the work goes on."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from assay.core.planning.forecast import Estimate, Forecast, Pace, finish
from assay.core.planning.plan import ITEMS, Plan, Range, stage_lines
from assay.core.project.intake import Money
from assay.core.project.price_of_work import assumed_work

_PER_ITEM_LEFT: Final = 3.0
_NARROWS: Final = 0.25
"""With these, re-estimates of 37 projects held 83 % in the first half of the spending and 75 % in its last fifth."""

CHEAPER: Final = 1.2
DEARER: Final = 1.3
"""The price may be the middle divided by the one, or times the other: 5 % and 95 % quantiles of what the firm quotes of
simulated and recorded projects were off by (bench/quality/quotes.py). Prices stray upwards further: audits fail."""


@dataclass(frozen=True, slots=True)
class SoFar:
    """What has happened.

    Attributes:
        settled: items that are settled, control items left out.
        answers: people's answers.
        judgements: of experts, of every kind.
        audited: of these, in audits.
        hours_gone: since the start.
        paid: cents that the answers were paid; counts where they are not all paid the same.
        certified: whether nothing is left to prove.
    """

    settled: int
    answers: int
    judgements: int
    audited: int
    hours_gone: float
    paid: int = 0
    certified: bool = False


def firm_quote(plan: Plan, found: Forecast, now: SoFar, *, money: Money, pace: Pace, start: datetime) -> Plan:
    """Return the plan with what the pilot's own items foretell in place of what simulated people did.

    What each half point of quality costs keeps its ratio to the price. The pilot took the time that it took; the rest
    takes its share of what the whole would.

    Args:
        plan: made of the pilot's measurements (`make_plan`), of what answers hold and cost too.
        found: the forecast of the same batch.
        now: what the pilot took.
        money: prices in cents.
        pace: how fast work goes.
        start: when it started.
    """
    answers, judgements = found.answers_per_item.mid * plan.items, found.judgements.mid
    low, price, high = (
        round(round(answers) * cents) + round(judgements) * money.expert for cents in _cents(plan, money)
    )
    times = price / max(plan.price.mid, 1.0)
    open_share = max(0.0, 1.0 - _spent(now, money=money) / price) if price else 0.0
    early, expected, late = (
        now.hours_gone + open_share * ((moment - start) / timedelta(hours=1))
        for moment in finish(found, pace=pace, items=plan.items, start=start)
    )
    control = next(line.judgements for line in plan.stages if line.name == "label")
    return replace(
        plan,
        stages=stage_lines(
            answers=round(answers),
            control=control,
            review=round(found.review.mid),
            judgements=round(judgements),
            money=money,
            answer=_cents(plan, money)[1],
        ),
        answers_per_item=_as_range(found.answers_per_item),
        review_sample=round(found.review.mid),
        audit_sample=round(found.audit.mid),
        expert_judgements=round(judgements),
        price=Range(low=low / CHEAPER, mid=float(price), high=high * DEARER),
        hours=Range(low=early, mid=expected, high=late),
        finish=start + timedelta(hours=expected),
        cost_of_quality=tuple((right, round(cents * times)) for right, cents in plan.cost_of_quality),
        basis=ITEMS,
        right=_as_range(found.right),
    )


def re_estimate(quote: Plan, now: SoFar, *, money: Money, start: datetime) -> Plan:
    """Return the quote with what has happened in place of what was foretold.

    Answers that were foretold come still, three at most for an item that is not settled: the pace so far says little, because
    items that settle early are the easy ones. So do judgements; once an audit has begun, its own alone. The range keeps the
    quote's ratio to the middle below, and above narrows with the fourth root of the share of the price that is to
    come - an audit that fails comes late; it holds what is spent, and closes when the target is proven.

    Args:
        quote: as it was made.
        now: what has happened since the start.
        money: prices in cents.
        start: when work started.
    """
    N = max(quote.items, 1)
    left = max(0, quote.items - now.settled)
    answers = now.answers + min(max(0.0, quote.answers_per_item.mid * N - now.answers), _PER_ITEM_LEFT * left)
    judged = now.judgements + _judgements_to_come(quote, now)
    spent = _spent(now, money=money)
    price = (
        _paid(now, money=money) + _to_pay(quote, now, answers=answers, money=money) + judged * money.expert
    )
    to_come = max(0.0, price - spent)
    open_share = to_come / price if price else 0.0
    told = quote.hours.mid / max(quote.price.mid, 1.0)
    shown = now.hours_gone / spent if spent else told
    hours = now.hours_gone + to_come * (open_share * told + (1.0 - open_share) * shown)
    if now.certified:
        answers, open_share = float(now.answers), 0.0
    return replace(
        quote,
        answers_per_item=_narrowed(
            quote.answers_per_item, answers / N, open_share=open_share, least=now.answers / N
        ),
        expert_judgements=judged,
        price=_narrowed(quote.price, price, open_share=open_share, least=spent),
        hours=_narrowed(quote.hours, hours, open_share=open_share, least=now.hours_gone),
        finish=start + timedelta(hours=hours),
    )


def _judgements_to_come(quote: Plan, now: SoFar) -> int:
    if now.certified:
        return 0
    audit = max(0, quote.audit_sample - now.audited)
    return audit if now.audited else max(quote.expert_judgements - now.judgements, audit)


def _spent(now: SoFar, *, money: Money) -> float:
    return _paid(now, money=money) + now.judgements * money.expert


def _paid(now: SoFar, *, money: Money) -> float:
    return float(now.answers * money.answer.cents if money.answer.is_fixed else now.paid)


def _to_pay(quote: Plan, now: SoFar, *, answers: float, money: Money) -> float:
    """Return the cents for the answers that are to come of so many in all: at the mean of those that came, where any did."""
    if money.answer.is_fixed:
        return float((round(answers) - now.answers) * money.answer.cents)
    each = now.paid / now.answers if now.answers else _cents(quote, money)[1]
    return round((round(answers) - now.answers) * each)


def _cents(plan: Plan, money: Money) -> tuple[float, float, float]:
    """Return what an answer is expected to cost: at the fewest, the expected and the most that it may hold."""
    return (plan.work or assumed_work(money.answer)).cents


def _as_range(found: Estimate) -> Range:
    return Range(low=found.low, mid=found.mid, high=found.high)


def _narrowed(before: Range, mid: float, *, open_share: float, least: float) -> Range:
    """Return the range around a new middle, with the ratios it had before; what is `least` has happened."""
    if not open_share or not before.mid:
        return Range(low=mid, mid=mid, high=mid)
    above = (before.high / before.mid - 1.0) * open_share**_NARROWS
    return Range(low=min(mid, max(least, mid * before.low / before.mid)), mid=mid, high=mid * (1.0 + above))
