import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.workforce.slipping_people import LEAST, drift


def test_a_fall_half_way_is_found_with_its_time_and_size():
    values = np.array([0.1] * 60 + [-0.3] * 60) + np.random.default_rng(1).normal(0, 0.2, 120)
    found = drift(values)
    assert found.since == pytest.approx(60, abs=3)
    assert (found.before, found.after) == (pytest.approx(0.1, abs=0.08), pytest.approx(-0.3, abs=0.08))
    assert found.p < 1e-6


def test_the_p_value_is_smirnov_s_of_the_largest_partial_sum():
    values = np.array([1.0] * 20 + [-1.0] * 20)
    # Sums reach 20 around a mean of 0 with a spread of 1: x = 20 / sqrt(40).
    assert drift(values).p == pytest.approx(np.exp(-2 * 20**2 / 40))


def test_who_becomes_better_does_not_slip():
    values = np.array([-0.3] * 60 + [0.1] * 60) + np.random.default_rng(1).normal(0, 0.2, 120)
    assert drift(values).p > 0.5


def test_few_answers_and_answers_all_alike_say_nothing():
    assert drift(np.array([1.0] * (LEAST // 2) + [0.0] * (LEAST // 2 - 1))).p == 1.0
    assert drift(np.full(100, 0.3)).p == 1.0
    assert drift(np.zeros(0)).before == 0.0


def test_where_nothing_changes_the_rate_of_alarms_is_the_one_stated():
    dice = np.random.default_rng(5)
    p = np.array([drift((dice.random(80) < 0.7) - 0.7).p for _ in range(4_000)])
    for level in (0.01, 0.05, 0.2):
        assert (p <= level).mean() <= level * 1.1


@given(values=st.lists(st.floats(-1, 1), min_size=LEAST, max_size=80).map(np.array), shift=st.floats(-3, 3))
def test_how_good_somebody_is_on_the_whole_does_not_matter(values, shift):
    if values.std() > 1e-3:
        assert drift(values + shift).p == pytest.approx(drift(values).p, rel=1e-5, abs=1e-9)
