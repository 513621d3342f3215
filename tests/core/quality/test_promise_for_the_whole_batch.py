import math
import os
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.quality.promise_for_the_whole_batch import (
    CUTS,
    believed_right,
    losses_left,
    p_value,
    plan_audit,
    settle_automatically,
)

SCALE = float(os.environ.get("SCALE", "1"))
DELTA = 0.05


def walk(confidence, draw, model, people=None, *, allowed=0.05, delta=DELTA, whole=True):
    return settle_automatically(
        confidence=np.asarray(confidence, dtype=float),
        draw=np.asarray(draw, dtype=np.int64),
        model_loss=np.asarray(model, dtype=float),
        people_loss=None if people is None else np.asarray(people, dtype=float),
        allowed=allowed,
        delta=delta,
        whole=whole,
    )


def test_the_p_value_is_the_chance_of_so_few_errors_in_the_audit():
    """10 items, 4 audited, none wrong, 1 may be: 2 wrong among 10 escape all four looks at 28 in 90."""
    exact = Fraction(comb(8, 4), comb(10, 4))
    assert p_value(np.zeros(4), rest=6, allowed=1) == pytest.approx(float(exact))
    one = Fraction(comb(7, 4) + 3 * comb(7, 3), comb(10, 4))
    assert p_value([0, 1, 0, 0], rest=6, allowed=1) == pytest.approx(float(one))


def test_what_is_allowed_to_be_wrong_altogether_needs_no_proof():
    assert p_value([], rest=5, allowed=5) == 0.0
    assert p_value([], rest=6, allowed=5) == 1.0


def test_nothing_holds_where_people_used_up_the_ledger():
    assert p_value(np.zeros(50), rest=3, allowed=-1) == 1.0


def test_errors_left_by_people_are_bounded_without_those_that_were_found():
    assert losses_left(np.zeros(10), items=10, delta=0.025) == 0.0
    assert losses_left([1.0, 0.0, 0.0, 0.0], items=4, delta=0.025) == 0.0
    # 19 errors of 20 escape one clean look with probability 1/20; 20 of 20 never.
    assert losses_left([0.0], items=20, delta=0.025) == 19.0
    assert losses_left([0.0], items=20, delta=0.05) == 18.0


def test_the_model_labels_what_it_is_sure_of_and_people_the_rest():
    """The surer half is always right, the other half always wrong."""
    dice = np.random.default_rng(1)
    items = 1_000
    confidence = np.linspace(1.0, 0.0, items)
    wrong = (np.arange(items) >= 500).astype(float)
    draw = dice.permutation(items)[:200]
    found = walk(confidence, draw, wrong[draw])
    left = int((wrong[found.automatic] > 0).sum())
    assert 0.35 < found.share < 0.46
    assert left <= 50
    assert not found.automatic[draw].any()
    assert found.steps[-1].p > DELTA
    assert all(step.holds for step in found.steps[:-1])
    assert found.threshold == found.steps[-2].threshold


def test_a_small_audit_of_errors_everywhere_leaves_all_to_people_but_what_may_be_wrong():
    found = walk(np.linspace(1, 0, 400), np.arange(0, 400, 10), np.ones(40))
    assert int(found.automatic.sum()) <= 20  # 5 % of 400: even if all of them are wrong


def test_people_who_err_as_often_as_is_allowed_leave_nothing_to_the_model():
    dice = np.random.default_rng(2)
    draw = dice.permutation(1_000)[:200]
    people = (dice.random(200) < 0.08).astype(float)
    confidence = np.where(np.arange(1_000) < 500, 0.9, np.nan)
    found = walk(confidence, draw, np.zeros(200), people)
    assert found.share == 0.0
    assert found.threshold is None


def test_experts_spend_all_of_delta_on_the_model_and_people_half():
    confidence = np.full(1_000, 0.9)
    draw = np.arange(59)
    # 59 clean looks at 1,000 items with 51 wrong: 4.4 %, between delta / 2 and delta.
    assert walk(confidence, draw, np.zeros(59)).share == pytest.approx(0.941)
    assert walk(confidence, draw, np.zeros(59), np.zeros(59)).share == 0.0


def test_thresholds_are_quantiles_of_the_confidence_alone():
    dice = np.random.default_rng(3)
    found = walk(dice.random(5_000), dice.permutation(5_000)[:400], np.zeros(400), allowed=0.2)
    assert len(found.steps) == CUTS
    assert [s.threshold for s in found.steps] == sorted((s.threshold for s in found.steps), reverse=True)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 200), st.booleans(), st.booleans())
def test_the_walk_ends_where_it_fails_and_counts_every_item_once(seed, items, erring, whole):
    dice = np.random.default_rng(seed)
    confidence = np.where(dice.random(items) < 0.8, np.round(dice.random(items), 1), np.nan)
    draw = dice.permutation(items if erring else np.flatnonzero(~np.isnan(confidence)))[: items // 3]

    def losses():
        found = dice.random(len(draw)) * (dice.random(len(draw)) < 0.2)
        return np.ceil(found) if whole else found

    found = walk(confidence, draw, losses(), losses() if erring else None, allowed=0.1, whole=whole)
    assert [step.holds for step in found.steps[:-1]] == [True] * (len(found.steps) - 1)
    for step in found.steps:
        assert step.audited + step.rest == (confidence >= step.threshold).sum()
        assert 0.0 <= step.p <= 1.0
        assert step.allowed <= 0.1 * items - step.human + 1e-9
    held = [step for step in found.steps if step.holds]
    assert found.automatic.sum() == (held[-1].rest if held else 0)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 30), st.integers(0, 30), st.integers(0, 10), st.integers(0, 30))
