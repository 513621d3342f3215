"""Consolidation of tracks: boxes that move through the frames of a video.

A track is given at key frames; between two of them its box moves evenly, and outside it is not there. Two tracks
overlap by the IoU of the volumes that they sweep: the sum of what their boxes share over the sum of what they
cover, over all frames. Tracks of different people that overlap become one (`marked_things.py`: at most one of each answer, in the order of
overlap), with the probability that it is real. It lasts from the median of the first frames to that of the last; in each
key frame of a member between them stands the median of the edges of those members that are there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core.consolidation.objects.marked_things import Found, Marks, Thing, find_things
from assay.core.ports.answers import AnswerTable, Floats, Ints

JOINS: Final = 0.3
"""The smallest IoU of two tracks of the same thing."""


@dataclass(frozen=True, slots=True)
class Track:
    """One thing through time.

    Attributes:
        label: what it is, >= 0.
        frames: shape (keys,), ascending.
        boxes: shape (keys, 4): left, top, width, height.
    """

    label: int
    frames: Ints
    boxes: Floats

    def at(self, frames: Ints) -> Floats:
        """Return the box in each frame, shape (frames, 4); NaN where it is not there."""
        found = np.stack([np.interp(frames, self.frames, column) for column in self.boxes.T], axis=1)
        found[(frames < self.frames[0]) | (frames > self.frames[-1])] = np.nan
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTrack(Found):
    """A track as its people see it together: what and where; `alike` is the mean IoU of its members with it."""

    track: Track


def track_iou(a: Track, b: Track) -> float:
    """Return the intersection over union of two tracks over all their frames."""
    frames = np.arange(min(a.frames[0], b.frames[0]), max(a.frames[-1], b.frames[-1]) + 1)
    one, two = a.at(frames), b.at(frames)
    across, down = (
        np.minimum(one[:, k] + one[:, k + 2], two[:, k] + two[:, k + 2]) - np.maximum(one[:, k], two[:, k])
        for k in (0, 1)
    )
    # Where one of them is not there nothing is shared.
    common = float(np.nansum(np.maximum(across, 0.0) * np.maximum(down, 0.0)))
    whole = float(np.nansum(one[:, 2] * one[:, 3]) + np.nansum(two[:, 2] * two[:, 3])) - common
    return min(common / whole, 1.0) if whole > 0 else 0.0


def consolidate_tracks(
    table: AnswerTable, tracks: Sequence[Sequence[Track]], *, labels: int = 1
) -> list[FoundTrack]:
    """Return the tracks of all items, by item, unlikely ones included.

    Args:
        table: who answered which item; its texts are not looked at.
        tracks: what each answer of the table marks.
        labels: how many labels there are.
    """
    flat = [(row, track) for row, answer in enumerate(tracks) for track in answer]
    ends = np.array([[one.frames[0], one.frames[-1] + 1] for _, one in flat], dtype=np.float64).reshape(-1, 2)
    middle = np.array([[*one.boxes[0], *one.boxes.mean(axis=0)] for _, one in flat]).reshape(-1, 8)
    marks = Marks(
        row=np.array([row for row, _ in flat], dtype=np.int64),
        label=np.array([one.label for _, one in flat], dtype=np.int64),
        extent=ends,
        key=np.column_stack([ends, middle]),
    )

    def overlap(i: Ints, j: Ints) -> Floats:
        pairs = zip(i.tolist(), j.tolist(), strict=True)
        return np.array([track_iou(flat[a][1], flat[b][1]) for a, b in pairs])

    things = find_things(marks, table=table, labels=labels, overlap=overlap, joins=JOINS)
    return [_fused(thing, [flat[member][1] for member in thing.members]) for thing in things]


def _fused(thing: Thing, members: Sequence[Track]) -> FoundTrack:
    first = int(np.floor(np.median([one.frames[0] for one in members])))
    last = max(first, int(np.ceil(np.median([one.frames[-1] for one in members]))))
    keys = np.unique(np.concatenate([[first, last], *(one.frames for one in members)]))
    keys = keys[(keys >= first) & (keys <= last)]
    boxes = np.stack([one.at(keys) for one in members])
    # At an even number's middle frame nobody may be there; the track is, and rests where it is next.
    there = ~np.isnan(boxes).all(axis=(0, 2))
    keys, boxes = keys[there], boxes[:, there]
    edges = np.nanmedian(np.concatenate([boxes[..., :2], boxes[..., :2] + boxes[..., 2:]], axis=2), axis=0)
    place = np.concatenate([edges[:, :2], edges[:, 2:] - edges[:, :2]], axis=1)
    track = Track(thing.label, keys, place)
    mean = float(np.mean([track_iou(one, track) for one in members]))
    return FoundTrack(item=thing.item, track=track, there=thing.there, named=thing.named, alike=mean)
