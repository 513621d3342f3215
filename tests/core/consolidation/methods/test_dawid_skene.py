"""Items looked at by people who have not learnt from them."""

from dataclasses import replace

import numpy as np
import pytest
from bench.quality.crowd_kit import dawid_skene
from bench.quality.simulated_crowds import crowd
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.consolidation.methods.dawid_skene import (
    DEFAULTS,
    Choices,
    Settings,
    apart,
    clamp,
    finest,
    fit_people,
    posterior,
    softmax,
)


def table(seed, *, items=12, people=5, classes=3, each=3):
    dice = np.random.default_rng(seed)
    item = np.repeat(np.arange(items), each)
    person = np.concatenate([dice.permutation(people)[:each] for _ in range(items)])
    label = dice.integers(classes, size=len(item))
    return Choices(item, person, label, items, people, classes)


def without(choices, belief, people, *, item, settings):
    """What is believed of an item by people whose counts never held it, pool and shares as they are."""
    counts = people.rows * people.totals[:, :, None]
    mine = choices.item == item
    for person, label in zip(choices.person[mine], choices.label[mine], strict=True):
        counts[person, :, label] -= belief[item]
    rows = counts / counts.sum(axis=2, keepdims=True)
    logs = np.log(people.shares)
    for person, label in zip(choices.person[mine], choices.label[mine], strict=True):
        logs = logs + settings.temper * np.log(rows[person, :, label])
    found = softmax(logs[None])[0]
    return found.reshape(choices.classes, -1).sum(axis=1)


@given(seed=st.integers(0, 2**32 - 1), kinds=st.sampled_from([1, 2]))
@settings(max_examples=30, deadline=None)
def test_apart_is_what_people_say_whose_counts_never_held_the_item(seed, kinds):
    choices, chosen = table(seed), replace(DEFAULTS, kinds=kinds, iterations=3)
    known = np.where(np.arange(choices.items) < 4, np.arange(choices.items) % 3, -1)
    people = fit_people(choices, known=known, prior=None, settings=chosen)
    belief = finest(choices, people=people, prior=None, temper=chosen.temper)
    # The counts that people hold are those of the last look at the items: what is known stands.
    belief = clamp(belief, known=known, kinds=kinds)
    found = apart(choices, people=people, belief=belief, temper=chosen.temper)
    for item in range(4):
        expected = without(choices, belief, people, item=item, settings=chosen)
        if kinds == 1:  # with kinds a known item's own kind has moved a little since it was counted
            assert found[item] == pytest.approx(expected, abs=1e-6)
    assert found.sum(axis=1) == pytest.approx(1.0)


def test_somebody_who_answered_one_item_alone_says_no_more_than_the_pooled_person():
    choices = Choices(np.array([0]), np.array([0]), np.array([1]), 1, 1, 2)
    known = np.array([1])
    people = fit_people(choices, known=known, prior=None)
    belief = clamp(np.full((1, 2), 0.5), known=known)
    own = posterior(choices, people=people, prior=None, temper=1.0)[0, 1]
    left = apart(choices, people=people, belief=belief, temper=1.0)[0, 1]
    alone = softmax(np.log(people.shares * people.pool[:, 1])[None])[0, 1]
    assert left == pytest.approx(alone)
    assert left < own


def test_answers_that_came_after_people_were_learnt_find_nothing_to_be_taken_out():
    first, later = table(1), table(2, items=2, people=5)
    people = fit_people(first, known=np.full(first.items, -1), prior=None)
    strangers = replace(
        people,
        rows=np.broadcast_to(people.pool, people.rows.shape).copy(),
        totals=np.full_like(people.totals, people.shrink),
    )
    belief = finest(later, people=strangers, prior=None, temper=0.9)
    assert apart(later, people=strangers, belief=belief, temper=0.9) == pytest.approx(belief, abs=1e-9)


def test_a_coin_has_one_rate_and_even_errors():
    choices = table(3, items=60, people=4)
    coin = fit_people(choices, known=np.full(60, -1), prior=None, settings=replace(DEFAULTS, coin=True)).rows
    rates = np.einsum("pkk->pk", coin)
    assert rates == pytest.approx(np.broadcast_to(rates[:, :1], rates.shape), abs=0.05)
    wrong = (1.0 - rates) / 2
    for k in range(3):
        others = [other for other in range(3) if other != k]
        assert coin[:, k, others] == pytest.approx(np.stack([wrong[:, k]] * 2, axis=1), abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_without_shrinkage_it_is_crowd_kits(seed):
    """Nothing draws people together, nothing is tempered, and EM runs to its end: the textbook's model is left."""
    one = crowd(seed, items=400, people=12, answers=5, classes=3)
    textbook = Settings(shrink=1e-6, pool_answers=1e-6, flat=1e-6, temper=1.0, iterations=500, change=1e-12)
    choices = Choices(one.item, one.person, one.label, one.items, one.people, one.classes)
    people = fit_people(choices, known=np.full(one.items, -1), prior=None, settings=textbook)
    ours = finest(choices, people=people, prior=None, temper=1.0)
    theirs = dawid_skene(one.table, ("0", "1", "2"))
    assert theirs is not None, "crowd-kit could not be installed into an environment of its own"
    assert (ours.argmax(axis=1) == theirs).mean() >= 0.995
    votes = np.zeros((one.items, one.classes))
    np.add.at(votes, (one.item, one.label), 1.0)
    assert (votes.argmax(axis=1) != theirs).mean() > 0.01, "a vote would have done as well"
