"""How much boxes and stretches overlap, many at once."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from assay.core.ports.answers import Floats, Ints

_EVER: Final = 1 << 62


def box_iou(a: Floats, b: Floats) -> Floats:
    """Return the intersection over union of upright boxes, pair by pair.

    Args:
        a: shape (..., 4): left, top, width, height.
        b: the same shape.
    """
    across = np.minimum(a[..., 0] + a[..., 2], b[..., 0] + b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    down = np.minimum(a[..., 1] + a[..., 3], b[..., 1] + b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    common = np.maximum(across, 0.0) * np.maximum(down, 0.0)
    whole = a[..., 2] * a[..., 3] + b[..., 2] * b[..., 3] - common
    shares: Floats = np.where(whole > 0.0, common / np.where(whole > 0.0, whole, 1.0), 0.0)
    # Rounding in the sums can lift equal boxes above 1.
    return np.minimum(shares, 1.0)


def stretch_iou(a: Floats, b: Floats) -> Floats:
    """Return the intersection over union of stretches, pair by pair; shape (..., 2): start, end."""
    common = np.maximum(np.minimum(a[..., 1], b[..., 1]) - np.maximum(a[..., 0], b[..., 0]), 0.0)
    whole = (a[..., 1] - a[..., 0]) + (b[..., 1] - b[..., 0]) - common
    shares: Floats = np.where(whole > 0.0, common / np.where(whole > 0.0, whole, 1.0), 0.0)
    return shares


def overlapping(group: Ints, low: Floats, high: Floats) -> tuple[Ints, Ints]:
    """Return every pair of stretches of the same group that overlap, each pair once.

    Args:
        group: shape (n,), ascending.
        low: shape (n,), ascending within a group; finite.
        high: shape (n,), at least `low`.

    Returns:
        Positions i < j, shape (pairs,). O(n log n + pairs).
    """
    found = [*overlapping_in_parts(group, low, high, most=_EVER)]
    return found[0] if found else (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def overlapping_in_parts(group: Ints, low: Floats, high: Floats, *, most: int) -> Iterator[tuple[Ints, Ints]]:
    """Yield the pairs of `overlapping` in order, about `most` at a time."""
    if not len(group):
        return
    room = float(high.max() - low.min()) + 1.0
    start = group * room + (low - low.min())
    ends = np.searchsorted(start, group * room + (high - low.min()), side="left")
    first = np.arange(len(group)) + 1
    yield from ragged_pairs_in_parts(first, np.maximum(ends, first), most=most)


def ragged_pairs(start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Return the pairs (i, j) for every i and every j of start[i] <= j < end[i], in order."""
    counts = end - start
    left = np.repeat(np.arange(len(start)), counts)
    before = np.cumsum(counts) - counts
    return left, np.arange(len(left)) + np.repeat(start - before, counts)


def ragged_pairs_in_parts(start: Ints, end: Ints, *, most: int) -> Iterator[tuple[Ints, Ints]]:
    """Yield the pairs of `ragged_pairs` in order, about `most` at a time."""
    total = np.cumsum(end - start)
    cuts = np.searchsorted(total, np.arange(most, int(total[-1]) if len(total) else 0, most)) + 1
    edges = np.unique([0, *cuts.tolist(), len(start)]).tolist()
    for at, until in pairwise(edges):
        i, j = ragged_pairs(start[at:until], end[at:until])
        yield i + at, j
