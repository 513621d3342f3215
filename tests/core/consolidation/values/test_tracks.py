"""Tracks of several people."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.consolidation.values.tracks import Track, consolidate_tracks, track_iou
from assay.core.ports.answers import AnswerTable


def track(*keys, label=0):
    """Each key is (frame, left, top); boxes are 10 x 10."""
    return Track(
        label, np.array([key[0] for key in keys]), np.array([[*key[1:], 10, 10] for key in keys], float)
    )


def together(*answers, labels=1):
    many = len(answers)
    table = AnswerTable(np.zeros(many, np.int64), np.arange(many), [""] * many, 1, many)
    return consolidate_tracks(table, answers, labels=labels)


def test_a_box_moves_evenly_between_key_frames_and_is_not_there_outside():
    found = track((2, 0, 0), (6, 8, 4)).at(np.array([1, 2, 4, 6, 7]))
    assert found[1:4].tolist() == [[0, 0, 10, 10], [4, 2, 10, 10], [8, 4, 10, 10]]
    assert np.isnan(found[[0, 4]]).all()


def test_the_overlap_of_tracks_counts_every_frame():
    a, b = track((0, 0, 0), (3, 0, 0)), track((1, 0, 5), (4, 0, 5))
    # Frames 1 to 3 share 50 each; both cover 4 x 100.
    assert track_iou(a, b) == pytest.approx(150 / (800 - 150))
    assert track_iou(a, track((9, 0, 0))) == 0.0
    assert track_iou(a, a) == pytest.approx(1.0)


def test_tracks_of_one_thing_become_one_over_time_and_a_lonely_one_is_doubted():
    found = together(
        [track((0, 0, 0), (10, 20, 0))],
        [track((1, 2, 0), (10, 20, 0)), track((0, 300, 300), (5, 300, 300))],
        [track((0, 0, 0), (5, 10, 1), (12, 24, 0))],
    )
    second, first = found
    assert first.there > 0.9 > 0.5 > second.there
    assert first.track.frames.tolist() == [0, 1, 5, 10]
    assert first.track.boxes[2] == pytest.approx([10, 0, 10, 10])
    assert first.alike > 0.8
    assert first.confidence == pytest.approx(first.there * first.named * first.alike)


def test_two_things_that_cross_stay_two():
    right, left = track((0, 0, 0), (10, 100, 0), label=1), track((0, 100, 0), (10, 0, 0), label=1)
    found = together([right, left], [left, right], labels=2)
    assert len(found) == 2
    assert [one.track.label for one in found] == [1, 1]
    assert {tuple(one.track.boxes[0]) for one in found} == {(0, 0, 10, 10), (100, 0, 10, 10)}


def test_nobody_marked_anything():
    assert together([], []) == []


KEYS = st.lists(st.integers(0, 20), min_size=1, max_size=4, unique=True).map(sorted)


@given(KEYS, st.integers(1, 4))
def test_unanimity_wins(keys, people):
    one = track(*((key, 3 * key, key) for key in keys))
    (found,) = together(*([one] for _ in range(people)))
    assert found.track.frames.tolist() == keys
    assert track_iou(found.track, one) == pytest.approx(1.0)


@given(
    st.lists(st.tuples(KEYS, st.integers(0, 4)), min_size=2, max_size=4), st.randoms(use_true_random=False)
)
def test_the_order_of_answers_does_not_matter(answers, chance):
    drawn = [[track(*((key, shift + key, 0) for key in keys))] for keys, shift in answers]
    other = list(drawn)
    chance.shuffle(other)
    one, two = together(*drawn), together(*other)
    assert len(one) == len(two)
    for a, b in zip(one, two, strict=True):
        assert a.track.frames.tolist() == b.track.frames.tolist()
        assert a.track.boxes == pytest.approx(b.track.boxes)
        assert (a.there, a.alike) == pytest.approx((b.there, b.alike))
