"""Near duplicates: groups of items whose perceptual hashes differ in few bits.

Banding: of two hashes that differ in at most d bits, at least one of d + 1 disjoint bands of bits is
equal (pigeonhole), so comparing only hashes that share a band misses no pair. Bits are dealt to the
bands in the order of their variance, so that every band gets its share of the bits that tell items
apart; which bits form a band does not matter for exactness.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from assay.core.lazy_import import Late
from assay.core.ports.answers import Ints

_sparse = Late("scipy.sparse")
_graphs = Late("scipy.sparse.csgraph")
_Words = NDArray[np.uint64]
_EDGES_AT_ONCE = 1_000_000
_FOLD = np.uint64(0x9E3779B97F4A7C15)


def near_groups(hashes: Sequence[bytes], *, distance: int) -> Ints:
    """Return each item's group: the position of the group's first item, shape (items,).

    Two items belong together where a chain of items links them, neighbours differing in at most
    `distance` bits. An item that is like no other is a group of its own.

    Args:
        hashes: one hash per item, all of one length, at least one byte.
        distance: largest Hamming distance between neighbours, at least 0.

    Raises:
        ValueError: if the hashes differ in length or are empty, or the distance is negative.
    """
    if distance < 0:
        raise ValueError("a Hamming distance is 0 or more")
    if not hashes:
        return np.zeros(0, dtype=np.int64)
    if len({len(one) for one in hashes}) != 1 or not hashes[0]:
        raise ValueError("hashes have one length of at least one byte")
    every = np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(len(hashes), -1)
    distinct, back = np.unique(every, axis=0, return_inverse=True)
    labels = _linked(distinct, distance=distance)[back.reshape(-1)]
    first = np.full(int(labels.max()) + 1, len(hashes), dtype=np.int64)
    np.minimum.at(first, labels, np.arange(len(hashes)))
    return first[labels]


def _linked(distinct: NDArray[np.uint8], *, distance: int) -> Ints:
    """Return a component number per distinct hash; edges are folded in before they fill the memory."""
    count = len(distinct)
    labels = np.arange(count, dtype=np.int64)
    bits = np.unpackbits(distinct, axis=1)
    if distance == 0 or count == 1:
        return labels
    if distance >= bits.shape[1]:
        return np.zeros(count, dtype=np.int64)
    words = _as_words(bits)
    waiting: list[tuple[Ints, Ints]] = []
    many = 0
    for left, right in _candidates(bits, bands=distance + 1):
        apart = labels[left] != labels[right]
        left, right = left[apart], right[apart]  # noqa: PLW2901  what is linked already needs no look
        near = np.bitwise_count(words[left] ^ words[right]).sum(axis=1) <= distance
        waiting.append((left[near], right[near]))
        many += int(near.sum())
        if many > _EDGES_AT_ONCE:
            labels, waiting, many = _fold_in(labels, waiting), [], 0
    return _fold_in(labels, waiting)


def _candidates(bits: NDArray[np.uint8], *, bands: int) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs of positions that agree in a band, in arrays of at most one pair per item."""
    dealt = np.argsort(-bits.var(axis=0), kind="stable")
    for band in range(bands):
        keys = _one_key(_as_words(bits[:, dealt[band::bands]]))
        position = np.argsort(keys, kind="stable").astype(np.int64)
        ordered = keys[position]
        start = np.arange(len(keys) - 1)
        for step in range(1, len(keys)):
            start = start[start + step < len(keys)]
            start = start[ordered[start] == ordered[start + step]]
            if not len(start):
                break
            yield position[start], position[start + step]


def _as_words(bits: NDArray[np.uint8]) -> _Words:
    """Pack rows of bits into rows of 64-bit words, padded with zeros."""
    padded = np.pad(bits, ((0, 0), (0, -bits.shape[1] % 64)))
    return np.ascontiguousarray(np.packbits(padded, axis=1)).view(np.uint64)


def _one_key(words: _Words) -> _Words:
    """Fold a band's words into one; a collision only costs a comparison."""
    key = words[:, 0].copy()
    for column in range(1, words.shape[1]):
        key = key * _FOLD ^ words[:, column]
    return key


def _fold_in(labels: Ints, edges: list[tuple[Ints, Ints]]) -> Ints:
    """Return the component numbers after linking; every item also keeps its link to its old label."""
    if not edges:
        return labels
    left = np.concatenate([labels[pair[0]] for pair in edges])
    right = np.concatenate([labels[pair[1]] for pair in edges])
    size = len(labels)
    graph = _sparse.coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    component = _graphs.connected_components(graph, directed=False)[1].astype(np.int64)
    merged: Ints = component[labels]
    return merged
