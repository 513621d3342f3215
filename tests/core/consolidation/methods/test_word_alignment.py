"""Sequences beside one another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.consolidation.methods.word_alignment import align, network
from assay.core.consolidation.methods.word_errors import edits

SEQUENCE = st.lists(st.integers(1, 3), max_size=6)
EXACT = 1.0 - np.eye(4)


def aligned(a, b):
    beside, cost = align(
        [np.array(a, np.int64)],
        [np.array(b, np.int64)],
        table=np.zeros(1, np.int64),
        cost=EXACT.ravel(),
        width=np.array([4]),
    )
    return beside[0].tolist(), float(cost[0])


def test_an_alignment_by_hand():
    # a b c beside a c: b stands alone.
    assert aligned([1, 2, 3], [1, 3]) == ([0, 2], 1.0)
    assert aligned([1, 3], [1, 2, 3]) == ([0, -1, 1], 1.0)
    assert aligned([], [1, 2]) == ([-1, -1], 2.0)


@given(SEQUENCE, SEQUENCE)
def test_the_cost_is_the_edit_distance_and_the_pairs_keep_their_order(a, b):
    beside, cost = aligned(a, b)
    assert cost == edits(list(map(str, a)), list(map(str, b)))
    partners = [place for place in beside if place >= 0]
    assert partners == sorted(set(partners))
    wrong = sum(a[place] != b[k] for k, place in enumerate(beside) if place >= 0)
    assert wrong + len(a) + len(b) - 2 * len(partners) == cost


@given(st.lists(st.tuples(SEQUENCE, SEQUENCE), max_size=8))
def test_pairs_that_are_aligned_together_do_not_concern_one_another(pairs):
    beside, cost = align(
        [np.array(a, np.int64) for a, _ in pairs],
        [np.array(b, np.int64) for _, b in pairs],
        table=np.zeros(len(pairs), np.int64),
        cost=EXACT.ravel(),
        width=np.array([4]),
    )
    alone = [aligned(a, b) for a, b in pairs]
    assert [one.tolist() for one in beside] == [found for found, _ in alone]
    assert cost.tolist() == [paid for _, paid in alone]


def test_similar_words_stand_beside_one_another():
    cost = np.array([[0, 1, 1], [1, 0, 0.3], [1, 0.3, 0]])
    (beside,), _ = align(
        [np.array([2])], [np.array([0, 1])], table=np.array([0]), cost=cost.ravel(), width=np.array([3])
    )
    assert beside.tolist() == [-1, 0]


def test_answers_are_gathered_into_slots():
    answers = [np.array([1, 2]), np.array([1, 3, 2]), np.array([2, 1])]
    beside = [np.array([0, 1]), np.array([0, 2]), np.array([-1, 0])]
    assert network(answers, beside, np.array([1, 2])).tolist() == [
        [1, 1, 0],
        [0, 3, 0],
        [2, 2, 2],
        [0, 0, 1],
    ]


@given(st.lists(SEQUENCE, min_size=1, max_size=4), SEQUENCE)
def test_a_network_holds_every_word_of_every_answer_in_its_order(answers, skeleton):
    given_ = [np.array(one, np.int64) for one in answers]
    bones = np.array(skeleton, np.int64)
    beside, _ = align(
        given_,
        [bones] * len(answers),
        table=np.zeros(len(answers), np.int64),
        cost=EXACT.ravel(),
        width=np.array([4]),
    )
    slots = network(given_, beside, bones)
    for place, answer in enumerate(answers):
        assert [word for word in slots[:, place].tolist() if word] == answer


def test_nothing_beside_nothing_costs_nothing():
    assert aligned([], []) == ([], pytest.approx(0.0))
