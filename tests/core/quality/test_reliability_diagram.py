"""Reliability: bins by hand, Wilson's interval from a published table."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.quality.logistic_calibration import expected_calibration_error
from assay.core.quality.reliability_diagram import reliability, wilson


def test_bins_hold_their_means():
    believed = np.array([0.55, 0.58, 0.91, 0.95, 1.0])
    low, high = reliability(believed, np.array([1.0, 0.0, 1.0, 1.0, 0.5]))
    assert (low.count, low.believed, low.right) == (2, pytest.approx(0.565), 0.5)
    assert (high.count, high.believed, high.right) == (3, pytest.approx(0.9533333), pytest.approx(2.5 / 3))


@pytest.mark.parametrize(
    ("right", "count", "expected"),
    # Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3.
    [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_the_interval_of_a_share_is_the_published_one(right, count, expected):
    assert wilson(right, count) == pytest.approx(expected, abs=5e-5)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=60))
def test_the_calibration_error_is_what_the_bins_show(pairs):
    believed, right = np.array(pairs).T
    found = reliability(believed, right)
    assert sum(one.count for one in found) == len(pairs)
    gap = sum(one.count * abs(one.believed - one.right) for one in found) / len(pairs)
    assert gap == pytest.approx(expected_calibration_error(believed, right), abs=1e-9)
    assert all(one.low - 1e-9 <= one.right <= one.high + 1e-9 for one in found)
