"""The plan of a finished batch: its labels are there, and all that is to come is the audit."""

from datetime import datetime, timedelta

import numpy as np

from assay.core.planning.plan import ASSUMED, Assumptions, Plan, Range, stage_lines
from assay.core.project.intake import Money, Quality
from assay.core.quality.audit_attempts import expected_checks

RATES = (0.0, 0.5, 0.8)
"""Shares of what is allowed by which the labels may err: at best, as expected, and where an audit still ends well."""
_HALF_POINT = 0.005
_HOURS_PER_DAY_AROUND = 24.0


def plan_audit(
    *, items: int, quality: Quality, money: Money, people: int, experts: int, start: datetime
) -> Plan:
    """Return what it takes to certify labels that are there: judgements by experts, and nothing else.

    Args:
        items: N.
        quality: the target.
        money: prices in cents.
        people: labellers there are, who are not asked.
        experts: experts.
        start: when work starts.
    """
    low, mid, high = (_checks(items, quality=quality, rate=rate) for rate in RATES)
    assumed = Assumptions()
    hours = assumed.expert_seconds / 3600.0 / max(experts, 1) * _HOURS_PER_DAY_AROUND / assumed.hours_per_day
    curve = []
    for step in (-2, -1, 0, 1, 2):
        right = round(quality.right + _HALF_POINT * step, 4)
        if 0.5 <= right <= 0.9995:
            other = Quality(right=right, confidence=quality.confidence)
            curve.append((right, _checks(items, quality=other, rate=RATES[1]) * money.expert))
    return Plan(
        items=items,
        stages=stage_lines(answers=0, control=0, review=0, judgements=mid, money=money, answer=0.0),
        models=(),
        answers_per_item=Range(0.0, 0.0, 0.0),
        control_items=0,
        review_sample=0,
        audit_sample=mid,
        expert_judgements=mid,
        price=Range(*(float(one * money.expert) for one in (low, mid, high))),
        hours=Range(*(one * hours for one in (low, mid, high))),
        finish=start + timedelta(hours=mid * hours),
        people=people,
        experts=experts,
        cost_of_quality=tuple(curve),
        basis=ASSUMED,
    )


def _checks(items: int, *, quality: Quality, rate: float) -> int:
    rates = np.array([quality.allowed * rate])
    found = expected_checks(items=items, allowed=quality.allowed, delta=quality.delta, rates=rates)
    return min(items, int(np.ceil(found[0])))
