import numpy as np
import pytest

from assay.core.quality.audit_attempts import delta_of_attempt, expected_checks, give_up
from assay.core.quality.betting_martingale import standing


def test_the_first_attempt_spends_delta_and_later_ones_a_falling_share():
    assert [delta_of_attempt(0.08, attempt) for attempt in (1, 2, 3)] == [0.08, 0.02, 0.01]


def test_attempts_are_counted_from_one():
    with pytest.raises(AssertionError):
        delta_of_attempt(0.05, 0)


@pytest.mark.parametrize(("items", "checks"), [(200, 83), (1000, 113), (5000, 122)])
def test_the_expected_length_is_near_the_measured_one(items, checks):
    found = expected_checks(items=items, allowed=0.05, delta=0.05, rates=np.array([0.01]))[0]
    assert found == pytest.approx(checks, rel=0.25)


def test_worse_batches_take_longer_and_bad_ones_take_everything():
    found = expected_checks(
        items=1000, allowed=0.05, delta=0.05, rates=np.array([0.0, 0.01, 0.02, 0.03, 0.06])
    )
    assert (np.diff(found) > 0).all()
    assert found[-1] == 1000


def test_nothing_is_left_to_check_in_an_exhausted_batch():
    assert expected_checks(items=10, allowed=0.1, delta=0.05, rates=np.array([0.5]), checked=10)[0] == 0


def test_a_hopeless_audit_ends_and_a_promising_one_goes_on():
    good = standing([0.0] * 30, items=1000, allowed=0.05, delta=0.05)
    bad = standing(([1.0] + [0.0] * 9) * 4, items=1000, allowed=0.05, delta=0.05)
    facts = {"items": 1000, "allowed": 0.05, "delta": 0.05, "alternative": 200.0}
    assert not give_up(good, rate=0.01, **facts)
    assert give_up(bad, rate=0.08, **facts)


def test_an_impossible_test_is_given_up_and_a_decided_one_is_not():
    lost = standing([1.0] * 10, items=100, allowed=0.05, delta=0.05)
    won = standing([0.0] * 100, items=1000, allowed=0.05, delta=0.05)
    facts = {"allowed": 0.05, "delta": 0.05, "rate": 0.01, "alternative": 0.0}
    assert give_up(lost, items=100, **facts)
    assert not give_up(won, items=1000, **facts)
