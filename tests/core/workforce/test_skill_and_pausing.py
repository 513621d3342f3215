import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from assay.core.workforce.skill_and_pausing import BetaSkill, crowd_prior, should_pause


def test_a_newcomer_is_believed_to_be_able():
    new = BetaSkill(right=0, wrong=0)
    assert new.mean == 0.8
    assert new.lower() < new.mean < new.upper()


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_right_answer_raises_and_a_wrong_one_lowers(right, wrong):
    now = BetaSkill(right, wrong)
    assert BetaSkill(right, wrong + 1).mean < now.mean < BetaSkill(right + 1, wrong).mean


def test_guessing_is_paused_and_good_work_is_not():
    assert should_pause(right=4, wrong=12, classes=4)
    assert not should_pause(right=14, wrong=2, classes=4)
    assert not should_pause(right=0, wrong=4, classes=2)


@pytest.mark.parametrize("seen", [5, 10, 20, 40])
@pytest.mark.parametrize("classes", [2, 4, 10])
def test_adequate_people_are_paused_wrongly_once_in_a_hundred_looks_at_most(seen, classes):
    wrongly = sum(
        binom.pmf(right, seen, 0.7)
        for right in range(seen + 1)
        if should_pause(right=right, wrong=seen - right, classes=classes)
    )
    assert wrongly <= 0.01


def test_people_are_drawn_to_their_crowd():
    good, poor = crowd_prior([(19, 1)] * 20), crowd_prior([(11, 9)] * 20)
    assert good[0] / sum(good) > 0.9
    assert 0.5 < poor[0] / sum(poor) < 0.65
    # One answer of a newcomer says little: they are taken for one of the crowd.
    assert BetaSkill(0, 1, prior=good).mean > 0.85
    assert BetaSkill(0, 1, prior=poor).mean < 0.6


def test_a_crowd_of_nobody_can_do_it_as_most_people_can():
    a, b = crowd_prior([])
    assert a / (a + b) == pytest.approx(0.8)


def test_a_mixed_crowd_draws_less_than_one_of_equals():
    equals, mixed = crowd_prior([(16, 4)] * 20), crowd_prior([(20, 0)] * 12 + [(4, 16)] * 8)
    assert sum(mixed) < sum(equals)
