"""Marks of any shape become things."""

import numpy as np
import pytest

from assay.core.consolidation.objects.marked_things import Marks, find_things
from assay.core.geometry.shape_overlap import stretch_iou
from assay.core.ports.answers import AnswerTable


def things_of(answers, *, joins=0.4, labels=3):
    """Each answer is (item, person, [(label, start, end), ...])."""
    flat = [(row, *mark) for row, (_, _, marks) in enumerate(answers) for mark in marks]
    place = np.array([mark[2:] for mark in flat], float).reshape(-1, 2)
    table = AnswerTable(
        np.array([one[0] for one in answers]),
        np.array([one[1] for one in answers]),
        [""] * len(answers),
        max(one[0] for one in answers) + 1,
        max(one[1] for one in answers) + 1,
    )
    marks = Marks(
        np.array([mark[0] for mark in flat], np.int64),
        np.array([mark[1] for mark in flat], np.int64),
        place,
        place,
    )
    return find_things(
        marks, table=table, labels=labels, overlap=lambda i, j: stretch_iou(place[i], place[j]), joins=joins
    ), flat


def test_marks_of_the_same_thing_come_together_and_one_of_nobody_else_is_doubted():
    found, flat = things_of(
        [
            (0, 0, [(0, 10, 20), (1, 50, 60)]),
            (0, 1, [(0, 11, 20)]),
            (0, 2, [(2, 10, 19)]),
        ]
    )
    first, second = found
    assert {flat[member][0] for member in first.members} == {0, 1, 2}
    assert first.label == 0
    assert first.there > 0.95 > 0.5 > second.there
    assert first.named > 0.5
    assert (first.chosen, second.chosen) == (True, False)


def test_a_person_is_in_a_thing_once_and_items_do_not_mix():
    found, flat = things_of([(0, 0, [(0, 0, 10), (0, 1, 10)]), (0, 1, [(0, 0, 10)]), (1, 0, [(0, 0, 10)])])
    assert [(thing.item, len(thing.members)) for thing in found] == [(0, 2), (0, 1), (1, 1)]
    assert all(len({flat[member][0] for member in thing.members}) == len(thing.members) for thing in found)


def test_people_who_marked_nothing_are_heard():
    both, _ = things_of([(0, 0, [(0, 0, 10)]), (0, 1, [(0, 0, 10)])])
    three, _ = things_of([(0, 0, [(0, 0, 10)]), (0, 1, []), (0, 2, [])])
    assert both[0].there > 0.8 > 0.5 > three[0].there


def test_answers_that_stand_alone_teach_nothing_about_sight():
    pairs = [(item, who, [(0, 0, 10)] if who == 0 else []) for item in range(9) for who in (0, 1)]
    alone = [(item, 0, [(0, 0, 10)]) for item in range(9, 60)]
    without, _ = things_of(pairs)
    with_, _ = things_of(pairs + alone)
    assert [thing.there for thing in with_[:9]] == pytest.approx([thing.there for thing in without])


def test_nobody_marked_anything():
    found, _ = things_of([(0, 0, []), (0, 1, [])])
    assert found == []


def test_the_order_of_answers_does_not_matter():
    answers = [
        (0, 0, [(0, 0, 10), (1, 30, 40)]),
        (0, 1, [(1, 31, 41), (0, 1, 10)]),
        (0, 2, [(0, 5, 15)]),
    ]
    one, _ = things_of(answers)
    two, _ = things_of([(item, 2 - who, marks[::-1]) for item, who, marks in answers[::-1]])
    assert [(t.item, t.label, len(t.members)) for t in one] == [
        (t.item, t.label, len(t.members)) for t in two
    ]
    assert [t.there for t in one] == pytest.approx([t.there for t in two])
