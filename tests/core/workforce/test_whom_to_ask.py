import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.workforce.whom_to_ask import FAIR, Fairness, choose, information, limit, reserve

SURE, COIN = np.array([[1.0, 0.0], [0.0, 1.0]]), np.full((2, 2), 0.5)


def pick(worth, **more):
    count = len(worth)
    given = {
        "pay": np.ones(count),
        "asked": np.zeros(count, np.int64),
        "given": 0,
        "tie": np.arange(count) / 10,
        "turn": 0.9,
    }
    return choose(np.array(worth, dtype=float), **given | more)


def test_whoever_is_always_right_tells_all_there_is_and_a_coin_tells_nothing():
    even = np.array([0.5, 0.5])
    assert information(even, SURE) == pytest.approx(np.log(2))
    assert information(even, COIN) == pytest.approx(0.0)
    assert information(np.array([1.0, 0.0]), SURE) == pytest.approx(0.0)


def test_an_answer_right_nine_times_in_ten_tells_what_a_binary_channel_does():
    rows = np.array([[0.9, 0.1], [0.1, 0.9]])
    noise = -0.9 * np.log(0.9) - 0.1 * np.log(0.1)
    assert information(np.array([0.5, 0.5]), rows) == pytest.approx(np.log(2) - noise)


def test_who_knows_the_two_labels_in_question_tells_more_than_who_is_better_on_the_whole():
    knows_ab = np.array([[0.95, 0.05, 0.0], [0.05, 0.95, 0.0], [0.4, 0.4, 0.2]])
    on_the_whole = np.array([[0.75, 0.2, 0.05], [0.2, 0.75, 0.05], [0.02, 0.02, 0.96]])
    torn = np.array([0.5, 0.5, 0.0])
    found = information(torn, np.stack([knows_ab, on_the_whole]))
    assert np.trace(knows_ab) < np.trace(on_the_whole)
    assert found[0] > found[1]


@given(seed=st.integers(0, 9_999))
def test_an_answer_tells_no_more_than_is_unknown_and_never_less_than_nothing(seed):
    dice = np.random.default_rng(seed)
    belief, rows = dice.dirichlet(np.ones(3)), dice.dirichlet(np.ones(4), size=(5, 3))
    found = information(np.tile(belief, (5, 1)), rows)
    unknown = -(belief * np.log(belief)).sum()
    assert (found >= 0).all()
    assert (found <= unknown + 1e-6).all()


def test_the_answer_that_tells_most_per_pay_is_asked_for():
    assert pick([0.2, 0.3, 0.1]) == 1
    assert pick([0.2, 0.3, 0.1], pay=np.array([1.0, 4.0, 1.0])) == 0
    assert pick([0.2, 0.2, 0.2], tie=np.array([0.5, 0.1, 0.9])) == 1


def test_nobody_gives_more_than_their_share_while_others_can():
    asked = np.array([300, 10, 50])
    assert pick([0.9, 0.1, 0.2], asked=asked, given=1_000) == 2
    assert pick([0.9, 0.1, 0.2], asked=asked, given=1_300) == 0
    assert pick([0.9], asked=np.array([300]), given=1_000) == 0
    assert pick([0.9, 0.1], asked=np.array([FAIR.start - 1, 0]), given=30) == 0


def test_one_pick_in_so_many_goes_to_whoever_was_asked_least_unless_it_is_late():
    more = {"asked": np.array([20, 3, 9]), "given": 100}
    assert pick([0.9, 0.1, 0.2], turn=0.05, **more) == 1
    assert pick([0.9, 0.1, 0.2], turn=0.05, late=True, **more) == 0
    assert pick([0.9, 0.1, 0.2], turn=0.05, fairness=Fairness(turn=0.0), **more) == 0


def test_nobody_starves():
    dice, asked = np.random.default_rng(1), np.zeros(10, np.int64)
    for count in range(2_000):
        asked[pick(np.linspace(1, 0.1, 10), asked=asked, given=count, turn=dice.random())] += 1
    assert asked.min() >= 0.5 * FAIR.turn * 2_000 / 10
    assert asked.max() <= FAIR.most * 2_000 + 1


def test_where_there_is_nobody_nobody_can_be_asked():
    with pytest.raises(ValueError, match="nobody"):
        pick([])


def in_reserve(worth, *, able=None, **more):
    count = len(worth)
    found = reserve(
        np.array(worth, dtype=float),
        pay=more.pop("pay", np.ones(count)),
        able=np.ones(count, dtype=bool) if able is None else np.array(able),
        **more,
    )
    return np.flatnonzero(found).tolist()


def test_whose_answers_tell_much_less_than_the_best_four_is_of_the_reserve():
    assert FAIR.enough == 4
    assert in_reserve([0.4, 0.4, 0.3, 0.3, 0.3, 0.1]) == [5]
    assert in_reserve([0.4, 0.4, 0.3, 0.3, 0.3, 0.1], pay=np.array([1, 1, 1, 1, 2, 0.25])) == [4]
    assert in_reserve([0.1] * 6) == []
    assert in_reserve([0.0] * 6) == []


def test_with_no_more_people_than_it_takes_nobody_is_of_the_reserve():
    assert in_reserve([0.9, 0.1, 0.1, 0.1]) == []
    assert in_reserve([0.9, 0.1, 0.1, 0.1, 0.0], able=[True] * 4 + [False]) == []
    assert in_reserve([0.9, 0.1, 0.1, 0.1, 0.1], fairness=Fairness(most=0.5)) == [1, 2, 3, 4]


def test_who_cannot_be_asked_is_neither_the_measure_nor_of_the_reserve():
    assert in_reserve([9.0, 0.4, 0.4, 0.4, 0.4, 0.3, 0.0], able=[False] + [True] * 5 + [False]) == []


@given(seed=st.integers(0, 9_999), count=st.integers(5, 30))
def test_the_reserve_are_the_last_and_never_one_of_the_best(seed, count):
    worth = np.random.default_rng(seed).exponential(size=count)
    found = in_reserve(worth)
    others = [place for place in range(count) if place not in found]
    assert not set(found) & {int(np.argmax(worth))}
    assert all(worth[one] < worth[other] for one in found for other in others)


def test_the_reserve_gives_a_tenth_together_and_everybody_gives_a_first_few():
    assert limit(40) == limit(40, among=3) == FAIR.start
    assert limit(1_000) == pytest.approx(250)
    assert limit(1_000, among=2) == pytest.approx(50)
    assert limit(10_000, among=20) == pytest.approx(50)
    assert limit(10_000, among=1, fairness=Fairness(most=0.05)) == pytest.approx(500)
    assert Fairness(most=1.0).enough == 1
    assert Fairness(most=0.3).enough == 4
