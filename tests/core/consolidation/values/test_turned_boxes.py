"""Turned boxes and cuboids of several people."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.consolidation.values.turned_boxes import TurnedBox, consolidate_turned_boxes, turned_iou
from assay.core.ports.answers import AnswerTable


def table_of(people, *, items=1):
    item = np.repeat(np.arange(items), people)
    person = np.tile(np.arange(people), items)
    return AnswerTable(item, person, [""] * (items * people), items, people)


def together(*answers, labels=1):
    return consolidate_turned_boxes(table_of(len(answers)), answers, labels=labels)


def test_the_overlap_of_boxes_and_cuboids_by_hand():
    a, b = TurnedBox(0, 0, 0, 4, 2, 0), TurnedBox(0, 2, 0, 4, 2, 0)
    assert turned_iou(a, b) == pytest.approx(4 / 12)
    low = TurnedBox(0, 0, 0, 4, 2, 0, bottom=0, height=2)
    high = TurnedBox(0, 0, 0, 4, 2, 0, bottom=1, height=2)
    assert turned_iou(low, high) == pytest.approx(8 / 24)
    assert turned_iou(low, TurnedBox(0, 0, 0, 4, 2, 0, bottom=9, height=2)) == 0.0


def test_directions_are_averaged_round_the_circle_however_they_are_written():
    # 179, 1 + 180 and, with sides exchanged, 90 degrees: all close to 0.
    found = together(
        [TurnedBox(0, 50, 50, 30, 10, np.deg2rad(179))],
        [TurnedBox(0, 50, 51, 30, 10, np.deg2rad(181))],
        [TurnedBox(0, 51, 50, 10, 30, np.deg2rad(90))],
    )
    (one,) = found
    assert abs(np.sin(one.box.angle)) < 0.01 or abs(np.cos(one.box.angle)) < 0.01
    assert turned_iou(one.box, TurnedBox(0, 50, 50, 30, 10, 0)) > 0.97
    assert one.there > 0.9
    assert one.confidence == pytest.approx(one.there * one.named * one.alike)


def test_a_cuboid_has_a_front():
    found = together(*([TurnedBox(0, 5, 5, 4, 2, angle, bottom=0, height=1.5)] for angle in (3.1, -3.1, 3.0)))
    assert np.cos(found[0].box.angle) < -0.99
    assert found[0].box.height == 1.5


def test_a_box_of_one_of_three_is_doubted_and_labels_are_voted_on():
    box, other = TurnedBox(1, 50, 50, 30, 10, 0.5), TurnedBox(0, 200, 200, 30, 10, 0.5)
    wrong = TurnedBox(0, 50, 50, 30, 10, 0.5)
    first, second = together([box], [box, other], [wrong], labels=2)
    assert (first.box.label, second.box.label) == (1, 0)
    assert first.there > 0.9 > 0.5 > second.there
    assert first.named > 0.5


def test_nobody_marked_anything():
    assert together([], []) == []


@given(st.floats(-3, 3), st.integers(1, 5), st.floats(0, 2))
def test_unanimity_wins(angle, people, height):
    box = TurnedBox(0, 10, 20, 30, 12, angle, height=height)
    (one,) = together(*([box] for _ in range(people)))
    assert turned_iou(one.box, box) == pytest.approx(1.0)
    assert one.alike == pytest.approx(1.0)


@given(
    st.lists(
        st.builds(TurnedBox, st.just(0), *[st.integers(8, 14)] * 4, st.floats(-1.5, 1.5)),
        min_size=2,
        max_size=4,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_answers_does_not_matter(boxes, chance):
    other = list(boxes)
    chance.shuffle(other)
    one, two = together(*([box] for box in boxes)), together(*([box] for box in other))
    assert len(one) == len(two)
    for a, b in zip(one, two, strict=True):
        assert turned_iou(a.box, b.box) == pytest.approx(1.0)
        assert (a.there, a.named, a.alike) == pytest.approx((b.there, b.named, b.alike))
