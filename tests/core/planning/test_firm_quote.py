import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.planning.firm_quote import CHEAPER, DEARER, SoFar, firm_quote, re_estimate
from assay.core.planning.forecast import Estimate, Forecast, Pace
from assay.core.planning.plan import ITEMS, MEASURED, Assumptions, Plan, make_plan
from assay.core.planning.plan_as_json import plan_from_json, plan_to_json
from assay.core.project.intake import Money, Quality
from assay.core.project.price_of_work import each_item
from assay.core.review.settle_ask_again_or_hand_on import Limits

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
MONEY = Money(currency="EUR", budget=None, answer=each_item(4), expert=20)
PILOT = SoFar(settled=100, answers=320, judgements=45, audited=0, hours_gone=2.0)
PACE = Pace(seconds=9.0, expert_seconds=60.0, people=2, experts=1, hours_per_day=4.0)


def estimate(mid):
    return Estimate(low=0.8 * mid, mid=mid, high=1.3 * mid, spread=0.1 * mid)


FOUND = Forecast(
    cost=estimate(3000.0),
    answers_per_item=estimate(2.0),
    judgements=estimate(200.0),
    review=estimate(90.0),
    audit=estimate(70.0),
    right_before=Estimate(0.9, 0.92, 0.94, 0.01),
    right=Estimate(0.96, 0.98, 0.99, 0.01),
)


@pytest.fixture(scope="module")
def plan():
    return make_plan(
        items=1000,
        classes=3,
        quality=Quality(right=0.95, confidence=0.95),
        limits=Limits(least=1, most=7, threshold=0.05),
        money=MONEY,
        people=2,
        experts=1,
        start=START,
        assumptions=replace(Assumptions(), is_measured=True),
        seed=1,
    )


@pytest.fixture(scope="module")
def quote(plan):
    return firm_quote(plan, FOUND, PILOT, money=MONEY, pace=PACE, start=START)


def later(quote: Plan, **changed: object) -> Plan:
    now = replace(PILOT, **changed)  # type: ignore[arg-type]
    return re_estimate(quote, now, money=MONEY, start=START)


def test_a_firm_quote_by_hand(plan, quote):
    assert (plan.basis, quote.basis) == (MEASURED, ITEMS)
    answers = 2 * plan.items
    assert quote.price.mid == answers * 4 + 200 * 20
    assert quote.price.low == pytest.approx(quote.price.mid / CHEAPER)
    assert quote.price.high == pytest.approx(quote.price.mid * DEARER)
    assert (quote.expert_judgements, quote.review_sample, quote.audit_sample) == (200, 90, 70)
    assert quote.right is not None
    assert (quote.right.low, quote.right.high) == (0.96, 0.99)
    assert sum(line.price for line in quote.stages) == quote.price.mid


def test_each_half_point_keeps_its_ratio_to_the_price(plan, quote):
    times = quote.price.mid / plan.price.mid
    assert [price for _, price in quote.cost_of_quality] == [
        round(price * times) for _, price in plan.cost_of_quality
    ]


def test_the_time_that_the_pilot_took_is_known(plan, quote):
    slow = firm_quote(plan, FOUND, replace(PILOT, hours_gone=10.0), money=MONEY, pace=PACE, start=START)
    assert slow.hours.mid == pytest.approx(quote.hours.mid + 8.0)
    assert quote.finish == START + timedelta(hours=quote.hours.mid)
    assert 2.0 < quote.hours.low < quote.hours.mid < quote.hours.high


def test_right_after_the_quote_nothing_has_changed(quote):
    same = later(quote)
    assert same.price.mid == pytest.approx(quote.price.mid, rel=0.01)
    assert same.answers_per_item.mid == pytest.approx(quote.answers_per_item.mid, rel=0.01)


def test_more_answers_than_foretold_make_it_dearer_and_fewer_cheaper_when_few_items_are_left(quote):
    assert later(quote, settled=500, answers=1064).price.mid == pytest.approx(quote.price.mid, rel=0.01)
    assert later(quote, settled=500, answers=2500).answers_per_item.mid == 2500 / quote.items
    few = later(quote, settled=quote.items - 10, answers=1000)
    assert few.answers_per_item.mid == pytest.approx(1030 / quote.items)


def test_the_top_of_the_range_narrows_as_the_money_is_spent(quote):
    tops = [
        one.price.high / one.price.mid
        for one in (
            later(quote, settled=settled, answers=answers)
            for settled, answers in ((100, 320), (500, 1000), (900, 1700), (960, 1900))
        )
    ]
    assert tops == sorted(tops, reverse=True)
    assert tops[0] < DEARER
    assert tops[-1] > 1.0


def test_when_all_items_are_settled_the_audit_is_yet_to_come(quote):
    done = later(quote, settled=quote.items, answers=1900, judgements=210)
    assert done.expert_judgements == 210 + 70
    half = later(quote, settled=quote.items, answers=1900, judgements=140, audited=30)
    assert half.expert_judgements == 140 + 40


def test_what_is_proven_has_cost_what_it_has_cost(quote):
    done = later(quote, settled=quote.items, answers=1900, judgements=260, audited=50, certified=True)
    assert done.price.low == done.price.mid == done.price.high == 1900 * 4 + 260 * 20
    assert done.hours.low == done.hours.mid == done.hours.high


@given(
    settled=st.integers(0, 960),
    answers=st.integers(0, 6000),
    judgements=st.integers(0, 960),
    audited=st.integers(0, 300),
    certified=st.booleans(),
)
def test_a_re_estimate_is_in_order_and_never_below_what_is_spent(
    quote, settled, answers, judgements, audited, certified
):
    found = later(
        quote,
        settled=settled,
        answers=answers,
        judgements=judgements,
        audited=min(audited, judgements),
        certified=certified,
    )
    for one in (found.price, found.hours, found.answers_per_item):
        assert one.low <= one.mid + 1e-9
        assert one.mid <= one.high + 1e-9
    assert found.price.low >= answers * 4 + judgements * 20 - 4
    assert found.price.high / max(found.price.mid, 1.0) <= DEARER + 1e-9


def test_a_quote_survives_storage_and_a_plan_of_an_earlier_version_is_read(plan, quote):
    stored = json.loads(json.dumps(plan_to_json(quote)))
    assert plan_from_json(stored) == quote
    older = {name: value for name, value in plan_to_json(plan).items() if name not in ("right", "basis")}
    assert plan_from_json(json.loads(json.dumps(older))).right is None
