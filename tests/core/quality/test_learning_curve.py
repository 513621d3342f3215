import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.quality.learning_curve import LEAST_ITEMS, learning_curve, power_law

SIZES = np.array([100.0, 200.0, 400.0, 800.0])


def test_a_power_law_is_found_again():
    floor, scale, slope = power_law(SIZES, 0.05 + 2.0 * SIZES**-0.5)
    assert (floor, scale, slope) == (
        pytest.approx(0.05, abs=1e-6),
        pytest.approx(2.0, abs=1e-4),
        pytest.approx(0.5),
    )


def test_a_flat_curve_promises_nothing():
    floor, scale, _ = power_law(SIZES, np.full(4, 0.3))
    assert floor + scale * SIZES[-1] ** -0.05 == pytest.approx(0.3)
    assert scale == pytest.approx(0.0, abs=1e-9)


@settings(max_examples=100)
@given(st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4))
def test_the_fit_stays_within_its_bounds(errors):
    floor, scale, slope = power_law(SIZES, np.array(errors))
    assert floor >= 0.0
    assert scale >= 0.0
    assert 0.05 <= slope <= 1.5


def oracle(labels, *, knows):
    """A model that errs about a share of items which falls with the labels that it may learn from."""
    order = np.random.default_rng(3).permutation(len(labels))

    def predict(taught, fold):
        assert set(fold.tolist()) == {0, 1, 2, 3, 4}
        wrong = order < len(labels) * knows(int(taught.sum()))
        return np.where(wrong, 1 - labels, labels)

    return predict


def test_more_data_would_help_a_model_that_keeps_learning():
    labels = np.random.default_rng(1).integers(0, 2, 800)
    curve = learning_curve(oracle(labels, knows=lambda n: 4.0 * n**-0.5), labels=labels, seed=1)
    assert [point.items for point in curve.points] == [80, 160, 320, 640]
    errors = [point.error for point in curve.points]
    assert errors == sorted(errors, reverse=True)
    # 4 / sqrt(800) = 0.141 falls to 4 / sqrt(1600) = 0.1.
    assert curve.gain == pytest.approx(0.0414, abs=0.005)
    assert 0.0 < curve.low <= curve.gain <= curve.high < 0.1


def test_more_data_would_not_help_a_model_that_learns_no_more():
    labels = np.random.default_rng(1).integers(0, 2, 800)
    curve = learning_curve(oracle(labels, knows=lambda n: 0.2), labels=labels, seed=1)
    assert curve.gain == pytest.approx(0.0, abs=1e-9)
    assert curve.low == pytest.approx(0.0, abs=1e-9)


def test_too_few_items_or_one_label_say_nothing():
    few, same = np.arange(LEAST_ITEMS - 1) % 2, np.zeros(400, dtype=np.int64)
    assert learning_curve(oracle(few, knows=lambda n: 0.1), labels=few, seed=1) is None
    assert learning_curve(oracle(same, knows=lambda n: 0.1), labels=same, seed=1) is None
