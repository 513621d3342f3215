import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.workforce.wager_evidence import found, from_p_value, mean_evidence, shared_out

LOGS = st.lists(st.floats(-50, 50), min_size=1, max_size=30).map(np.array)


def test_the_mean_of_e_values_is_taken_of_them_and_not_of_their_logs():
    logs = np.log(np.array([[4.0, 2.0], [1.0, 1.0]]))
    assert np.exp(mean_evidence(logs, weights=np.array([0.25, 0.75]))).tolist() == pytest.approx([2.5, 1.0])


def test_evidence_that_is_no_number_any_longer_stays_a_log():
    assert mean_evidence(np.array([2_000.0, 0.0]), weights=np.array([0.5, 0.5])) == pytest.approx(
        2_000.0 + np.log(0.5)
    )


def test_a_p_value_becomes_an_e_value_whose_mean_under_the_null_is_one():
    assert np.exp(from_p_value(np.array([0.25, 0.01]))).tolist() == pytest.approx([1.0, 5.0])
    uniform = (np.arange(2_000_000) + 0.5) / 2_000_000
    assert np.exp(from_p_value(uniform)).mean() == pytest.approx(1.0, abs=0.001)


def test_the_first_of_four_needs_four_times_as_much_as_it_would_alone():
    # Of four at 5 %, E_(1) >= 80, E_(2) >= 40 and so on are needed.
    assert found(np.log(np.array([79.0, 1.0, 1.0, 1.0])), rate=0.05).tolist() == [False] * 4
    assert found(np.log(np.array([81.0, 1.0, 1.0, 1.0])), rate=0.05).tolist() == [True, False, False, False]
    assert found(np.log(np.array([41.0, 1.0, 41.0, 1.0])), rate=0.05).tolist() == [True, False, True, False]
    assert found(np.zeros(0), rate=0.05).tolist() == []


@given(logs=LOGS, rate=st.sampled_from([0.01, 0.05, 0.5]))
def test_whoever_is_found_has_no_less_evidence_than_whoever_is_not(logs, rate):
    chosen = found(logs, rate=rate)
    if chosen.any() and not chosen.all():
        assert logs[chosen].min() >= logs[~chosen].max()
    assert not chosen[np.exp(np.minimum(logs, 600)) < 1.0 / rate].any()


def test_of_what_is_found_one_in_twenty_is_false_at_most_in_expectation():
    # 40 hypotheses, 4 of them false; wagers of 60 rounds at even odds, true ones tossed with a fair coin.
    dice, false_share = np.random.default_rng(3), []
    for _ in range(400):
        heads = dice.binomial(60, np.where(np.arange(40) < 4, 0.8, 0.5))
        logs = heads * np.log(0.75 / 0.5) + (60 - heads) * np.log(0.25 / 0.5)
        chosen = found(logs, rate=0.05)
        false_share.append(chosen[4:].sum() / max(chosen.sum(), 1))
    assert np.mean(false_share) <= 0.05


@given(suspected=st.lists(st.booleans(), min_size=1, max_size=60).map(np.array))
def test_weights_favour_the_suspected_and_are_one_on_average(suspected):
    weights = np.exp(shared_out(suspected, weight=10.0))
    assert weights.mean() == pytest.approx(1.0)
    if suspected.any() and not suspected.all():
        assert 1.0 <= weights[suspected].min() <= 10.0
        assert weights[~suspected].max() <= 1.0


def test_one_suspected_of_a_hundred_and_one_weighs_ten_times_as_much():
    weights = np.exp(shared_out(np.arange(101) == 7, weight=10.0))
    assert weights[7] == pytest.approx(10.0)
    assert weights[0] == pytest.approx(0.91)
