import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.geometry.shape_overlap import box_iou, overlapping, ragged_pairs, stretch_iou

NUMBERS = st.integers(0, 40)
BOX = st.tuples(NUMBERS, NUMBERS, st.integers(1, 40), st.integers(1, 40))


@given(BOX, BOX)
def test_box_overlap_is_what_counting_pixels_says(a, b):
    grid = np.zeros((2, 90, 90), dtype=bool)
    for plane, (left, top, width, height) in zip(grid, (a, b), strict=True):
        plane[top : top + height, left : left + width] = True
    counted = (grid[0] & grid[1]).sum() / (grid[0] | grid[1]).sum()
    found = box_iou(np.array([a], float), np.array([b], float))
    assert found[0] == pytest.approx(counted)
    assert found[0] == box_iou(np.array([b], float), np.array([a], float))[0]


def test_boxes_that_touch_do_not_overlap_and_a_point_overlaps_nothing():
    a, b = np.array([[0.0, 0, 10, 10]]), np.array([[10.0, 0, 5, 5]])
    assert box_iou(a, b)[0] == 0.0
    assert box_iou(np.zeros((1, 4)), np.zeros((1, 4)))[0] == 0.0


def test_equal_boxes_overlap_by_one_and_no_more():
    boxes = np.random.default_rng(1).uniform(0.01, 1000, (5000, 4)).round(2)
    assert box_iou(boxes, boxes).max() <= 1.0
    assert box_iou(boxes, boxes).min() > 1.0 - 1e-9


@given(st.lists(st.tuples(NUMBERS, st.integers(1, 9)), min_size=2, max_size=2))
def test_stretch_overlap_is_what_counting_characters_says(pair):
    (a, m), (b, n) = pair
    one, two = set(range(a, a + m)), set(range(b, b + n))
    found = stretch_iou(np.array([[a, a + m]], float), np.array([[b, b + n]], float))
    assert found[0] == pytest.approx(len(one & two) / len(one | two))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-20, 20), st.integers(1, 15)), max_size=25))
def test_every_overlapping_pair_of_a_group_is_found_once(rows):
    rows = sorted(rows)
    group = np.array([row[0] for row in rows], dtype=np.int64)
    low = np.array([row[1] for row in rows], dtype=float)
    high = low + np.array([row[2] for row in rows], dtype=float)
    found = list(zip(*(side.tolist() for side in overlapping(group, low, high)), strict=True))
    expected = [
        (i, j)
        for i in range(len(rows))
        for j in range(i + 1, len(rows))
        if group[i] == group[j] and low[j] < high[i]
    ]
    assert sorted(found) == expected


def test_ragged_pairs_come_in_order():
    left, right = ragged_pairs(np.array([3, 5, 5]), np.array([5, 5, 6]))
    assert left.tolist() == [0, 0, 2]
    assert right.tolist() == [3, 4, 5]
