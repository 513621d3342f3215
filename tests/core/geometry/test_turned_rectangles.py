"""Turned rectangles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.geometry.outline_pixels import filled, frame_of
from assay.core.geometry.turned_rectangles import area, common_area, corners

BOX = st.tuples(
    st.integers(0, 30), st.integers(0, 30), st.integers(4, 30), st.integers(4, 30), st.floats(-3.2, 3.2)
)


def polygon(box):
    x, y, length, width, angle = box
    return corners((x, y), (length, width), angle)


def test_corners_by_hand():
    found = corners((10, 20), (4, 2), 0)
    assert found.tolist() == [[12, 21], [8, 21], [8, 19], [12, 19]]
    turned = corners((0, 0), (4, 2), np.pi / 2)
    assert turned == pytest.approx(np.array([[-1, 2], [-1, -2], [1, -2], [1, 2]]), abs=1e-12)
    assert area(turned) == pytest.approx(8)


def test_a_square_and_its_eighth_turn_share_an_octagon():
    # Sides of 2: the octagon's area is 8 (sqrt(2) - 1).
    shared = common_area(corners((0, 0), (2, 2), 0), corners((0, 0), (2, 2), np.pi / 4))
    assert shared == pytest.approx(8 * (np.sqrt(2) - 1))


@given(BOX, BOX)
def test_what_two_share_is_symmetric_and_no_larger_than_either(a, b):
    one, two = polygon(a), polygon(b)
    shared = common_area(one, two)
    assert shared == pytest.approx(common_area(two, one), abs=1e-6)
    assert -1e-9 <= shared <= min(area(one), area(two)) + 1e-6


@given(BOX)
def test_a_box_shares_all_of_itself(box):
    assert common_area(polygon(box), polygon(box)) == pytest.approx(area(polygon(box)))


@given(BOX, BOX)
def test_the_shared_area_is_about_that_of_shared_pixels(a, b):
    one, two = 10 * polygon(a), 10 * polygon(b)
    frame = frame_of([one, two])
    pixels = int((filled(one, frame) & filled(two, frame)).sum())
    around = 2 * (sum(a[2:4]) + sum(b[2:4])) * 10
    assert common_area(one, two) == pytest.approx(pixels, abs=0.2 * around + 20)


@given(BOX, BOX)
def test_the_shared_area_is_that_of_shapely(a, b):
    geometry = pytest.importorskip("shapely.geometry", reason="shapely, the oracle, is not installed")
    one, two = polygon(a), polygon(b)
    theirs = geometry.Polygon(one).intersection(geometry.Polygon(two)).area
    assert common_area(one, two) == pytest.approx(theirs, abs=1e-6)
