import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.review import near_duplicate_groups
from assay.core.review.near_duplicate_groups import near_groups


def by_comparing_all(hashes: list[bytes], distance: int) -> list[int]:
    group = list(range(len(hashes)))
    for a, b in itertools.combinations(range(len(hashes)), 2):
        apart = int.from_bytes(hashes[a], "big") ^ int.from_bytes(hashes[b], "big")
        if apart.bit_count() <= distance and group[a] != group[b]:
            low, high = sorted((group[a], group[b]))
            group = [low if one == high else one for one in group]
    return group


@st.composite
def families(draw):
    """Hashes that come in families: a base with a few flipped bits, so that chains and ties occur."""
    size = draw(st.sampled_from([1, 2, 8, 32]))
    bases = draw(st.lists(st.binary(min_size=size, max_size=size), min_size=1, max_size=4))
    flips = st.lists(st.integers(0, 8 * size - 1), max_size=5)
    members = draw(st.lists(st.tuples(st.sampled_from(bases), flips), max_size=25))
    hashes = []
    for base, flipped in members:
        number = int.from_bytes(base, "big")
        for bit in flipped:
            number ^= 1 << bit
        hashes.append(number.to_bytes(size, "big"))
    return hashes


@settings(max_examples=300, deadline=None)
@given(hashes=families(), distance=st.integers(0, 20))
def test_banding_finds_exactly_what_comparing_all_pairs_finds(hashes, distance):
    assert near_groups(hashes, distance=distance).tolist() == by_comparing_all(hashes, distance)


@settings(max_examples=50, deadline=None)
@given(hashes=families(), distance=st.integers(0, 8), seed=st.integers(0, 99))
def test_the_order_of_the_items_does_not_matter(hashes, distance, seed):
    moved = np.random.default_rng(seed).permutation(len(hashes))
    groups = near_groups(hashes, distance=distance)
    other = near_groups([hashes[place] for place in moved], distance=distance)
    for a, b in itertools.combinations(range(len(hashes)), 2):
        assert (other[a] == other[b]) == (groups[moved[a]] == groups[moved[b]])


def test_a_chain_links_items_that_are_far_apart():
    assert near_groups([b"\x00", b"\x03", b"\x0f", b"\xff"], distance=2).tolist() == [0, 0, 0, 3]


def test_no_items_have_no_groups_and_equal_items_have_one():
    assert near_groups([], distance=3).tolist() == []
    assert near_groups([b"ab", b"cd", b"ab"], distance=0).tolist() == [0, 1, 0]


def test_edges_are_folded_in_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr(near_duplicate_groups, "_EDGES_AT_ONCE", 3)
    hashes = [bytes([value, 0]) for value in range(64)]
    assert near_groups(hashes, distance=1).tolist() == [0] * 64


def test_twenty_thousand_hashes_of_which_some_are_near_are_grouped_quickly():
    draw = np.random.default_rng(1)
    bits = draw.integers(0, 2, (20_000, 256), dtype=np.uint8)
    bits[10_000:10_500] = bits[:500]
    bits[10_000:10_500, :5] ^= 1
    groups = near_groups([row.tobytes() for row in np.packbits(bits, axis=1)], distance=8)
    assert groups[10_000:10_500].tolist() == list(range(500))
    assert len(np.unique(groups)) == 19_500


@pytest.mark.parametrize(("hashes", "distance"), [([b"a", b"ab"], 1), ([b"", b""], 1), ([b"a"], -1)])
def test_hashes_of_different_length_and_negative_distances_are_refused(hashes, distance):
    with pytest.raises(ValueError, match=r"hashes have one length|distance is 0 or more"):
        near_groups(hashes, distance=distance)
