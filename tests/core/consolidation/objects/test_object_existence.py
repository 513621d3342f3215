import numpy as np
import pytest

from assay.core.consolidation.methods.dawid_skene import Choices
from assay.core.consolidation.objects.object_existence import Sight, learn_sight, real


def votes_of(rows, *, people):
    """Each row is one cluster: person -> whether they marked it."""
    item = [c for c, row in enumerate(rows) for _ in row]
    person = [p for row in rows for p in row]
    label = [int(marked) for row in rows for marked in row.values()]
    return Choices(
        np.array(item, np.int64), np.array(person, np.int64), np.array(label, np.int64), len(rows), people, 2
    )


def learn(rows, *, people, told=None, answers=100):
    told = np.full(len(rows), -1) if told is None else np.array(told)
    return learn_sight(votes_of(rows, people=people), told=told, answers=np.full(people, answers))


def test_the_posterior_is_that_of_the_formula():
    sight = Sight(np.array([0.9, 0.8]), np.array([0.1, 0.3]), 0.85, 0.2, 0.7)
    one, both = real(votes_of([{0: True, 1: False}, {0: True, 1: True}], people=2), sight=sight)
    yes, no = 0.7 * 0.9 * 0.2, 0.3 * (0.1 / 0.4) * (1 - 0.15)
    assert one == pytest.approx(yes / (yes + no))
    yes, no = 0.7 * 0.9 * 0.8, 0.3 * (0.1 / 0.4 * 0.15 + 0.3 / 0.4 * 0.05)
    assert both == pytest.approx(yes / (yes + no))


def test_what_one_of_two_marked_is_neither_taken_nor_dropped():
    rows = [{0: True, 1: True}] * 80 + [{0: True, 1: False}] * 10 + [{0: False, 1: True}] * 10
    sight, belief = learn(rows, people=2)
    assert belief[0] > 0.95
    assert 0.2 < belief[80] < 0.8
    assert 0.85 < sight.pool_hits < 0.99


def test_of_three_the_majority_is_believed_and_rates_are_found():
    dice = np.random.default_rng(1)
    rows = [{p: dice.random() < 0.9 for p in range(3)} for _ in range(600)]
    rows = [row for row in rows if any(row.values())]
    rows += [{p: p == inventor for p in range(3)} for inventor in dice.integers(3, size=60).tolist()]
    sight, belief = learn(rows, people=3, answers=200)
    assert sight.hits == pytest.approx([0.9] * 3, abs=0.03)
    assert sight.inventing == pytest.approx([0.12] * 3, abs=0.06)
    several = np.array([sum(row.values()) >= 2 for row in rows])
    assert belief[several].min() > 0.8
    assert belief[~several].max() < 0.4


def test_known_clusters_stay_known():
    rows = [{0: True, 1: False}] * 20 + [{0: True, 1: False}]
    sight, belief = learn(rows, people=2, told=[1] * 20 + [-1])
    assert belief[:20].tolist() == [1.0] * 20
    assert sight.hits[1] < 0.5
    assert belief[20] > 0.9


def test_nobody_and_nothing():
    sight, belief = learn([], people=0)
    assert len(belief) == len(sight.hits) == 0
    assert (sight.pool_hits, sight.share) == (0.9, 0.8)
