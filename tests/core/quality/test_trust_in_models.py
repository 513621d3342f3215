import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.ports.task_type import Rows
from assay.core.quality.trust_in_models import MOST_CERTAIN, fit_sharpness, sharpened


def claimed(share, *, right, items=100, said=0.5):
    """A model of three classes that names class 0 at `said` and is right at that rate."""
    prior = np.full((items, 3), (1 - said) / 2)
    prior[:, 0] = said
    truth = [0 if k < round(right * items) else 1 for k in range(items)]
    known = np.eye(3)[truth]
    known[[k for k in range(items) if k % round(1 / share)]] = np.nan
    return prior, known, np.ones(items)


def test_a_model_that_is_surer_than_it_says_is_sharpened():
    prior, truth, weight = claimed(1.0, right=0.95)
    power = fit_sharpness(prior, truth=truth, weight=weight)
    assert power > 2
    assert sharpened(prior, power).max(axis=1) == pytest.approx(np.full(100, 0.95), abs=0.03)


def test_a_model_that_boasts_is_flattened():
    prior, truth, weight = claimed(1.0, right=0.5, said=0.9)
    power = fit_sharpness(prior, truth=truth, weight=weight)
    assert power < 0.6


def test_without_known_items_or_proposals_nothing_changes():
    prior, _, weight = claimed(1.0, right=0.9)
    assert fit_sharpness(prior, truth=np.full((100, 3), np.nan), weight=weight) == 1.0
    known = np.eye(3)[[0] * 100]
    assert fit_sharpness(np.full((100, 3), np.nan), truth=known, weight=weight) == 1.0


def test_labels_that_are_right_by_themselves_are_sharpened_by_themselves():
    truth = np.tile([1.0, 0.0, 1.0], (60, 1))
    timid = np.tile([0.6, 0.4, 0.6], (60, 1))
    power = fit_sharpness(timid, truth=truth, weight=np.ones(60), rows=Rows.ANY)
    assert power > 3
    found = sharpened(timid, power, rows=Rows.ANY)
    assert found[0, 0] > 0.9
    assert found[0, 1] < 0.1
    assert fit_sharpness(1.0 - timid, truth=truth, weight=np.ones(60), rows=Rows.ANY) < 1.0


@given(
    st.lists(st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3), min_size=1, max_size=20),
    st.floats(0.25, 12.0),
)
def test_sharpening_keeps_probabilities_and_their_order(rows, power):
    prior = np.array(rows)
    prior /= prior.sum(axis=1, keepdims=True)
    found = sharpened(prior, power)
    assert found.sum(axis=1) == pytest.approx(np.ones(len(rows)))
    assert found.max() <= MOST_CERTAIN + 1e-9
    best = prior[np.arange(len(rows)), found.argmax(axis=1)]
    assert best == pytest.approx(prior.max(axis=1))


def test_a_row_that_says_nothing_stays_silent():
    prior = np.array([[np.nan, np.nan], [0.6, 0.4]])
    found = sharpened(prior, 2.0)
    assert np.isnan(found[0]).all()
    assert found[1, 0] > 0.6
