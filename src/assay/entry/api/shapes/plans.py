"""Shapes of plans and quotes: what a project will take, as ranges."""

from collections.abc import Sequence
from datetime import date, datetime

from assay.core.planning import plan as planning
from assay.core.project import price_of_work
from assay.entry.api.shapes.base import Shape
from assay.service.quality.prices_by_quality import QuotePrice


class Estimate(Shape, shows=planning.Range):
    """An estimate with what it may become."""


class ExpectedWork(Shape, shows=price_of_work.ExpectedWork):
    """What an answer is expected to hold and to cost in cents, each as (fewest, expected, most); `answers` measured, 0: assumed."""


class StagePrice(Shape, shows=planning.StageLine):
    """One stage of a plan; the price in cents."""


class QualityPrice(Shape, shows=QuotePrice):
    """What a share right would cost, in cents, and how much more than what is asked for."""


class Plan(Shape):
    """What a project will take; money in cents. `basis` says what it is foretold from.

    `right` is the share right as delivered, null where it is not foretold; `work` null where all answers are paid the same.
    """

    items: int
    stages: list[StagePrice]
    models: list[str]
    answers_per_item: Estimate
    control_items: int
    review_sample: int
    audit_sample: int
    expert_judgements: int
    price: Estimate
    right: Estimate | None
    basis: str
    hours: Estimate
    finish: datetime
    people: int
    experts: int
    work: ExpectedWork | None
    currency: str
    budget: int | None
    deadline: date | None
    cost_of_quality: list[QualityPrice]


def plan_of(
    found: planning.Plan,
    prices: Sequence[QuotePrice],
    *,
    currency: str,
    budget: int | None,
    deadline: date | None,
) -> Plan:
    """Return the shape of a plan."""
    return Plan.of(
        found,
        currency=currency,
        budget=budget,
        deadline=deadline,
        cost_of_quality=[QualityPrice.of(one) for one in prices],
    )
