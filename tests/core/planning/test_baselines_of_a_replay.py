"""Plain ways of labelling, worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.planning.baselines_of_a_replay import (
    Recorded,
    experts_as_needed,
    experts_on_everything,
    majority_of_all,
    majority_then_experts,
)
from assay.core.project.intake import Quality

TARGET = Quality(right=0.95, confidence=0.95)


def recorded(rows, truth, labels=2):
    """Answers as (item, label)."""
    item, label = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return Recorded(item=item, label=label, truth=np.array(truth, dtype=np.int64), labels=labels)


def test_the_majority_of_all_counts_ties_by_chance_and_silence_as_wrong():
    # Right by two to one; a tie between the truth and another; wrong; nobody said anything.
    said = recorded([(0, 0), (0, 0), (0, 1), (1, 0), (1, 1), (2, 1)], [0, 0, 0, 0])
    way = majority_of_all(said)
    assert way.cost_per_item == 6 / 4
    assert way.accuracy == (1 + 0.5 + 0 + 0) / 4
    assert not way.proven


def test_experts_on_everything_cost_their_price_and_are_right():
    assert experts_on_everything(expert_price=5.0).cost_per_item == 5.0
    assert experts_on_everything(expert_price=5.0).accuracy == 1.0


def test_experts_as_needed_leave_out_what_may_be_wrong():
    way = experts_as_needed(items=110, target=TARGET, expert_price=5.0)  # floor(5.5) = 5 spared
    assert way.cost_per_item == pytest.approx(5.0 * 105 / 110)
    assert way.accuracy == pytest.approx(105 / 110)
    assert way.proven


def test_a_crowd_that_never_errs_costs_three_answers_and_a_clean_audit():
    truth = [position % 2 for position in range(1_000)]
    said = recorded([(item, label) for item, label in enumerate(truth) for _ in range(5)], truth)
    way = majority_then_experts(said, target=TARGET, expert_price=5.0, seed=1)
    checks = (way.cost_per_item - 3.0) * 1_000 / 5.0
    assert 56 <= checks <= 75  # 56 is the exact fixed plan with no errors
    assert way.accuracy == 1.0


def test_where_nobody_knows_anything_experts_do_nearly_everything():
    dice = np.random.default_rng(2)
    truth = dice.integers(0, 2, 400)
    said = recorded([(item, dice.integers(0, 2)) for item in range(400) for _ in range(3)], truth)
    way = majority_then_experts(said, target=TARGET, expert_price=5.0, seed=1)
    assert 3.0 + 5.0 * 0.8 < way.cost_per_item <= 3.0 + 5.0
    assert way.accuracy >= TARGET.right


def test_the_items_of_least_margin_go_first():
    """Items with a tie are wrong, unanimous ones right: experts redo few more than the tied ones."""
    truth = [0] * 500
    rows = [(item, label) for item in range(500) for label in ((1, 1, 0) if item < 100 else (0, 0, 0))]
    way = majority_then_experts(recorded(rows, truth), target=TARGET, expert_price=5.0, seed=1)
    assert 3.0 + 5.0 * 0.15 < way.cost_per_item < 3.0 + 5.0 * 0.4


def guesses(seed, *, items, each, labels):
    """Answers and truth that have nothing to do with one another."""
    dice = np.random.default_rng(seed)
    item = np.repeat(np.arange(items), each)
    return Recorded(item, dice.integers(0, labels, len(item)), dice.integers(0, labels, items), labels)


def test_what_is_proven_is_false_no_more_often_than_promised():
    ways = [
        majority_then_experts(
            guesses(seed, items=60, each=3, labels=2), target=TARGET, expert_price=5.0, seed=seed
        )
        for seed in range(200)
    ]
    false = sum(way.accuracy < TARGET.right for way in ways)
    assert false <= TARGET.delta * len(ways)


@given(st.integers(0, 1_000), st.integers(1, 60), st.integers(0, 6), st.integers(2, 4))
def test_every_way_costs_something_between_nothing_and_everything(seed, items, each, labels):
    said = guesses(seed, items=items, each=each, labels=labels)
    way = majority_then_experts(said, target=TARGET, expert_price=5.0, seed=seed)
    assert 0.0 <= way.cost_per_item <= min(each, 3) + 5.0 + 1e-9
    assert way.accuracy <= 1.0
    # What is proven may be false now and then, but not by much.
    assert way.accuracy >= 1.0 - 3.0 * TARGET.allowed
    assert 0.0 <= majority_of_all(said).accuracy <= 1.0
