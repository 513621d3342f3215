"""The plan of a batch that is only certified: nothing but the audit."""

from datetime import UTC, datetime

import pytest

from assay.core.planning.audit_plan import plan_audit
from assay.core.project.intake import Money, Quality
from assay.core.project.price_of_work import each_item

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


def planned(items=1_000, *, right=0.95, experts=3):
    money = Money(currency="EUR", budget=None, answer=each_item(4), expert=20)
    quality = Quality(right=right, confidence=0.95)
    return plan_audit(items=items, quality=quality, money=money, people=9, experts=experts, start=START)


def test_nobody_is_asked_to_label():
    plan = planned()
    assert plan.answers_per_item.high == 0.0
    assert sum(one.answers for one in plan.stages) == 0
    assert plan.audit_sample == plan.expert_judgements == sum(one.judgements for one in plan.stages)
    assert plan.price.mid == 20 * plan.audit_sample
    assert 59 <= plan.price.low / 20 <= plan.audit_sample <= plan.price.high / 20 < 1_000


def test_more_quality_costs_more_and_more_experts_are_done_sooner():
    prices = [price for _, price in planned().cost_of_quality]
    assert prices == sorted(prices)
    assert planned(experts=6).hours.mid == pytest.approx(planned().hours.mid / 2)
    assert planned(items=20).audit_sample <= 20
