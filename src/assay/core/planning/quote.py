"""The firm quote, made of a plan and a forecast, and what becomes of it while the work goes on."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from assay.core.planning.forecast import Estimate, Forecast, Pace, finish
from assay.core.planning.plan import ITEMS, Plan, Range, stage_lines
from assay.core.project.intake import Money

_PRIOR_SHARE: Final = 0.1
"""So large a share of the batch, settled after the quote, counts as much as the quote for the pace of the rest."""


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
        certified: whether nothing is left to prove.
    """

    settled: int
    answers: int
    judgements: int
    audited: int
    hours_gone: float
    certified: bool = False


def firm_quote(plan: Plan, found: Forecast, now: SoFar, *, money: Money, pace: Pace, start: datetime) -> Plan:
    """Return the plan with what the pilot's own items foretell in place of what simulated people did.

    What each half point of quality costs keeps its ratio to the price. The pilot took the time that it took; the rest
    takes its share of what the whole would.

    Args:
        plan: made of the pilot's measurements (`make_plan`).
        found: the forecast of the same batch.
        now: what the pilot took.
        money: prices in cents.
        pace: how fast work goes.
        start: when it started.
    """
    answers, judgements = found.answers_per_item.mid * plan.items, found.judgements.mid
    price = round(answers) * money.answer + round(judgements) * money.expert
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
        ),
        answers_per_item=_as_range(found.answers_per_item),
        review_sample=round(found.review.mid),
        audit_sample=round(found.audit.mid),
        expert_judgements=round(judgements),
        price=Range(low=price / CHEAPER, mid=float(price), high=price * DEARER),
        hours=Range(low=early, mid=expected, high=late),
        finish=start + timedelta(hours=expected),
        cost_of_quality=tuple((right, round(cents * times)) for right, cents in plan.cost_of_quality),
        basis=ITEMS,
        right=_as_range(found.right),
    )


def begun(plan: Plan, now: SoFar) -> Plan:
    """Return the quote with what had happened when it was made."""
    return replace(plan, begun=(now.answers, now.judgements, now.settled))


def re_estimate(quote: Plan, now: SoFar, *, money: Money, start: datetime) -> Plan:
    """Return the quote with what has happened in place of what was foretold.

    What the items settled since the quote took is blended with what the quote said of them; a tenth of the batch counts
    as much as the quote. Judgements that were foretold come still, those of the audit until the target is proven.
    The range narrows with the share of the price that is yet to be spent, and holds what is spent.

    Args:
        quote: as it was made.
        now: what has happened since the start.
        money: prices in cents.
        start: when work started.
    """
    N = max(quote.items, 1)
    answers_then, _, settled_then = quote.begun
    left, fresh = max(0, quote.items - now.settled), max(0, now.settled - settled_then)
    trust = fresh / (fresh + _PRIOR_SHARE * N)
    told = max(0.0, quote.answers_per_item.mid * N - answers_then) / max(N - settled_then, 1)
    shown = max(0, now.answers - answers_then) / max(fresh, 1)
    answers = now.answers + left * (trust * shown + (1.0 - trust) * told)
    to_come = 0 if now.certified else max(0, quote.audit_sample - now.audited)
    judged = now.judgements if now.certified else max(quote.expert_judgements, now.judgements + to_come)
    spent = _spent(now, money=money)
    price = round(answers) * money.answer + judged * money.expert
    open_share = (price - spent) / price if price else 0.0
    pace = now.hours_gone / max(now.settled, 1)
    known = now.settled / (now.settled + _PRIOR_SHARE * N)
    hours = now.hours_gone + left * (known * pace + (1.0 - known) * quote.hours.mid / N)
    return replace(
        quote,
        answers_per_item=_narrowed(
            quote.answers_per_item, answers / N, share=left / N, least=now.answers / N
        ),
        expert_judgements=judged,
        price=_narrowed(quote.price, float(price), share=open_share, least=spent),
        hours=_narrowed(quote.hours, hours, share=0.0 if now.certified else open_share, least=now.hours_gone),
        finish=start + timedelta(hours=hours),
    )


def _spent(now: SoFar, *, money: Money) -> float:
    return float(now.answers * money.answer + now.judgements * money.expert)


def _as_range(found: Estimate) -> Range:
    return Range(low=found.low, mid=found.mid, high=found.high)


def _narrowed(before: Range, mid: float, *, share: float, least: float) -> Range:
    """Return the range around a new middle, as much narrower as `share` says; what is `least` has happened."""
    return Range(
        low=min(mid, max(least, mid - (before.mid - before.low) * share)),
        mid=mid,
        high=mid + (before.high - before.mid) * share,
    )
