import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.quality.betting_martingale import standing
from assay.core.review.expert_redo_depth import (
    Audit,
    audit_cost,
    better_again,
    choose_for_experts,
    costs_by_depth,
)


def audit(items, *, spread=0.2):
    return Audit(items=items, allowed=0.05, delta=0.05, spread=spread)


def test_a_good_batch_needs_no_review_before_its_audit():
    chosen = choose_for_experts(
        right=np.full(2000, 0.998), judged=np.zeros(2000, dtype=bool), audit=audit(2000)
    )
    assert len(chosen) == 0


def test_experts_redo_the_riskiest_items_first():
    right = np.concatenate([np.full(900, 0.99), np.full(100, 0.5)])
    chosen = choose_for_experts(right=right, judged=np.zeros(1000, dtype=bool), audit=audit(1000))
    assert 20 < len(chosen) <= 130
    assert set(chosen.tolist()[:100]) <= set(range(900, 1000))


def test_a_hopeless_batch_is_redone_as_far_as_the_ledger_asks():
    chosen = choose_for_experts(right=np.zeros(200), judged=np.zeros(200, dtype=bool), audit=audit(200))
    assert len(chosen) == 190


def test_judged_items_are_not_judged_again():
    judged = np.zeros(300, dtype=bool)
    judged[:150] = True
    chosen = choose_for_experts(right=np.full(300, 0.4), judged=judged, audit=audit(300))
    assert not judged[chosen].any()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=200), st.floats(0.05, 1.0))
def test_costs_are_between_nothing_and_a_census_with_a_failed_audit(risk, spread):
    falling = np.sort(np.array(risk))[::-1]
    depths, costs = costs_by_depth(risk=falling, audit=audit(len(risk), spread=spread))
    assert (costs >= depths - 1e-9).all()
    assert costs.min() <= depths[-1] + 1e-9


def test_more_errors_make_a_dearer_audit_up_to_a_census():
    rates = np.linspace(0.0, 0.3, 31)
    costs = audit_cost(rates, audit=audit(1000))
    assert (np.diff(costs) >= -1e-9).all()
    assert costs[0] < 70
    assert 950 <= costs[-1] <= 970


def test_an_audit_goes_on_while_it_finds_no_errors():
    test = standing([0.0] * 20, items=1000, allowed=0.05, delta=0.05)
    state = {"right": np.full(1000, 0.99), "judged": np.zeros(1000, dtype=bool)}
    assert not better_again(test, audit=audit(1000), next_delta=0.0125, **state)


def test_an_audit_that_finds_many_errors_is_ended_where_experts_know_where_to_look():
    losses = ([1.0] + [0.0] * 9) * 6
    test = standing(losses, items=1000, allowed=0.05, delta=0.05)
    right = np.concatenate([np.full(100, 0.4), np.full(900, 0.999)])
    judged = np.zeros(1000, dtype=bool)
    assert better_again(test, right=right, judged=judged, audit=audit(1000), next_delta=0.0125)
