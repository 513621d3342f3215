import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.workforce.working_pace import REACTION, automated, pace


def times(seed=1, *, people=12, items=60, spread=0.5):
    """Everybody answers every item in log-normal times of the item, the person and chance."""
    dice = np.random.default_rng(seed)
    item, person = np.tile(np.arange(items), people), np.repeat(np.arange(people), items)
    logs = dice.normal(1.8, 0.4, items)[item] + dice.normal(0, 0.3, people)[person]
    return item, person, np.exp(logs + dice.normal(0, spread, len(item)))


def found(item, person, seconds, people=12):
    return pace(item, person, seconds, people=people)


def test_a_person_s_factor_is_their_time_in_shares_of_the_usual_one():
    item, person, seconds = times()
    before = found(item, person, seconds).factor[3]
    seconds[person == 3] /= 4.0
    after = found(item, person, seconds).factor[3]
    assert after / before == pytest.approx(0.25, rel=0.15)


def test_coffee_with_the_page_open_changes_no_pace():
    item, person, seconds = times()
    before = found(item, person, seconds)
    seconds[np.flatnonzero(person == 5)[:6]] = 3_600.0
    after = found(item, person, seconds)
    assert after.factor[5] == pytest.approx(before.factor[5], rel=0.2)
    assert automated(after).max() < np.log(20)


def test_honest_people_are_neither_fast_nor_automated():
    fast = clocks = 0
    for seed in range(40):
        one = found(*times(seed))
        fast += int((one.fast <= 0.001).sum())
        clocks += int((automated(one) >= np.log(20)).sum())
    assert (fast, clocks) == (0, 0)


def test_the_too_fast_s_p_value_is_uniform_for_honest_people():
    p = np.concatenate([found(*times(seed, people=15), people=15).fast for seed in range(150)])
    for level in (0.01, 0.05, 0.2, 0.5):
        assert (p <= level).mean() == pytest.approx(level, abs=0.005 + 0.2 * level)


def test_nobody_looks_and_answers_faster_than_a_person_can():
    item, person, seconds = times()
    seconds[person == 2] = REACTION / 2
    one = found(item, person, seconds)
    assert one.quick[2] == one.count[2] == 60
    # 60 answers at (1/2) / (1/20) each.
    assert one.impossible[2] == pytest.approx(60 * np.log(10))
    assert automated(one)[2] > np.log(1e6)
    # Three of sixty happen: a key pressed twice.
    seconds[person == 2] = 4.0
    seconds[np.flatnonzero(person == 2)[:3]] = 0.1
    assert found(item, person, seconds).impossible[2] < 0


def test_times_as_even_as_a_clock_s_are_a_program_s():
    item, person, seconds = times()
    seconds[person == 0] = 5.0 * np.random.default_rng(1).uniform(0.9, 1.1, 60)
    one = found(item, person, seconds)
    assert one.even[0] < 1e-9
    assert automated(one)[0] > np.log(1_000)
    assert one.even[1:].min() > 0.001


def test_times_that_are_not_told_or_all_alike_say_nothing():
    item, person, seconds = times()
    for none in (np.zeros(len(seconds)), np.full(len(seconds), 3.0)):
        one = found(item, person, none)
        assert (one.fast.min(), one.even.min()) == (1.0, 1.0)
        assert automated(one).max() <= 0.0
    few = found(*times(people=7), people=7)
    assert (few.fast.min(), few.even.min()) == (1.0, 1.0)


@settings(max_examples=25)
@given(scale=st.floats(0.1, 50.0), seed=st.integers(0, 999))
def test_paces_do_not_depend_on_how_long_the_work_takes_everybody(scale, seed):
    item, person, seconds = times(seed)
    one, other = found(item, person, seconds), found(item, person, scale * seconds)
    assert one.factor == pytest.approx(other.factor)
    assert one.fast == pytest.approx(other.fast)
    assert one.even == pytest.approx(other.even)
