"""Shapes of plans and quotes: what a project will take, as ranges."""

from collections.abc import Sequence
from datetime import date, datetime

from assay.core.planning import plan as planning
from assay.entry.api.shapes.base import Shape
from assay.service.reads.draft_quote import QuotePrice


class Estimate(Shape):
    """An estimate with what it may become."""

    low: float
    mid: float
    high: float


class StagePrice(Shape):
    """One stage of a plan; the price in cents."""

    name: str
    answers: int
    judgements: int
    price: int


class QualityPrice(Shape):
    """What a share right would cost, in cents, and how much more than what is asked for."""

    right: float
    price: int
    more: int
    asked: bool


class Plan(Shape):
    """What a project will take; money in cents. `basis` says what it is foretold from.

    `right` is the share right as delivered, null where it is not foretold.
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
    return Plan(
        items=found.items,
        stages=[
            StagePrice(name=one.name, answers=one.answers, judgements=one.judgements, price=one.price)
            for one in found.stages
        ],
        models=list(found.models),
        answers_per_item=_estimate(found.answers_per_item),
        control_items=found.control_items,
        review_sample=found.review_sample,
        audit_sample=found.audit_sample,
        expert_judgements=found.expert_judgements,
        price=_estimate(found.price),
        right=None if found.right is None else _estimate(found.right),
        basis=found.basis,
        hours=_estimate(found.hours),
        finish=found.finish,
        people=found.people,
        experts=found.experts,
        currency=currency,
        budget=budget,
        deadline=deadline,
        cost_of_quality=[
            QualityPrice(right=one.right, price=one.price, more=one.more, asked=one.asked) for one in prices
        ],
    )


def _estimate(found: planning.Range) -> Estimate:
    return Estimate(low=found.low, mid=found.mid, high=found.high)
