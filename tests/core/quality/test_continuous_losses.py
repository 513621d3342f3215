"""The certificate at its boundary where labels can be right in part: losses anywhere in [0, 1]."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.quality.betting_martingale import Outcome, standing, upper_total

ALLOWED, DELTA = 0.1, 0.05


def like_boxes(dice, items):
    """Most images a little off, some with a box missed or invented, a few all wrong."""
    loss = dice.beta(2.0, 22.0, items)
    part = dice.random(items)
    loss[part < 0.12] = dice.uniform(0.2, 0.6, items)[part < 0.12]
    loss[part < 0.02] = 1.0
    return loss


def like_spans(dice, items):
    """Most texts exactly right, the others by fractions with small denominators."""
    return np.where(dice.random(items) < 0.65, 0.0, 1.0 / dice.integers(1, 6, items))


def spread(dice, items):
    return dice.beta(0.5, 3.0, items)


def narrow(dice, items):
    return dice.beta(40.0, 200.0, items)


def halves(dice, items):
    """Ties against winners, and wrong winners."""
    return dice.choice([0.0, 0.5, 1.0], p=[0.78, 0.12, 0.1], size=items)


SHAPES = [like_boxes, like_spans, spread, narrow, halves]


def batch_of(shape, items, *, mean, dice):
    """Draw losses of a shape and scale them until their mean is exactly this; the shapes' means are larger."""
    raw = shape(dice, items)
    found = np.minimum(raw * (mean / raw.mean()), 1.0)
    found[np.argmin(found)] += max(0.0, mean * items - found.sum())
    assert found.sum() == pytest.approx(mean * items, abs=1e-9)
    assert ((found >= 0) & (found <= 1)).all()
    return found


def share_certified(shape, items, *, times, runs, seed=3):
    """`times` 1 is the best batch that must not be certified: its total is a hair above the allowed one."""
    dice = np.random.default_rng(seed)
    batch = batch_of(shape, items, mean=ALLOWED * times + 1e-5 / items, dice=dice)
    return np.mean(
        [
            standing(dice.permutation(batch).tolist(), items=items, allowed=ALLOWED, delta=DELTA).certified
            for _ in range(runs)
        ]
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_a_batch_a_hair_too_bad_is_rarely_certified(shape):
    """120 runs: 5 % at most, and 4 standard deviations of chance on top."""
    assert share_certified(shape, 200, times=1.0, runs=120) <= 0.05 + 4 * math.sqrt(0.05 * 0.95 / 120)


@pytest.mark.slow
@pytest.mark.parametrize("times", [1.0, 1.2])
@pytest.mark.parametrize("items", [200, 1000, 5000])
@pytest.mark.parametrize("shape", SHAPES)
def test_false_certificates_of_partly_right_labels_stay_within_six_per_cent(shape, items, times, scale):
    runs = max(200, int(2000 * scale))
    # Few runs scatter: a tenth of them gets two standard deviations of room.
    room = 0.0 if runs >= 2000 else 2 * math.sqrt(0.05 * 0.95 / runs)
    assert share_certified(shape, items, times=times, runs=runs) <= 0.06 + room


@pytest.mark.parametrize("shape", SHAPES)
def test_a_batch_with_half_the_allowed_loss_is_certified_early(shape):
    dice = np.random.default_rng(4)
    batch = batch_of(shape, 1000, mean=ALLOWED / 2, dice=dice)
    found = [
        standing(dice.permutation(batch).tolist(), items=1000, allowed=ALLOWED, delta=DELTA)
        for _ in range(20)
    ]
    assert np.mean([one.certified for one in found]) >= 0.9
    assert np.mean([one.checks for one in found]) < 300


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from(SHAPES), st.integers(60, 150))
def test_the_bound_never_lies_below_what_was_seen_and_mostly_covers_the_batch(seed, shape, items):
    dice = np.random.default_rng(seed)
    batch = batch_of(shape, items, mean=0.08, dice=dice)
    sample = dice.permutation(batch)[: items // 2].tolist()
    bound = upper_total(sample, items=items, delta=1e-6, whole=False)
    assert sum(sample) - 1e-9 <= bound <= sum(sample) + items - len(sample) + 1e-9
    assert bound >= batch.sum() - 1e-6


def test_the_bound_covers_the_mean_of_boxes_as_often_as_it_says():
    dice = np.random.default_rng(8)
    batch = batch_of(like_boxes, 300, mean=0.07, dice=dice)
    covered = [
        upper_total(dice.permutation(batch)[:100].tolist(), items=300, delta=DELTA, whole=False)
        >= batch.sum()
        for _ in range(40)
    ]
    assert np.mean(covered) >= 0.9


def test_an_exhausted_batch_at_the_allowed_loss_is_certified():
    losses = [ALLOWED] * 50
    found = standing(losses, items=50, allowed=ALLOWED, delta=1e-12)
    assert found.outcome is Outcome.EXHAUSTED
