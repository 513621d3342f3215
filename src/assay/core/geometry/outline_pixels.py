"""Outlines as pixels and back.

Pixel (x, y) is the square from (x, y) to (x + 1, y + 1); it belongs to an outline that holds its centre.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.answers import Floats

Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of a picture: its left and top pixel, its width and height in pixels."""

    left: int
    top: int
    width: int
    height: int


def frame_of(outlines: "list[Floats] | tuple[Floats, ...]", *, margin: int = 0) -> Frame:
    """Return the smallest frame around outlines, each of shape (points, 2), and so many pixels more."""
    points = np.concatenate(list(outlines))
    low = np.floor(points.min(axis=0)).astype(int) - margin
    high = np.ceil(points.max(axis=0)).astype(int) + margin
    return Frame(int(low[0]), int(low[1]), int(max(high[0] - low[0], 1)), int(max(high[1] - low[1], 1)))


def filled(outline: Floats, frame: Frame) -> Bits:
    """Return the pixels inside a closed outline, shape (height, width), by the even-odd rule.

    Args:
        outline: shape (points, 2), x and y; the last point is joined with the first.
        frame: where the pixels lie.
    """
    ends = np.roll(outline, -1, axis=0)
    rows = np.arange(frame.height) + frame.top + 0.5
    # An edge crosses a line of centres from its upper end, which counts, to its lower one, which does not.
    crosses = (outline[:, 1] <= rows[:, None]) != (ends[:, 1] <= rows[:, None])
    line, edge = np.nonzero(crosses)
    rise = ends[edge, 1] - outline[edge, 1]
    x = outline[edge, 0] + (rows[line] - outline[edge, 1]) * (ends[edge, 0] - outline[edge, 0]) / rise
    # The first centre at or beyond the crossing; every pixel from there on changes sides.
    column = np.clip(np.ceil(x - frame.left - 0.5), 0, frame.width).astype(np.int64)
    changes = np.zeros((frame.height, frame.width + 1), dtype=np.int64)
    np.add.at(changes, (line, column), 1)
    inside: Bits = np.cumsum(changes[:, :-1], axis=1) % 2 == 1
    return inside


def outline_of(bits: Bits, frame: Frame) -> Floats:
    """Return the outer outline of the largest connected piece of a mask, shape (points, 2); none: (0, 2).

    It runs along the edges of pixels, pixels on the right-hand side, corners only; `filled` gives the piece
    back, but for its holes. Of equally large pieces the first from the top left is taken; pixels that touch at a
    corner alone are not connected.
    """
    loops = _loops(bits)
    if not loops:
        return np.zeros((0, 2))
    largest = max(loops, key=lambda loop: (abs(_area(loop)), [-value for value in loop[0]]))
    points = np.array(largest, dtype=np.float64)
    ahead, behind = np.roll(points, -1, axis=0) - points, points - np.roll(points, 1, axis=0)
    corner = ahead[:, 0] * behind[:, 1] != ahead[:, 1] * behind[:, 0]
    found: Floats = points[corner] + [frame.left, frame.top]
    return found


def _loops(bits: Bits) -> list[list[tuple[int, int]]]:
    """Return the closed ways along the edges between pixels inside and outside."""
    padded = np.pad(bits, 1)
    ahead: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for axis, sign in ((0, 1), (0, -1), (1, 1), (1, -1)):
        inside = padded & ~np.roll(padded, sign, axis=axis)
        for y, x in np.argwhere(inside).tolist():
            start, end = _EDGES[axis, sign]
            ahead.setdefault((x - 1 + start[0], y - 1 + start[1]), []).append(
                (x - 1 + end[0], y - 1 + end[1])
            )
    found = []
    while ahead:
        first = min(ahead)
        way, here, came = [first], first, (0, 0)
        while True:
            choices = ahead[here]
            # Where two pixels touch at a corner the way turns right, and stays with its own pixel.
            best = max(choices, key=lambda there: _turn(came, (there[0] - here[0], there[1] - here[1])))
            choices.remove(best)
            if not choices:
                del ahead[here]
            came, here = (best[0] - here[0], best[1] - here[1]), best
            if here == first:
                break
            way.append(here)
        found.append(way)
    return found


_EDGES: Final = {
    (0, 1): ((0, 0), (1, 0)),
    (0, -1): ((1, 1), (0, 1)),
    (1, 1): ((0, 1), (0, 0)),
    (1, -1): ((1, 0), (1, 1)),
}
"""The edge of a pixel towards its neighbour above, below, left and right, clockwise as seen on a screen."""


def _turn(before: tuple[int, int], after: tuple[int, int]) -> int:
    """Return 1 for a turn to the right as seen on a screen, 0 for straight on, -1 for the left."""
    return before[0] * after[1] - before[1] * after[0]


def _area(loop: list[tuple[int, int]]) -> float:
    x, y = np.array(loop, dtype=np.float64).T
    return float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2)
