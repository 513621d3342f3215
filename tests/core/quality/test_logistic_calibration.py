import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.ports.answers import Consensus
from assay.core.quality.logistic_calibration import (
    IDENTITY,
    Calibration,
    Trust,
    expected_calibration_error,
    fit_calibration,
    fit_trust,
)


def consensus(right, *, agreement=None, count=None):
    right = np.asarray(right, dtype=float)
    n = len(right)
    return Consensus(
        value=["a"] * n,
        right=right,
        agreement=np.ones(n) if agreement is None else agreement,
        count=np.full(n, 3) if count is None else count,
    )


def test_without_known_items_the_model_is_believed():
    nothing = fit_calibration(consensus=consensus([]), was_right=np.array([], dtype=bool))
    assert nothing == IDENTITY
    assert IDENTITY.apply(consensus([0.6, 0.9])) == pytest.approx([0.6, 0.9])


def test_an_overconfident_model_is_brought_down_to_its_rate():
    dice = np.random.default_rng(1)
    claimed = consensus(np.full(200, 0.99))
    was_right = dice.random(200) < 0.85
    fitted = fit_calibration(consensus=claimed, was_right=was_right)
    assert fitted.apply(claimed).mean() == pytest.approx(was_right.mean(), abs=0.03)


def test_a_handful_of_known_items_moves_the_model_only_a_little():
    claimed = consensus([0.9, 0.9, 0.9])
    fitted = fit_calibration(consensus=claimed, was_right=np.array([True, True, False]))
    assert 0.7 < fitted.apply(claimed)[0] < 0.9


def test_calibration_lowers_the_calibration_error_on_fresh_items():
    dice = np.random.default_rng(2)
    true = dice.uniform(0.5, 0.98, 4000)
    overconfident = 1 / (1 + np.exp(-2.5 * np.log(true / (1 - true))))
    was_right = dice.random(4000) < true
    fitted = fit_calibration(consensus=consensus(overconfident[:150]), was_right=was_right[:150])
    fresh = consensus(overconfident[150:])
    before = expected_calibration_error(fresh.right, was_right[150:])
    assert expected_calibration_error(fitted.apply(fresh), was_right[150:]) < before / 2


def test_where_errors_go_with_disagreement_the_vote_tells_more_than_what_independence_would_make_of_it():
    # Twenty answers an item: to a model of independent people all of these are certain.
    dice = np.random.default_rng(3)
    agreement = dice.uniform(0.5, 1.0, 400)
    was_right = dice.random(400) < 0.4 + 0.6 * (agreement - 0.5) / 0.5
    claimed = consensus(np.full(400, 1 - 1e-8), agreement=agreement, count=np.full(400, 20))
    fitted = fit_calibration(consensus=claimed, was_right=was_right)
    applied = fitted.apply(claimed)
    assert applied.mean() == pytest.approx(was_right.mean(), abs=0.05)
    assert applied[agreement > 0.9].mean() > applied[agreement < 0.6].mean() + 0.15


def test_items_without_a_consensus_stay_at_zero():
    assert IDENTITY.apply(consensus([0.0, 0.8]))[0] == 0.0


def test_weights_survive_storage():
    fitted = Calibration((0.1, 0.9, -0.2, 0.3), floor=0.01)
    assert Calibration.from_json(list(fitted.to_json())) == fitted


@given(st.lists(st.tuples(st.floats(0.5, 1.0), st.booleans()), min_size=1, max_size=40))
def test_whatever_is_known_probabilities_stay_probabilities(known):
    claimed = consensus([p for p, _ in known])
    fitted = fit_calibration(consensus=claimed, was_right=np.array([r for _, r in known]))
    applied = fitted.apply(claimed)
    assert np.isfinite(applied).all()
    assert ((applied >= 0) & (applied <= 1)).all()


def test_the_calibration_error_of_a_perfect_forecast_is_zero():
    assert expected_calibration_error(np.array([1.0, 0.0]), np.array([True, False])) == 0.0
    assert expected_calibration_error(np.array([1.0, 1.0]), np.array([True, False])) == 0.5
    assert expected_calibration_error(np.array([]), np.array([], dtype=bool)) == 0.0


def test_a_model_that_is_sure_and_half_wrong_is_brought_down_at_once():
    # Plain Newton steps overshoot here and swing for ever.
    claimed = consensus(np.full(120, 0.9999))
    fitted = fit_calibration(consensus=claimed, was_right=np.full(120, 0.5))
    assert fitted.apply(claimed).mean() == pytest.approx(0.5, abs=0.05)


def test_trust_is_one_sigmoid_with_a_floor_and_silence_is_not_believed():
    trust = Trust(shift=0.0, slope=1.0, floor=0.1)
    said = trust.apply(np.array([0.5, 0.9, 0.0, np.nan]))
    assert said[:3] == pytest.approx([0.45, 0.81, 0.0])
    assert np.isnan(said[3])


@given(st.lists(st.tuples(st.floats(0.05, 0.99), st.booleans()), max_size=40))
def test_trust_grows_with_the_models_confidence(known):
    at, hit = np.array([one for one, _ in known]), np.array([right for _, right in known], dtype=bool)
    trust = fit_trust(known=at, right=hit)
    assert trust.slope > 0.0
    assert (np.diff(trust.apply(np.linspace(0.01, 0.99, 40))) > 0.0).all()


def test_an_item_of_weight_two_teaches_as_much_as_two():
    at, hit = np.array([0.9, 0.8, 0.95]), np.array([1.0, 0.0, 1.0])
    one = fit_trust(known=at, right=hit, weight=np.array([1.0, 2.0, 1.0]))
    two = fit_trust(known=at[[0, 1, 1, 2]], right=hit[[0, 1, 1, 2]])
    assert (one.shift, one.slope) == pytest.approx((two.shift, two.slope), abs=1e-3)
