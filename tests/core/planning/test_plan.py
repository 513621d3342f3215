import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from assay.core.planning.plan import Assumptions, make_plan
from assay.core.planning.plan_as_json import plan_from_json, plan_to_json
from assay.core.project.intake import Money, Quality
from assay.core.project.price_of_work import each_item
from assay.core.review.settle_ask_again_or_hand_on import Limits

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
MONEY = Money(currency="EUR", budget=None, answer=each_item(4), expert=40)


def plan(
    *,
    items=5000,
    right=0.95,
    experts=3,
    assumptions=None,
    known=0,
    models=("nearest",),
    automatic=False,
):
    return make_plan(
        items=items,
        classes=3,
        quality=Quality(right=right, confidence=0.95),
        limits=Limits(least=1, most=7, threshold=0.05),
        money=MONEY,
        people=30,
        experts=experts,
        start=START,
        assumptions=assumptions or Assumptions(),
        seed=1,
        known_controls=known,
        models=models,
        automatic=automatic,
    )


@pytest.fixture(scope="module")
def usual():
    return plan()


def test_ranges_are_in_order(usual):
    for found in (usual.price, usual.hours, usual.answers_per_item):
        assert found.low <= found.mid <= found.high


def test_the_stages_add_up_to_the_expected_price(usual):
    assert sum(line.price for line in usual.stages) == usual.price.mid
    assert [line.name for line in usual.stages][3] == "label"


def test_the_finish_follows_from_the_hours(usual):
    assert (usual.finish - START).total_seconds() / 3600 == pytest.approx(usual.hours.mid)


def test_each_half_point_of_quality_has_a_price_that_never_falls(usual):
    rights = [right for right, _ in usual.cost_of_quality]
    prices = [price for _, price in usual.cost_of_quality]
    assert rights == [0.94, 0.945, 0.95, 0.955, 0.96]
    assert prices == sorted(prices)
    assert prices[2] == usual.price.mid


def test_the_same_seed_gives_the_same_plan(usual):
    assert plan() == usual


def test_more_experts_finish_earlier_at_the_same_price(usual):
    more = plan(experts=9)
    assert more.finish < usual.finish
    assert more.price == usual.price


def test_known_control_items_need_no_experts(usual):
    assert plan(known=50).control_items == 50
    assert plan(known=50).stages[3].judgements == 0
    assert usual.stages[3].judgements == usual.control_items


def test_small_and_strict_projects_can_be_planned():
    assert plan(items=12).expert_judgements <= 12
    assert len(plan(items=200, right=0.999).cost_of_quality) < 5


def test_measurements_replace_assumptions():
    skills = np.full(40, 0.95)
    pilot = Assumptions().measured(skills=skills, seconds=np.array([3.0, 4.0, 9.0]), skip_rate=0.1)
    # 40 measured people stand beside 10 assumed ones: 0.8 x 0.95 + 0.2 x 0.85.
    assert (pilot.skill, pilot.seconds, pilot.skip_rate) == (pytest.approx(0.93), 4.0, 0.1)
    assert pilot.skill_doubt < Assumptions().skill_doubt
    assert pilot.is_measured
    nothing = Assumptions().measured(skills=np.array([]), seconds=np.array([]), skip_rate=0.0)
    assert nothing == Assumptions()


def test_the_first_person_measured_says_little_about_a_crowd():
    one = Assumptions().measured(skills=np.array([0.5]), seconds=np.array([3.0]), skip_rate=0.0)
    assert one.skill == pytest.approx((0.5 + 10 * 0.85) / 11)
    assert one.skill_doubt > 0.9 * Assumptions().skill_doubt


def test_a_model_that_learnt_from_few_labels_is_expected_to_get_better(usual):
    def planned(labels):
        found = Assumptions(model_right=0.75, model_labels=labels)
        return plan(assumptions=found).price

    early, late = planned(100), planned(5000)
    assert early.mid < late.mid
    assert usual.price.mid > early.mid


def test_a_plan_survives_storage(usual):
    stored = json.loads(json.dumps(plan_to_json(usual)))
    assert plan_from_json(stored) == usual
    assert plan_from_json(stored) != replace(usual, items=1)


def test_a_good_model_that_may_label_alone_makes_the_plan_cheaper():
    good = replace(Assumptions(), model_right=0.9)
    asked, alone = (plan(items=3000, assumptions=good, automatic=leave) for leave in (False, True))
    assert alone.price.mid < asked.price.mid
    assert alone.answers_per_item.mid < asked.answers_per_item.mid
    without = [plan(items=3000, models=(), automatic=leave) for leave in (False, True)]
    assert without[0] == without[1], "nothing is automatic without a model"
