"""Key points of several people."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from assay.core.consolidation.values.key_points import consolidate_points, geometric_median
from assay.core.labels.label_values import Point
from assay.core.ports.answers import AnswerTable

PLACES = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=6)


def together(*answers, reach=10.0):
    many = len(answers)
    table = AnswerTable(np.zeros(many, np.int64), np.arange(many), [""] * many, 1, many)
    return consolidate_points(table, answers, reach=reach)


def test_the_geometric_median_of_four_corners_and_an_outlier():
    corners = np.array([[0, 0], [2, 0], [2, 2], [0, 2]], float)
    assert geometric_median(corners) == pytest.approx([1, 1], abs=1e-6)
    # Fermat's point of a triangle with an angle above 120 degrees is that corner.
    flat = np.array([[0, 0], [10, 1], [-10, 1]], float)
    assert geometric_median(flat) == pytest.approx([0, 0], abs=1e-6)


@given(PLACES)
def test_no_place_has_a_smaller_sum_of_distances(places):
    points = np.array(places, float)

    def total(at):
        return np.linalg.norm(points - at, axis=1).sum()

    found = geometric_median(points)
    best = minimize(total, points.mean(axis=0), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9})
    assert total(found) <= best.fun + 1e-3


def test_points_of_a_label_come_together_and_an_outlier_hardly_moves_them():
    found = together(
        [Point("eye", 10, 10), Point("nose", 30, 30)],
        [Point("eye", 11, 10)],
        [Point("eye", 10, 11), Point("nose", 30, 31, visible=False)],
        [Point("eye", 16, 16), Point("nose", 30, 30, visible=False)],
    )
    eye, nose = found
    assert (eye.point.label, nose.point.label) == ("eye", "nose")
    assert np.hypot(eye.point.x - 10, eye.point.y - 10) < 1.5
    assert eye.visible == pytest.approx(5 / 6)
    assert nose.visible == pytest.approx(2 / 5)
    assert not nose.point.visible
    assert eye.there > nose.there
    assert eye.confidence == pytest.approx(eye.there * eye.alike)


def test_points_of_different_labels_at_one_place_are_two():
    found = together([Point("a", 5, 5), Point("b", 5, 5)], [Point("a", 5, 5)])
    assert [one.point.label for one in found] == ["a", "b"]


def test_nobody_marked_anything():
    assert together([], []) == []


@given(PLACES, st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(places, chance):
    answers = [[Point("a", x, y)] for x, y in places]
    other = list(answers)
    chance.shuffle(other)
    one, two = together(*answers), together(*other)
    assert [found.point for found in one] == [found.point for found in two]
    assert [found.there for found in one] == pytest.approx([found.there for found in two])


@given(st.integers(0, 99), st.integers(1, 5))
def test_unanimity_wins(x, people):
    (one,) = together(*([Point("a", x, 2.5)] for _ in range(people)))
    assert one.point == Point("a", x, 2.5, visible=True)
    assert one.alike == pytest.approx(1.0)
