"""Rankings from comparisons and orders."""

from dataclasses import replace

import choix
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime, brentq

from assay.core.consolidation.values.rankings import (
    FIRST,
    SECOND,
    TIED,
    WIDE,
    Comparisons,
    _information,
    _loss,
    comparisons_of,
    consolidate_orders,
    rank,
    read_order,
)
from assay.core.errors import InvalidLabel
from assay.core.ports.answers import AnswerTable

ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)).filter(
        lambda row: row[0] != row[1]
    ),
    min_size=1,
    max_size=12,
)


def compared(rows, *, things=4, people=3):
    return Comparisons(*np.array(rows, np.int64).reshape(-1, 4).T, things=things, people=people)


def chance():
    return np.random.default_rng(5)


def simulated(strength, *, people, answers, place=0.0, ties=-np.inf, coins=(), seed=1):
    dice = np.random.default_rng(seed)
    rows = []
    for _ in range(answers):
        a, b = dice.choice(len(strength), 2, replace=False).tolist()
        who = int(dice.integers(people))
        odds = np.exp([strength[a] + place, strength[b], ties + (strength[a] + place + strength[b]) / 2])
        winner = int(dice.integers(3)) if who in coins else int(dice.choice(3, p=odds / odds.sum()))
        rows.append((a, b, winner, who))
    return compared(rows, things=len(strength), people=people)


def test_two_things_by_hand():
    # 3 of 4 judge for the first: the slope of the likelihood meets that of the prior, s = -s'.
    rows = [(0, 1, FIRST, 0)] * 3 + [(0, 1, SECOND, 0)]
    found = rank(compared(rows, things=2, people=1), chance=chance(), resamples=0, places=False)
    share = found.reliability[0]
    assert 0.8 < share <= 1.0
    half = brentq(lambda s: 2 * s / WIDE**2 / 2 - (3 - 4 / (1 + np.exp(-2 * s))), 0, 3)
    assert found.strength == pytest.approx([half, -half], abs=0.08)
    assert found.order.tolist() == [0, 1]


def test_strengths_of_many_answers_are_found_again():
    true = np.array([1.5, 0.5, -0.5, -1.5])
    found = rank(simulated(true, people=4, answers=1_500), chance=chance(), resamples=20)
    assert found.strength == pytest.approx(true, abs=0.3)
    assert found.order.tolist() == [0, 1, 2, 3]
    assert (found.low <= true + 0.3).all()
    assert (found.high >= true - 0.3).all()
    assert found.surer.min() > 0.95


def test_the_advantage_of_the_first_place_is_found_and_taken_out():
    true = np.array([0.6, 0.0, -0.6])
    answers = simulated(true, people=3, answers=2_000, place=0.8, ties=-0.5)
    found = rank(answers, chance=chance(), resamples=0)
    assert found.place == pytest.approx(0.8, abs=0.2)
    assert found.ties == pytest.approx(-0.5, abs=0.35)
    assert found.strength == pytest.approx(true, abs=0.2)
    assert rank(answers, chance=chance(), resamples=0, places=False).place == 0.0


def test_coins_are_recognised_and_a_judge_beats_them():
    true = np.array([2.0, 0.0, -2.0])
    answers = simulated(true, people=6, answers=900, coins=(3, 4, 5), ties=-1.0)
    found = rank(answers, chance=chance(), resamples=0)
    assert found.reliability[:3].min() > 0.75 > 0.5 > found.reliability[3:].max()
    assert found.order.tolist() == [0, 1, 2]


def test_ties_alone_leave_all_equal():
    found = rank(compared([(0, 1, TIED, 0), (1, 2, TIED, 0)], things=3), chance=chance(), resamples=5)
    assert found.strength == pytest.approx(np.zeros(3), abs=0.05)
    chances = found.chances(0, 1)
    assert sum(chances) == pytest.approx(1.0)
    assert chances[2] > chances[0]


def test_orders_are_comparisons_of_each_two():
    found = comparisons_of([[[2], [0, 1]], [[1], [0]]], [0, 1], things=3)
    rows = list(zip(found.first, found.second, found.winner, found.person, strict=True))
    assert rows == [(0, 1, TIED, 0), (0, 2, SECOND, 0), (1, 2, SECOND, 0), (0, 1, SECOND, 1)]


def test_what_all_put_first_is_first_and_the_strength_stays_finite():
    answers = comparisons_of([[[3], [1], [0], [2]]] * 5, range(5), things=4)
    found = rank(answers, chance=chance(), places=False)
    assert found.order.tolist() == [3, 1, 0, 2]
    assert np.isfinite(found.strength).all()


def orders(*rows, items=None):
    item, person, value = zip(*rows, strict=True)
    return AnswerTable(np.array(item), np.array(person), value, items or max(item) + 1, max(person) + 1)


