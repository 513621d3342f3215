import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from assay.core.quality.fixed_size_audit import checks_needed, upper_errors


@pytest.mark.parametrize(
    ("allowed", "checks"),
    [
        (0.05, (59, 93, 124, 153, 208)),
        (0.02, (149, 236, 313, 386, 523)),
        (0.01, (299, 473, 628, 773, 1049)),
    ],
)
def test_the_published_table_of_checks(allowed, checks):
    found = [checks_needed(items=None, allowed=allowed, delta=0.05, errors=c) for c in (0, 1, 2, 3, 5)]
    assert found == list(checks)


@pytest.mark.parametrize(("items", "checks"), [(100, 39), (1000, 56)])
def test_finite_batches_need_less(items, checks):
    assert checks_needed(items=items, allowed=0.05, delta=0.05, errors=0) == checks


def test_a_plan_that_forgives_more_than_is_allowed_does_not_exist():
    assert checks_needed(items=100, allowed=0.02, delta=0.05, errors=3) is None


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_bound_is_the_largest_number_of_errors_not_ruled_out(data):
    items = data.draw(st.integers(2, 300))
    checks = data.draw(st.integers(1, items))
    errors = data.draw(st.integers(0, checks))
    bound = upper_errors(items=items, checks=checks, errors=errors, delta=0.05)
    assert errors <= bound <= items - checks + errors
    if bound < items - checks + errors:
        assert hypergeom.cdf(errors, items, bound + 1, checks) <= 0.05
    if bound > errors:
        assert hypergeom.cdf(errors, items, bound, checks) > 0.05


def test_the_bound_covers_at_the_stated_confidence():
    items, bad, checks = 400, 20, 80
    wrong = sum(
        hypergeom.pmf(c, items, bad, checks)
        for c in range(21)
        if upper_errors(items=items, checks=checks, errors=c, delta=0.05) < bad
    )
    assert wrong <= 0.05
