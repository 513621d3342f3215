"""The committee: what its members' words come to, and what known items teach about them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.consolidation.methods.committee import (
    COIN,
    PEOPLE,
    USUAL,
    VOTE,
    discounted,
    learn_weights,
    logs_of,
    pooled,
)


def likelihood(members, weights, truth):
    total = pooled(members, weights=weights)
    shares = np.exp(total - total.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return float(np.log(shares[np.arange(len(truth)), truth]).sum())


def spoken(*, right, items=60, sure=0.9, seed=1):
    """One member's log probabilities about items of two classes, right at a rate; and the truth."""
    dice = np.random.default_rng(seed)
    truth = dice.integers(2, size=items)
    said = np.where(dice.random(items) < right, truth, 1 - truth)
    belief = np.where(np.arange(2) == said[:, None], sure, 1.0 - sure)
    return logs_of(belief), truth


def test_two_members_are_pooled_by_hand():
    members = np.log(np.array([[[0.8, 0.2]], [[0.5, 0.5]], [[0.1, 0.9]], [[0.5, 0.5]]]))
    odds = np.exp(np.diff(-pooled(members, weights=(0.5, 0.17, 1.0, 0.7))[0]))[0]
    assert odds == pytest.approx((0.8 / 0.2) ** 0.5 * (0.1 / 0.9))


def test_evidence_counts_less_where_more_answered_and_fully_where_one_did():
    logs = np.log(np.full((3, 2), 0.5))
    found = discounted(logs, count=np.array([0, 1, 16]))
    assert found[:, 0] == pytest.approx(np.log(0.5) * np.array([1.0, 1.0, 0.5]))


def test_without_known_items_weights_are_the_usual_ones():
    assert learn_weights(np.zeros((len(USUAL), 0, 2)), truth=np.zeros(0, dtype=np.int64)) == USUAL


def test_known_items_take_weight_from_a_member_that_misleads_and_give_it_to_one_that_does_not():
    wrong, truth = spoken(right=0.3)
    right, _ = spoken(right=0.95)
    for misleading in (PEOPLE, VOTE):
        members = np.stack([right, right, right, np.zeros_like(right)])
        members[misleading] = wrong
        learnt = np.array(learn_weights(members, truth=truth))
        scale = learnt / (np.array(USUAL) + 1e-9)
        assert scale[misleading] < 1.3 < scale[VOTE if misleading == PEOPLE else PEOPLE]
        assert learnt[COIN] > USUAL[COIN]


def test_people_who_err_each_by_themselves_are_believed_more_once_known_items_show_it():
    surely, truth = spoken(right=1.0, items=200, sure=0.8)
    learnt = learn_weights(np.stack([surely, surely, surely, np.zeros_like(surely)]), truth=truth)
    assert sum(learnt[:3]) > 1.5 * sum(USUAL[:3])


@given(seed=st.integers(0, 2**32 - 1), items=st.integers(1, 40), classes=st.integers(2, 5))
@settings(max_examples=50, deadline=None)
def test_weights_are_never_negative_and_known_items_are_never_less_likely_than_before(seed, items, classes):
    dice = np.random.default_rng(seed)
    members = np.log(dice.dirichlet(np.ones(classes), size=(len(USUAL), items)))
    truth = dice.integers(classes, size=items)
    learnt = learn_weights(members, truth=truth)
    assert min(learnt) >= 0.0
    assert likelihood(members, learnt, truth) >= likelihood(members, USUAL, truth) - 1e-6
    order = dice.permutation(items)
    assert learn_weights(members[:, order], truth=truth[order]) == pytest.approx(learnt, abs=1e-3)
