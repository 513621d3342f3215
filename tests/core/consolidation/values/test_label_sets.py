from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.consolidation.stored_models import DamagedModel
from assay.core.consolidation.values.label_sets import best_sets, fit_label_sets, load_label_sets
from assay.core.errors import InvalidLabel
from assay.core.labels.label_text import write_label
from assay.core.labels.label_values import Choices, schema_of
from assay.core.ports.answers import AnswerTable

ABCD = schema_of(["d", "a", "c", "b"])


def table_of(rows, *, items=None, people=None):
    item, person, value = zip(*rows, strict=True)
    return AnswerTable(
        np.array(item, np.int64),
        np.array(person, np.int64),
        [write_label(Choices(tuple(names))) for names in value],
        items or max(item) + 1,
        people or max(person) + 1,
    )


def crowd(*, items=400, people=8, each=3, hit=0.85, false=0.1, seed=1):
    dice = np.random.default_rng(seed)
    truth = dice.random((items, 4)) < [0.5, 0.3, 0.1, 0.4]
    rows = []
    for i in range(items):
        for p in dice.permutation(people)[:each].tolist():
            said = np.where(truth[i], dice.random(4) < hit, dice.random(4) < false)
            rows.append((i, p, [ABCD.names[k] for k in np.flatnonzero(said)]))
    return table_of(rows, people=people), truth


def expected_jaccard(chosen, belief):
    """Sum over every possible truth."""
    total = 0.0
    for truth in product([0, 1], repeat=len(belief)):
        chance = np.prod(np.where(truth, belief, 1 - belief))
        either = np.logical_or(truth, chosen).sum()
        total += chance * (np.logical_and(truth, chosen).sum() / either if either else 1.0)
    return total


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_the_best_set_is_the_best_of_all_sets(belief):
    belief = np.array(belief)
    chosen, right = best_sets(belief[None])
    best = max(expected_jaccard(np.array(one), belief) for one in product([0, 1], repeat=len(belief)))
    assert right[0] == pytest.approx(best, abs=1e-9)
    assert expected_jaccard(chosen[0], belief) == pytest.approx(best, abs=1e-9)


def test_a_label_below_one_half_is_taken_where_that_loses_less():
    """A threshold of one half would say the empty set, which is right with 0.36 only."""
    chosen, right = best_sets(np.array([[0.4, 0.4]]))
    assert expected_jaccard(np.array([0, 0]), np.array([0.4, 0.4])) == pytest.approx(0.36)
    assert chosen.any()
    assert right[0] > 0.36


def test_many_labels_are_no_problem():
    belief = np.full((3, 60), 0.01)
    belief[:, [5, 50]] = 0.95
    chosen, right = best_sets(belief)
    assert np.flatnonzero(chosen[0]).tolist() == [5, 50]
    assert 0.5 < right[0] < 0.95


def test_values_are_alphabetical_and_parts_follow_them():
    table, _ = crowd()
    found = fit_label_sets(table, schema=ABCD, known=[None] * 400).consensus(table)
    model = fit_label_sets(table, schema=ABCD, known=[None] * 400)
    soft = model.posteriors(table)
    at = found.value.index('["a","d"]')
    assert found.parts[at] == pytest.approx((soft[at, 1], soft[at, 0]))


def test_a_crowd_is_better_than_one_and_its_probabilities_hold():
    table, truth = crowd()
    soft = fit_label_sets(table, schema=ABCD, known=[None] * 400).posteriors(table)
    assert ((soft > 0.5) == truth).mean() > 0.94
    sure = soft > 0.9
    assert truth[sure].mean() == pytest.approx(soft[sure].mean(), abs=0.04)


def test_who_never_says_a_rare_label_is_not_believed_about_it():
    """Person 3 overlooks `b` but is perfect otherwise; the others are ordinary."""
    dice = np.random.default_rng(2)
    rows, truth = [], dice.random((300, 4)) < 0.4
    for i in range(300):
        for p in range(4):
            flip = dice.random(4) < (0.02 if p == 3 else 0.12)
            said = truth[i] ^ flip
            if p == 3:
                said[3] = False
            rows.append((i, p, [ABCD.names[k] for k in np.flatnonzero(said)]))
    table = table_of(rows)
    model = fit_label_sets(table, schema=ABCD, known=[None] * 300)
    assert model.rates[3, 3, 1, 1] < 0.3 < 0.8 < model.rates[3, 0, 1, 1]
    assert ((model.posteriors(table) > 0.5) == truth).mean() > 0.95


def test_habits_are_lent_from_label_to_label():
    """Somebody generous on `d`, `a` and `c` is expected to be so on `b`, where nothing is known of them."""
    dice = np.random.default_rng(4)
    rows = []
    for i in range(200):
        truth = dice.random(4) < 0.4
        for p in range(4):
            false = 0.5 if p == 3 else 0.05
            said = np.where(truth, dice.random(4) < 0.9, dice.random(4) < false)
            rows.append((i, p, [ABCD.names[k] for k in np.flatnonzero(said)]))
    model = fit_label_sets(table_of(rows), schema=ABCD, known=[None] * 200)
    assert model.rates[3, :, 0, 1].min() > model.rates[:3, :, 0, 1].max() + 0.2


def test_a_prior_enters_as_log_odds_and_replaces_the_shares():
    table = table_of([(0, 0, ["a"]), (1, 0, ["a"])], items=3)
    model = fit_label_sets(table, schema=ABCD, known=[None] * 3)
    prior = np.full((3, 4), np.nan)
    prior[1:] = [0.99, 0.5, 0.01, 0.01]
    soft = model.posteriors(table, prior=prior)
    assert soft[2] == pytest.approx(prior[2], abs=1e-4)
    assert soft[1, 0] > 0.8 > 0.5 > soft[0, 0]
    found = model.consensus(table, prior=prior)
    assert found.count.tolist() == [1, 1, 0]
    assert found.value[2].startswith('["a","d"]') or found.value[2] == '["d"]'


def test_known_sets_teach():
    rows = [(i, p, ["b"] if p < 3 else ["a"]) for i in range(40) for p in range(4)]
    table = table_of(rows)
    told = fit_label_sets(table, schema=ABCD, known=['["a"]'] * 30 + [None] * 10)
    assert told.consensus(table).value[-1] == '["a"]'


def test_unknown_labels_and_other_shapes_are_refused():
    table = table_of([(0, 0, ["z"])])
    with pytest.raises(InvalidLabel, match="z"):
        fit_label_sets(table, schema=ABCD, known=[None])
    table = table_of([(0, 0, ["a"])])
    with pytest.raises(InvalidLabel, match="y"):
        fit_label_sets(table, schema=ABCD, known=['["y"]'])
    model = fit_label_sets(table, schema=ABCD, known=[None])
    with pytest.raises(DamagedModel, match="2 labels"):
        load_label_sets(model.to_bytes(), schema=schema_of(["a", "b"]))


@settings(max_examples=20)
@given(st.integers(0, 100_000))
def test_one_more_voice_for_a_label_never_lowers_it(seed):
    table, _ = crowd(items=40, seed=seed)
    model = fit_label_sets(table, schema=ABCD, known=[None] * 40)
    before = model.posteriors(table)
    more = AnswerTable(
        np.append(table.item, 0), np.append(table.person, 0), [*table.value, '["a","b","c","d"]'], 40, 8
    )
    helpful = model.rates[0, :, 1, 1] > model.rates[0, :, 0, 1]
    assert (model.posteriors(more)[0] >= before[0] - 1e-12)[helpful].all()