def test_orders_of_several_people_become_one_for_each_item():
    table = orders(
        (0, 0, "tea > milk > ale"),
        (0, 1, "tea>milk=ale"),
        (0, 2, "milk > tea > ale"),
        (1, 0, "x>y"),
        (1, 1, "x>y"),
        items=3,
    )
    found = consolidate_orders(table, chance=chance())
    assert list(found.consensus.value) == ["tea>milk>ale", "x>y", ""]
    assert 1.0 > found.consensus.right[1] > found.consensus.right[0] > found.consensus.right[2] == 0.0
    assert found.consensus.agreement[0] == pytest.approx((1 + (2 + 0.5) / 3 + 2 / 3) / 3)
    assert found.consensus.count.tolist() == [3, 2, 0]


def test_more_answers_make_an_order_surer():
    right = [
        float(
            consolidate_orders(
                orders(*((0, who, "a>b") for who in range(many))), chance=chance()
            ).consensus.right[0]
        )
        for many in (1, 2, 5, 12)
    ]
    assert right == sorted(right)
    assert 0.6 < right[0] < 0.85
    assert right[-1] > 0.95


def test_what_answers_tell_is_the_second_derivative_of_the_loss():
    found = rank(
        compared([(0, 1, TIED, 0), (0, 1, FIRST, 1), (1, 2, SECOND, 2)]), chance=chance(), resamples=0
    )
    pair = compared([(0, 1, TIED, 0)])
    at = np.array([*found.strength, found.place, found.ties])

    def slope(x):
        # The expected gradient of one answer, over the three things that can be said.
        shares = np.array(rank_chances(at))
        every = [_loss(x, compared([(0, 1, said, 0)]), np.ones(1), np.ones(6))[1] for said in (0, 1, 2)]
        return (shares @ np.array(every) - x / WIDE**2)[:2]

    def rank_chances(x):
        odds = np.exp([x[0] + x[-2], x[1], x[-1] + (x[0] + x[-2] + x[1]) / 2])
        return odds / odds.sum()

    step = 1e-6
    curved = np.array([(slope(at + step * np.eye(6)[k]) - slope(at)) / step for k in (0, 1)])
    told = _information(replace(found, reliability=np.ones(3)), pair)
    assert curved == pytest.approx(np.array([[told[0, 0], told[0, 1]], [told[1, 0], told[1, 1]]]), abs=1e-4)


@given(st.permutations(["a", "b", "c", "d"]), st.integers(1, 3))
@settings(deadline=None, max_examples=20)
def test_a_unanimous_order_is_the_order(names, people):
    table = orders(*((0, who, ">".join(names)) for who in range(people)))
    found = consolidate_orders(table, chance=chance()).consensus
    assert list(found.value) == [">".join(names)]
    assert found.agreement.tolist() == [1.0]


def test_a_perfect_judge_beats_two_coins_over_many_items():
    dice, rows = np.random.default_rng(4), []
    for item in range(40):
        rows += [(item, who, "a>b>c>d") for who in (0, 1)]
        rows += [(item, who, ">".join(dice.permutation(list("abcd")))) for who in (2, 3, 4)]
    found = consolidate_orders(orders(*rows), chance=chance())
    assert sum(value == "a>b>c>d" for value in found.consensus.value) > 36
    assert found.skill[:2].min() > 0.9 > 0.7 > found.skill[2:].max()


@pytest.mark.parametrize("text", ["", "a>>b", "a>b>a", "a=a", ">"])
def test_what_is_no_order_is_refused(text):
    with pytest.raises(InvalidLabel):
        read_order(text)


def test_nothing_compared_is_no_error():
    found = rank(compared([], things=2), chance=chance())
    assert found.strength.tolist() == [0.0, 0.0]


@settings(deadline=None, max_examples=30)
@given(ROWS, st.randoms(use_true_random=False))
def test_neither_the_order_of_answers_nor_names_matter(rows, dice):
    names, things = list(range(3)), list(range(4))
    dice.shuffle(names)
    dice.shuffle(things)
    other = [(things[a], things[b], winner, names[who]) for a, b, winner, who in rows]
    dice.shuffle(other)
    one, two = (rank(compared(found), chance=chance(), resamples=0) for found in (rows, other))
    assert one.strength == pytest.approx(two.strength[things], abs=5e-3)
    assert one.reliability == pytest.approx(two.reliability[names], abs=5e-3)


@given(ROWS, st.lists(st.floats(-2, 2), min_size=6, max_size=6))
def test_the_gradient_is_that_of_the_loss(rows, at):
    answers, free = compared([*rows, (0, 1, TIED, 0)]), np.ones(6)
    weight = np.linspace(0.2, 1.0, len(answers.first))
    _, gradient = _loss(np.array(at), answers, weight, free)
    near = approx_fprime(np.array(at), lambda x: _loss(x, answers, weight, free)[0], 1e-6)
    assert gradient == pytest.approx(near, abs=1e-3)


def test_strengths_are_those_of_choix():
    answers = simulated(np.array([1.0, 0.0, -1.0]), people=2, answers=400)
    won = [
        (a, b) if winner == FIRST else (b, a)
        for a, b, winner in zip(answers.first, answers.second, answers.winner, strict=True)
    ]
    theirs = choix.opt_pairwise(3, won, alpha=1 / WIDE**2)
    ours = rank(answers, chance=chance(), resamples=0, places=False).strength
    assert ours == pytest.approx(theirs - theirs.mean(), abs=0.15)
