import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.ports.task_type import Rows
from assay.providers.prelabel.learning_model import LearningModel, _clearly_less, _kernel, learnt_rows


class Plain(LearningModel):
    directions = 20
    strength = 0.03


MODEL = Plain()


def predict(features, truth, *, answered, classes=2, seed=1):
    fold = np.random.default_rng(seed).integers(0, 3, len(truth))
    return MODEL.predict(
        features.astype(np.float32), soft=np.eye(classes)[truth], answered=answered, fold=fold
    )


def test_nearness_is_the_kernel_where_every_item_is_a_landmark():
    dice = np.random.default_rng(1)
    rows = dice.normal(size=(40, 3))
    far = ((rows[:, None] - rows[None]) ** 2).sum(axis=2)
    found = _kernel(rows, most=40)
    assert found @ found.T == pytest.approx(np.exp(-2.0 * far / np.median(far)), abs=1e-3)


def test_what_no_plane_divides_is_learnt_by_nearness():
    """A ring around a disc, in the directions of a sphere."""
    dice = np.random.default_rng(2)
    truth = dice.integers(2, size=400)
    angle, radius = (
        dice.uniform(0, 2 * np.pi, 400),
        np.where(truth == 1, 1.2, 0.35) + dice.normal(0, 0.08, 400),
    )
    features = np.column_stack([np.cos(angle) * radius, np.sin(angle) * radius, np.ones(400)])
    answered = np.arange(400) < 250
    found = predict(features, truth, answered=answered)
    assert (found.argmax(axis=1) == truth)[~answered].mean() > 0.95


def test_an_item_without_answers_hears_all_that_were_answered():
    """Its row does not depend on its fold; that of an answered one comes from the other folds."""
    dice = np.random.default_rng(3)
    truth = dice.integers(2, size=200)
    features = (dice.normal(size=(200, 5)) + 1.5 * np.eye(2, 5)[truth]).astype(np.float32)
    answered = np.arange(200) < 120
    fold = dice.integers(0, 3, 200)
    moved = np.where(answered, fold, (fold + 1) % 3)
    one, other = (
        MODEL.predict(features, soft=np.eye(2)[truth], answered=answered, fold=f) for f in (fold, moved)
    )
    assert np.array_equal(one, other)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1_000), st.integers(0, 60), st.sampled_from(list(Rows)[:2]))
def test_rows_are_probabilities_whatever_was_answered(seed, count, rows):
    dice = np.random.default_rng(seed)
    features = dice.normal(size=(60, 4)).astype(np.float32)
    features[dice.random(60) < 0.1] = np.nan
    soft = dice.dirichlet(np.ones(3), 60)
    found = learnt_rows(
        features,
        soft=soft,
        answered=np.arange(60) < count,
        fold=dice.integers(0, 3, 60),
        rows=rows,
        directions=4,
        strength=0.1,
    )
    assert ((found >= 0.0) & (found <= 1.0)).all()
    if rows is Rows.ONE:
        assert found.sum(axis=1) == pytest.approx(np.ones(60))
        assert found[np.isnan(features).any(axis=1)] == pytest.approx(1 / 3)


def test_a_candidate_that_is_hardly_better_is_not_taken():
    least = np.full(100, 1.0)
    noisy = least + np.where(np.arange(100) % 2, 0.5, -0.52)
    assert not _clearly_less(noisy, least)
    assert _clearly_less(least - 0.01, least)
