"""Numbers of several people become one."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from assay.core.consolidation.values.numbers import consolidate_numbers, expected_loss, number_loss
from assay.core.errors import InvalidLabel
from assay.core.ports.answers import AnswerTable

NUMBERS = st.lists(st.lists(st.integers(-50, 50).map(str), min_size=1, max_size=5), min_size=1, max_size=6)


def table_of(rows, *, items=None, people=None):
    item, person, value = zip(*rows, strict=True)
    return AnswerTable(
        np.array(item, np.int64),
        np.array(person, np.int64),
        [str(one) for one in value],
        items or max(item) + 1,
        people or max(person) + 1,
    )


def values(outcome):
    return [float(text) for text in outcome.consensus.value]


def test_the_loss_grows_up_to_the_tolerance():
    assert number_loss(3, 5, tolerance=4) == 0.5
    assert number_loss(5, 3, tolerance=1) == 1.0
    assert number_loss(2, 2, tolerance=1) == 0.0


def test_the_mean_of_a_few_answers():
    found = consolidate_numbers(table_of([(0, 0, 1), (0, 1, "2.5"), (1, 0, 4)]))
    assert values(found) == [1.75, 4.0]
    assert found.method == "mean"
    assert found.consensus.count.tolist() == [2, 1]


def test_an_outlier_is_cut_where_control_items_say_so():
    dice = np.random.default_rng(1)
    rows = []
    for item in range(60):
        rows += [(item, who, 10 + item + dice.normal()) for who in range(5)]
        if item % 3 == 0:
            rows.append((item, 5, 10 + item + 300))
    known = [str(10 + item) if item < 30 else None for item in range(60)]
    found = consolidate_numbers(table_of(rows), known=known)
    assert found.method.startswith(("huber", "precision"))
    assert np.abs(np.array(values(found)) - 10 - np.arange(60)).max() < 10
    assert found.skill[:5].min() > 0.8 > found.skill[5]


def test_control_items_choose_and_bias_is_taken_out():
    # Three of nine say 12 too much, three others are careless; who is asked differs from item to item.
    dice = np.random.default_rng(2)
    rows, truth = [], dice.uniform(0, 100, 200)
    for item, true in enumerate(truth):
        asked = dice.choice(9, 3, replace=False).tolist()
        rows += [
            (item, who, true + (12 if who < 3 else 0) + dice.normal() * (1 + 6 * (who > 5))) for who in asked
        ]
    table = table_of(rows)
    known = [str(true) if item < 60 else None for item, true in enumerate(truth)]
    found = consolidate_numbers(table, known=known)
    plain = np.array([np.mean([float(row[2]) for row in rows if row[0] == item]) for item in range(200)])
    assert found.method.startswith("precision")
    rmse = [float(np.sqrt(np.mean((one - truth)[60:] ** 2))) for one in (np.array(values(found)), plain)]
    assert rmse[0] < 0.8 * rmse[1]
    losses = np.minimum(np.abs(np.array(values(found)) - truth) / (np.ptp([row[2] for row in rows]) / 10), 1)
    assert found.consensus.right[60:].mean() == pytest.approx(1 - losses[60:].mean(), abs=0.08)


@pytest.mark.parametrize(("off", "tolerance"), [(1.0, 1.0), (0.1, 2.0), (30.0, 1.0), (0.0, 1.0)])
def test_the_expected_loss_is_that_of_a_normal_error(off, tolerance):
    exact = 0.0
    if off:
        exact = quad(lambda e: min(1, abs(e) / tolerance) * norm.pdf(e, scale=off), -200, 200, points=[0])[0]
    assert expected_loss(np.array([off]), tolerance=tolerance)[0] == pytest.approx(exact, abs=1e-3)


@pytest.mark.parametrize("text", ["many", "nan", "inf", ""])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(InvalidLabel):
        consolidate_numbers(table_of([(0, 0, text)]))


@given(NUMBERS, st.randoms(use_true_random=False))
def test_neither_the_order_of_answers_nor_peoples_names_matter(answers, chance):
    rows = [(item, who, said) for item, row in enumerate(answers) for who, said in enumerate(row)]
    names = list(range(5))
    chance.shuffle(names)
    other = [(item, names[who], said) for item, who, said in rows]
    chance.shuffle(other)
    one, two = (consolidate_numbers(table_of(given_, people=5)) for given_ in (rows, other))
    assert values(one) == pytest.approx(values(two), rel=1e-4, abs=1e-4)
    assert one.skill == pytest.approx(two.skill[names])


@given(st.integers(-1000, 1000), st.integers(1, 6))
def test_unanimity_wins(number, people):
    found = consolidate_numbers(table_of([(0, who, number) for who in range(people)]))
    assert values(found) == [number]
    assert found.consensus.agreement.tolist() == [1.0]


@given(NUMBERS)
def test_values_lie_between_the_answers_and_confidences_in_0_1(answers):
    rows = [(item, who, said) for item, row in enumerate(answers) for who, said in enumerate(row)]
    found = consolidate_numbers(table_of(rows))
    if not found.method.startswith("precision"):
        for value, row in zip(values(found), answers, strict=True):
            low, high = min(map(float, row)), max(map(float, row))
            assert low - 1e-4 * abs(low) - 1e-9 <= value <= high + 1e-4 * abs(high) + 1e-9
    assert ((found.consensus.right >= 0) & (found.consensus.right <= 1)).all()


def test_an_item_without_answers_has_no_number():
    found = consolidate_numbers(table_of([(1, 0, 3)], items=2))
    assert list(found.consensus.value) == ["", "3"]
    assert found.consensus.right[0] == 0.0
    assert not math.isnan(found.consensus.right[1])
