"""Relations of several people."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.consolidation.values.relations import Relation, consolidate_relations
from assay.core.ports.answers import AnswerTable

STRETCH = st.tuples(st.integers(0, 9), st.integers(1, 5)).map(lambda one: (one[0], sum(one)))
ANSWERS = st.lists(
    st.lists(st.builds(Relation, st.integers(0, 1), STRETCH, STRETCH), max_size=3, unique=True),
    min_size=1,
    max_size=4,
)
WORKS = Relation(0, (0, 4), (10, 15))


def together(*answers, labels=2):
    many = len(answers)
    table = AnswerTable(np.zeros(many, np.int64), np.arange(many), [""] * many, 1, many)
    return consolidate_relations(table, answers, labels=labels)


def test_stretches_and_type_are_what_most_say():
    (one,) = together([WORKS], [Relation(0, (0, 4), (9, 15))], [Relation(1, (0, 4), (10, 15))])
    assert one.relation == WORKS
    assert one.there > 0.9
    assert one.named > 0.5
    assert 0.5 < one.exact < 1.0
    assert one.confidence == pytest.approx(one.there * one.named * one.exact)


def test_the_same_head_with_another_tail_is_another_relation():
    found = together([WORKS, Relation(0, (0, 4), (30, 35))], [WORKS], [WORKS])
    assert [one.relation.tail for one in found] == [(10, 15), (30, 35)]
    assert found[0].there > 0.9 > 0.5 > found[1].there


def test_nobody_marked_anything():
    assert together([], []) == []


@given(st.builds(Relation, st.integers(0, 1), STRETCH, STRETCH), st.integers(1, 5))
def test_unanimity_wins(relation, people):
    (one,) = together(*([relation] for _ in range(people)))
    assert one.relation == relation


@given(ANSWERS, st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(answers, chance):
    other = [list(answer) for answer in answers]
    chance.shuffle(other)
    for answer in other:
        chance.shuffle(answer)
    one, two = together(*answers), together(*other)
    assert [found.relation for found in one] == [found.relation for found in two]
    assert [found.there for found in one] == pytest.approx([found.there for found in two])
