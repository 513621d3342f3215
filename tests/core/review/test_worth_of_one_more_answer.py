import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.review.expert_redo_depth import Audit, audit_cost
from assay.core.review.worth_of_one_more_answer import Evidence, pays, worth_asking

GOOD = Evidence(support_right=0.9, support_wrong=0.1, truth_in_opposition=1.0, first=np.full(20, 0.93))
EMPTY = Evidence(support_right=0.5, support_wrong=0.5, truth_in_opposition=1.0, first=np.full(20, 0.5))


def worth(evidence, *, right, count, price=5.0, allowed=0.05, most=5, believed=None):
    right = np.array(right, dtype=float)
    return worth_asking(
        right=right,
        count=np.array(count),
        most=most,
        evidence=evidence,
        audit=Audit(items=len(right), allowed=allowed, delta=0.05, spread=0.3),
        expert_price=price,
        believed=None if believed is None else np.array(believed),
    )


def test_answers_that_tell_nothing_are_never_worth_asking():
    found = worth(EMPTY, right=[0.0] * 50 + [0.6] * 50, count=[0] * 50 + [1] * 50)
    assert not found.pays.any()
    assert found.cost >= found.experts_alone


def test_good_people_are_asked_about_what_nobody_has_seen():
    found = worth(GOOD, right=[0.0] * 1000, count=[0] * 1000)
    assert found.pays.all()
    assert found.cost < 0.7 * found.experts_alone


def test_a_doubtful_item_is_asked_about_though_one_answer_cannot_turn_it():
    found = worth(GOOD, right=[0.999] * 90 + [0.85] * 10, count=[2] * 100, price=10.0)
    assert found.pays[90:].all()
    assert not found.pays[:90].any()


def test_dear_experts_make_answers_worth_more():
    states = {"right": [0.8] * 100, "count": [1] * 100}
    assert not worth(GOOD, price=1.0, **states).pays.any()
    assert worth(GOOD, price=20.0, **states).pays.any()


def test_an_item_with_all_its_answers_is_not_asked_about():
    assert not worth(GOOD, right=[0.6] * 10, count=[5] * 10).pays.any()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.3, 1.0), min_size=5, max_size=60), st.integers(1, 4), st.floats(0.01, 0.2))
def test_the_cost_is_never_above_letting_experts_do_all_that_is_open(right, count, alpha):
    found = worth(GOOD, right=right, count=[count] * len(right), allowed=alpha)
    audit = Audit(items=len(right), allowed=alpha, delta=0.05, spread=0.3)
    flawless = float(audit_cost(np.zeros(1), audit=audit)[0])
    assert found.cost <= 5.0 * (len(right) + flawless) + 5.0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.3, 1.0), min_size=5, max_size=60), st.integers(1, 6))
def test_a_later_look_under_the_same_threshold_says_the_same(right, count):
    states = {"right": np.array(right), "count": np.full(len(right), count), "most": 5}
    found = worth(GOOD, **states)
    later = pays(**states, evidence=GOOD, threshold=found.threshold, expert_price=5.0)
    assert (later == found.pays).all()


def test_what_models_are_sure_of_need_not_be_asked_about():
    found = worth(GOOD, right=[0.999] * 900 + [0.7] * 100, count=[0] * 1000, believed=[True] * 1000)
    assert not found.pays[:900].any()
    assert found.pays[900:].all()
    assert found.cost < worth(GOOD, right=[0.999] * 900 + [0.7] * 100, count=[0] * 1000).cost


def test_models_that_say_nothing_leave_unasked_items_as_they_were():
    states = {"right": [0.0] * 400, "count": [0] * 400}
    usual, silent = worth(GOOD, **states), worth(GOOD, **states, believed=[False] * 400)
    assert (usual.threshold, usual.cost, usual.pays.tolist()) == (
        silent.threshold,
        silent.cost,
        silent.pays.tolist(),
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.3, 1.0), min_size=5, max_size=60), st.floats(0.01, 0.2))
def test_the_surer_models_are_the_less_an_answer_is_worth_asking_for(right, alpha):
    right = sorted(right)
    found = worth(GOOD, right=right, count=[0] * len(right), allowed=alpha, believed=[True] * len(right))
    settled = ~found.pays & (1.0 - np.array(right) <= found.threshold)
    # Once sure enough to settle, whatever is surer settles too.
    assert (np.diff(settled.astype(int)) >= 0).all()
