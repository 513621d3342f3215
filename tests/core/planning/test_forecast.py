from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.labels.label_values import schema_of
from assay.core.planning.forecast import (
    WIDER,
    Estimate,
    Forecast,
    Pace,
    Terms,
    binomial_spread,
    finish,
    forecast,
)
from assay.core.planning.pilot_findings import Pilot
from assay.core.ports.answers import AnswerTable
from assay.core.project.intake import Quality
from assay.core.review.settle_ask_again_or_hand_on import Limits
from assay.tasktypes import TASK_TYPES

SCHEMA = schema_of(["a", "b", "c"])
NAMES = ("cost", "answers_per_item", "judgements", "review", "audit", "right_before", "right")


def pilot(*, items=150, people=12, skill=0.85, seed=1):
    """A pilot of three answers an item whose people are right at one rate; experts judged every item."""
    dice = np.random.default_rng(seed)
    truth = dice.integers(0, 3, items)
    item = np.repeat(np.arange(items), 3)
    person = np.concatenate([dice.permutation(people)[:3] for _ in range(items)])
    right = dice.random(len(item)) < skill
    said = np.where(right, truth[item], (truth[item] + dice.integers(1, 3, len(item))) % 3)
    table = AnswerTable(item, person, [SCHEMA.names[k] for k in said.tolist()], items, people)
    nothing, every = np.zeros(items, dtype=bool), np.ones(items, dtype=bool)
    return Pilot(
        answers=table, chances=np.eye(3)[truth], control=nothing, judged=every, by_chance=every, depth=7
    )


def told(found_pilot, *, items=900, right=0.95, seed=1, price=5.0):
    terms = Terms(
        items=items,
        quality=Quality(right=right, confidence=0.95),
        limits=Limits(least=1, most=7, threshold=1 - right),
        expert_price=price,
        seed=seed,
    )
    task = TASK_TYPES.get("classification")
    return forecast(found_pilot, terms=terms, task=task, schema=SCHEMA, drawn=2, most=400)


@pytest.fixture(scope="module")
def usual():
    return told(pilot())


def test_ranges_are_in_order_and_shares_stay_shares(usual):
    for name in NAMES:
        one = getattr(usual, name)
        assert 0.0 <= one.low <= one.mid <= one.high
    assert usual.right.high <= 1.0
    assert usual.right_before.high <= 1.0


def test_the_cost_is_that_of_answers_and_judgements(usual):
    expected = usual.answers_per_item.mid * 900 + 5.0 * usual.judgements.mid
    assert usual.cost.mid == pytest.approx(expected)


def test_the_pilot_is_paid_for_in_any_case(usual):
    assert usual.cost.mid > 150 * (3 + 5.0)
    assert usual.judgements.mid >= 150


def test_the_same_pilot_and_seed_give_the_same_forecast(usual):
    assert told(pilot()) == usual


def test_better_people_are_foretold_to_be_cheaper_and_more_often_right(usual):
    better = told(pilot(skill=0.97))
    assert better.cost.mid < usual.cost.mid
    assert better.right_before.mid > usual.right_before.mid


def test_a_batch_that_is_all_pilot_leaves_nothing_to_foretell():
    found = told(pilot(), items=150)
    assert (found.answers_per_item.low, found.answers_per_item.high) == (3.0, 3.0)
    assert found.judgements.mid == 150.0
    assert found.right.low == found.right.high == 1.0


def test_a_range_is_as_many_spreads_wide_as_the_recorded_sets_asked_for(usual):
    cost = usual.cost
    assert cost.high - cost.mid == pytest.approx(WIDER["cost"] * cost.spread)


@settings(max_examples=50)
@given(share=st.floats(0.0, 1.0), count=st.integers(1, 10_000))
def test_a_binomial_spread_is_symmetric_and_shrinks_with_the_count(share, count):
    assert binomial_spread(share, count) == pytest.approx(binomial_spread(1.0 - share, count))
    assert 0.0 < binomial_spread(share, 4 * count) < binomial_spread(share, count) * 0.75


def test_a_finish_date_by_hand():
    nothing = Estimate(0.0, 0.0, 0.0, 0.0)
    found = Forecast(
        cost=nothing,
        answers_per_item=Estimate(1.0, 2.0, 3.0, 0.5),
        judgements=Estimate(0.0, 60.0, 120.0, 10.0),
        review=nothing,
        audit=nothing,
        right_before=nothing,
        right=nothing,
    )
    start = datetime(2026, 11, 23, tzinfo=UTC)
    pace = Pace(seconds=9.0, expert_seconds=60.0, people=2, experts=1, hours_per_day=4.0)
    early, expected, late = finish(found, pace=pace, items=800, start=start)
    # Early: 800 answers x 9 s / 2 people = 1 hour of work, six hours of a day with four hours of work.
    assert early == start + timedelta(hours=6)
    # Expected: 2 hours, then 60 judgements of a minute; late: 3 hours, then 2.
    assert expected == start + timedelta(hours=18)
    assert late == start + timedelta(hours=30)