def test_more_errors_and_a_smaller_ledger_are_never_better(audited, rest, allowed, errors):
    errors = min(errors, audited - 1)
    losses = np.repeat([1.0, 0.0], [errors, audited - errors])
    worse = np.repeat([1.0, 0.0], [errors + 1, audited - errors - 1])
    p = p_value(losses, rest=rest, allowed=allowed)
    assert p <= p_value(worse, rest=rest, allowed=allowed) + 1e-12
    assert p <= p_value(losses, rest=rest, allowed=allowed - 1) + 1e-12


def test_the_planned_audit_is_larger_where_the_model_is_worse_and_people_err():
    sure, unsure = np.full(2_000, 0.995), np.full(2_000, 0.97)
    best, harder = (plan_audit(confidence=c, allowed=0.05, delta=DELTA) for c in (sure, unsure))
    assert 50 <= best.audits < harder.audits
    assert best.share > harder.share > 0.5
    mixed = np.where(np.arange(2_000) < 600, np.nan, 0.995)
    alone = plan_audit(confidence=mixed, allowed=0.05, delta=DELTA)
    together = plan_audit(confidence=mixed, allowed=0.05, delta=DELTA, people_risk=0.02)
    assert together.audits > alone.audits
    assert together.share < alone.share
    assert plan_audit(confidence=mixed, allowed=0.05, delta=DELTA, people_risk=0.3).share < 0.05
    assert plan_audit(confidence=np.full(100, np.nan), allowed=0.05, delta=DELTA).share == 0.0


# --- the promise ---------------------------------------------------------------------------------


def broken(runs, seed, *, people_wrong, items=600, allowed=0.05, whole=True, textbook=False):
    """Return how often the promise is broken where the batch, all of it automatic, would be just too bad.

    The model's errors lie evenly under the confidences: one more among all candidates than the walk may leave.
    """
    dice = np.random.default_rng(seed)
    count = 0
    budget = math.floor(allowed * items + 1e-9)
    human = items // 4 if people_wrong is not None else 0
    errors = 0 if people_wrong is None else round(people_wrong * human)
    for _ in range(runs):
        confidence = dice.random(items)
        confidence[:human] = np.nan
        model = np.zeros(items)
        wrong = dice.choice(np.arange(human, items), size=_just_too_many(budget - errors), replace=False)
        model[wrong] = 1.0 if whole else 0.5
        if not whole:
            more = dice.choice(np.setdiff1d(np.arange(human, items), wrong), size=len(wrong), replace=False)
            model[more] = 0.5
        # People are as bad wherever they would have to label; the human part has just its share.
        people = np.zeros(items)
        people[dice.choice(human, size=errors, replace=False) if human else []] = 1.0
        draw = dice.permutation(items)[: items // 5]
        found = walk(
            confidence,
            draw,
            model[draw],
            None if people_wrong is None else people[draw],
            allowed=allowed,
            whole=whole,
        )
        delivered = np.where(found.automatic, model, people)
        delivered[draw] = 0.0
        count += float(delivered.sum()) > allowed * items + 1e-9
    return count / runs


def _just_too_many(budget):
    """So many errors that after an audit of a fifth about one more than the budget is left."""
    return math.ceil((budget + 1) / 0.8)


def _slack(rate, runs):
    return rate + 5 * math.sqrt(rate * (1 - rate) / runs)


CASES = [(None, True), (0.04, True), (0.1, True), (None, False), (0.04, False)]


@pytest.mark.parametrize(("people_wrong", "whole"), CASES)
def test_a_batch_just_too_bad_is_rarely_promised(people_wrong, whole):
    runs = 200 if whole else 40
    assert broken(runs, 1, people_wrong=people_wrong, whole=whole) <= _slack(DELTA, runs)


@pytest.mark.slow
@pytest.mark.parametrize(("people_wrong", "whole"), CASES)
def test_the_promise_is_broken_in_six_per_cent_at_most(people_wrong, whole):
    runs = max(200, int((2_000 if whole else 400) * SCALE))
    assert broken(runs, 7, people_wrong=people_wrong, whole=whole) <= _slack(DELTA, runs)


@pytest.mark.slow
@pytest.mark.parametrize(("audited", "rest", "allowed"), [(40, 160, 9), (120, 880, 49), (200, 300, 4)])
def test_the_exact_test_errs_at_its_rate_at_every_boundary(audited, rest, allowed):
    """For every total of errors, the chance that the audit passes and too many are left is delta at most."""
    together = audited + rest
    for total in range(allowed + 1, together + 1, max(1, together // 100)):
        chance = 0.0
        for errors in range(max(0, total - rest), min(audited, total) + 1):
            left = total - errors
            losses = np.repeat([1.0, 0.0], [errors, audited - errors])
            if left > allowed and p_value(losses, rest=rest, allowed=allowed) <= DELTA:
                chance += (
                    comb(total, errors) * comb(together - total, audited - errors) / comb(together, audited)
                )
        assert chance <= DELTA + 1e-12


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0.05, 0.99), st.booleans()), max_size=40))
def test_what_is_believed_grows_with_the_models_confidence(known):
    at, hit = np.array([one for one, _ in known]), np.array([right for _, right in known], dtype=bool)
    grid = np.linspace(0.01, 0.99, 40)
    assert (np.diff(believed_right(grid, known=at, right=hit)) > 0.0).all()
