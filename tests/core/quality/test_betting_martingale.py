import math
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.quality.betting_martingale import (
    BETS,
    Outcome,
    checks_to_proof,
    standing,
    upper_total,
    wealth_path,
)

SCALE = float(os.environ.get("SCALE", "1"))


def boundary_batch(items, alpha):
    """The best batch that must not be certified: one error more than allowed."""
    errors = math.floor(alpha * items + 1e-9) + 1
    return np.concatenate([np.ones(errors), np.zeros(items - errors)])


def share_certified(items, alpha, *, runs, seed=1, delta=0.05):
    dice = np.random.default_rng(seed)
    batch = boundary_batch(items, alpha)
    return np.mean(
        [
            standing(dice.permutation(batch).tolist(), items=items, allowed=alpha, delta=delta).certified
            for _ in range(runs)
        ]
    )


def test_fifty_nine_clean_checks_are_about_what_a_large_batch_needs():
    found = standing([0.0] * 500, items=100_000, allowed=0.05, delta=0.05)
    assert found.outcome is Outcome.CERTIFIED
    assert 59 <= found.checks <= 75


def test_more_errors_than_allowed_can_never_be_certified():
    found = standing([1.0] * 6 + [0.0] * 50, items=100, allowed=0.05, delta=0.05)
    assert (found.outcome, found.checks) == (Outcome.IMPOSSIBLE, 6)


def test_a_batch_whose_rest_may_be_all_wrong_is_certified_by_exhaustion():
    found = standing([0.0] * 10, items=10, allowed=0.1, delta=1e-9)
    assert (found.outcome, found.checks) == (Outcome.EXHAUSTED, 9)


def test_an_empty_sample_is_open():
    assert standing([], items=100, allowed=0.05, delta=0.05).outcome is Outcome.OPEN


@pytest.mark.parametrize("items", [200, 1000])
def test_a_batch_just_too_bad_is_rarely_certified(items):
    """300 runs: 4.7 % expected at most; 5 standard deviations of chance on top."""
    runs = 300
    assert share_certified(items, 0.05, runs=runs) <= 0.05 + 5 * math.sqrt(0.05 * 0.95 / runs)


@pytest.mark.slow
@pytest.mark.parametrize("items", [200, 1000, 5000])
def test_false_certificates_stay_within_six_per_cent(items):
    assert share_certified(items, 0.05, runs=max(200, int(2000 * SCALE)), seed=7) <= 0.06


@pytest.mark.parametrize(("items", "checks"), [(200, 83), (1000, 113), (5000, 122)])
def test_a_good_batch_takes_the_published_number_of_checks(items, checks):
    dice = np.random.default_rng(5)
    batch = np.concatenate([np.ones(items // 100), np.zeros(items - items // 100)])
    taken = [
        standing(dice.permutation(batch).tolist(), items=items, allowed=0.05, delta=0.05).checks
        for _ in range(200)
    ]
    assert np.mean(taken) == pytest.approx(checks, rel=0.15)


@settings(max_examples=50, deadline=None)
@given(st.integers(20, 200), st.integers(0, 10), st.integers(0, 10_000))
def test_the_upper_bound_agrees_with_the_test(items, errors, seed):
    dice = np.random.default_rng(seed)
    batch = np.concatenate([np.ones(min(errors, items)), np.zeros(max(items - errors, 0))])
    sample = dice.permutation(batch)[: items // 2].tolist()
    bound = upper_total(sample, items=items, delta=0.05, whole=True)
    assert sum(sample) <= bound <= items - len(sample) + sum(sample)
    if bound < items - len(sample) + sum(sample):
        assert standing(sample, items=items, allowed=(bound + 1) / items, delta=0.05).certified


def test_the_upper_bound_covers_the_truth():
    dice = np.random.default_rng(11)
    batch = np.concatenate([np.ones(15), np.zeros(285)])
    covered = [
        upper_total(dice.permutation(batch)[:120].tolist(), items=300, delta=0.05, whole=True) >= 15
        for _ in range(200)
    ]
    assert np.mean(covered) >= 0.93


def test_losses_between_zero_and_one_are_tested_too():
    found = standing([0.02] * 300, items=1000, allowed=0.1, delta=0.05)
    assert found.certified
    assert upper_total([0.02] * 300, items=1000, delta=0.05, whole=False) < 100 + 1e-6


@given(st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.5, 1.0]), max_size=60), st.sampled_from([0.05, 0.2, 0.5]))
def test_the_path_of_a_proof_ends_where_the_test_stands(losses, allowed):
    path = wealth_path(losses, items=80, allowed=allowed)
    found = standing(losses, items=80, allowed=allowed, delta=0.05)
    if found.outcome is Outcome.CERTIFIED:
        assert path[found.checks - 1] == found.wealth
        assert all(wealth < 20 for wealth in path[: found.checks - 1])
    else:
        assert len(path) == found.checks
        assert found.best_wealth == max([1.0, *path])
        assert found.wealth == (path[-1] if path else 1.0)


def test_a_right_label_multiplies_the_evidence_and_a_wrong_one_shrinks_it():
    """Ten items, two may be wrong: m = 2/10, so each bet f gains a factor 1 + f (2/10) / (8/10)."""
    (first,) = wealth_path([0.0], items=10, allowed=0.2)
    assert first == pytest.approx(np.mean([1 + bet * 0.25 for bet in BETS]))
    (lost,) = wealth_path([1.0], items=10, allowed=0.2)
    assert lost == pytest.approx(np.mean([1 - bet for bet in BETS]))


@given(
    items=st.integers(5, 150),
    allowed=st.sampled_from([0.02, 0.05, 0.1, 0.3]),
    errors=st.integers(0, 3),
    seen=st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.5, 1.0]), max_size=20),
)
def test_the_checks_to_a_proof_are_those_after_which_the_test_decides(items, allowed, errors, seen):
    seen = seen[: items // 2]
    if standing(seen, items=items, allowed=allowed, delta=0.05).certified:
        return
    found = checks_to_proof(seen, items=items, allowed=allowed, delta=0.05, errors=errors)
    first = next(
        (
            more
            for more in range(errors, items - len(seen) + 1)
            if standing(
                [*seen, *[1.0] * errors, *[0.0] * (more - errors)], items=items, allowed=allowed, delta=0.05
            ).certified
        ),
        None,
    )
    assert found == first


def test_each_error_makes_a_proof_longer():
    checks = [checks_to_proof([], items=5_000, allowed=0.05, delta=0.05, errors=n) for n in range(4)]
    assert checks == sorted(checks)
    assert checks[0] in range(59, 75)
    assert checks_to_proof([0.0] * 20, items=5_000, allowed=0.05, delta=0.05, errors=0) == checks[0] - 20
