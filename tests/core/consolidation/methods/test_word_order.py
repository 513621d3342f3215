"""The best way through slots of words."""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.consolidation.methods.word_order import best_path, neighbours

SUPPORT = st.integers(0, 8).map(float)
SLOTS = st.lists(st.dictionaries(st.integers(0, 3), SUPPORT, min_size=1, max_size=3), max_size=4)


def test_pairs_and_triples_count_once_for_each_answer():
    twos, threes = neighbours([([1, 2, 1, 2], 2.0), ([2, 1], 1.0)], weight=(0.5, 0.25))
    assert twos == {(0, 1): 1.0, (1, 2): 1.0, (2, 1): 1.5, (2, 0): 1.0, (0, 2): 0.5, (1, 0): 0.5}
    assert threes[1, 2, 1] == pytest.approx(0.5)
    assert threes[0, 0, 2] == pytest.approx(0.25)


def test_words_that_stand_together_win_against_words_with_a_little_more_support():
    slots = [[(1, 2.0), (2, 2.1)], [(3, 2.1), (4, 2.0)]]
    assert best_path(slots, twos={}, threes={}) == [1, 0]
    assert best_path(slots, twos={(1, 4): 0.5}, threes={}) == [0, 1]


def total(path, slots, twos, threes):
    words = [0, 0] + [slots[k][place][0] for k, place in enumerate(path) if slots[k][place][0]] + [0]
    gained = sum(slots[k][place][1] for k, place in enumerate(path))
    gained += sum(twos.get(two, 0.0) for two in pairwise(words[1:]))
    return gained + sum(threes.get(three, 0.0) for three in zip(words, words[1:], words[2:], strict=False))


@given(
    SLOTS,
    st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), SUPPORT, max_size=6),
    st.dictionaries(st.tuples(*[st.integers(0, 3)] * 3), SUPPORT, max_size=6),
)
def test_no_path_has_more_support(slots, twos, threes):
    slots = [sorted(slot.items()) for slot in slots]
    path = best_path(slots, twos=twos, threes=threes)
    every = product(*(range(len(slot)) for slot in slots))
    assert total(path, slots, twos, threes) == max(total(other, slots, twos, threes) for other in every)
