"""Outlines as pixels and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image, ImageDraw
from scipy.ndimage import binary_fill_holes, label

from assay.core.geometry.outline_pixels import Frame, filled, frame_of, outline_of

FRAME = Frame(0, 0, 8, 8)
BITS = arrays(np.bool_, (5, 6))


def points(*found):
    return np.array(found, dtype=float)


def test_a_rectangle_holds_the_centres_within():
    inside = filled(points((1, 2), (4, 2), (4, 5), (1, 5)), FRAME)
    assert [tuple(one) for one in np.argwhere(inside)] == [(y, x) for y in (2, 3, 4) for x in (1, 2, 3)]
    assert filled(points((1, 2), (4.4, 2), (4.6, 5), (1, 5)), FRAME).sum() == 10


def test_a_triangle_is_filled_by_its_centres_and_the_frame_may_lie_anywhere():
    inside = filled(points((10, 20), (14, 20), (10, 24)), Frame(10, 20, 4, 4))
    # The centres on the slanting edge belong to what lies to its right.
    assert inside.sum(axis=1).tolist() == [3, 2, 1, 0]


def test_crossing_outlines_are_filled_by_the_even_odd_rule():
    square = [(1, 1), (7, 1), (7, 7), (1, 7)]
    inner = [(3, 3), (5, 3), (5, 5), (3, 5)]
    inside = filled(points(*square, (1, 1), *inner, (3, 3)), FRAME)
    assert inside.sum() == 36 - 4
    assert not inside[3, 3]


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), min_size=3, max_size=6, unique=True))
def test_pixels_are_those_of_a_finer_drawing(corners):
    # Pillow's own rule for edges is another one: away from them both say the same.
    frame, factor = Frame(0, 0, 16, 16), 9
    image = Image.new("1", (16 * factor, 16 * factor))
    draw = ImageDraw.Draw(image)
    near = Image.new("1", image.size)
    edges = [(x * factor, y * factor) for x, y in corners]
    draw.polygon(edges, fill=1)
    ImageDraw.Draw(near).line([*edges, edges[0]], fill=1, width=5)
    centres = slice(factor // 2, None, factor)
    drawn, close = np.array(image)[centres, centres], np.array(near)[centres, centres]
    ours = filled(points(*corners), frame)
    crossing = ours != drawn
    # Where an outline crosses itself Pillow fills by the even-odd rule as well.
    assert not (crossing & ~close).any()


@given(BITS)
def test_an_outline_gives_its_piece_back(bits):
    frame = Frame(3, -2, 6, 5)
    pieces, count = label(bits)
    outline = outline_of(bits, frame)
    if not count:
        assert outline.shape == (0, 2)
        return
    # What touches the outside at a corner is no hole.
    solid = [binary_fill_holes(pieces == piece + 1, np.ones((3, 3))) for piece in range(count)]
    found = filled(outline, frame)
    assert found.sum() == max(one.sum() for one in solid)
    assert any((found == one).all() for one in solid)


def test_an_outline_has_corners_only():
    bits = np.zeros((4, 4), bool)
    bits[1:3, 1:4] = True
    assert sorted(map(tuple, outline_of(bits, Frame(10, 0, 4, 4)).tolist())) == [
        (11, 1),
        (11, 3),
        (14, 1),
        (14, 3),
    ]


def test_a_frame_holds_all_outlines():
    found = frame_of([points((1.5, 2), (3, 4)), points((0, 3), (2, 9.2))], margin=1)
    assert found == Frame(-1, 1, 5, 10)
    assert filled(points((1.5, 2), (3, 4), (1, 4)), found).shape == (10, 5)
    assert found.width == pytest.approx(5)
