"""Consolidation of outlines and masks: which things are there, and which pixels are theirs.

Outlines of different people that overlap by `JOINS` become one thing (`marked_things.py`), with the probability that it is
real. Its mask is the mean shape of its members: signed distances to their edges, cut at `REACH` pixels, are
averaged by people's weights, and pixels above 0 are inside (Rohlfing and Maurer 2007, "Shape-based averaging", with
distances cut, so that far pixels of one person do not shift an edge on which the others agree). With
REACH near 0 that is the weighted majority. `staple` is the EM of Warfield, Zou and Wells (2004), for many raters of
different habits: sensitivity and specificity of each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import distance_transform_edt

from assay.core.consolidation.objects.marked_things import Found, Marks, find_things
from assay.core.geometry.outline_pixels import Bits, Frame, filled, frame_of, outline_of
from assay.core.ports.answers import AnswerTable, Floats, Ints

JOINS: Final = 0.2
"""The smallest IoU of two outlines of the same thing: small things are outlined differently."""

REACH: Final = 1.0
"""Pixels; see above."""

EXPECTED: Final = (0.85, 5.0)
"""The mean Dice expected of a person with the others, and the pseudo-outlines that draw to it."""

ROUNDS: Final = 2


@dataclass(frozen=True, slots=True)
class Outline:
    """One closed outline with a label (>= 0); shape (points, 2), in pixels."""

    label: int
    points: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape(Found):
    """A thing as its people see it together.

    `alike` is the expected Dice with what one more person outlines.

    Attributes:
        label: what.
        frame: where the pixels lie.
        inside: shape (height, width), which pixels are the thing's.
    """

    label: int
    frame: Frame
    inside: Bits

    @property
    def chosen(self) -> bool:
        """Say whether it is more likely there than not."""
        return self.there >= 0.5

    def outline(self) -> Floats:
        """Return its largest piece as an outline, shape (points, 2)."""
        return outline_of(self.inside, self.frame)


def mask_loss(a: Bits, b: Bits) -> float:
    """Return 1 - Dice = 1 - 2 |a and b| / (|a| + |b|); two empty masks have no loss."""
    total = int(a.sum()) + int(b.sum())
    return 1.0 - 2.0 * int((a & b).sum()) / total if total else 0.0


def mean_shape(masks: Bits, *, weight: Floats | None = None) -> Bits:
    """Return the mean shape of masks, shape (height, width).

    Args:
        masks: shape (raters, height, width).
        weight: shape (raters,), > 0; None: all alike.
    """
    weights = np.ones(len(masks)) if weight is None else weight
    distance = np.tensordot(weights, np.stack([_signed(mask) for mask in masks]), axes=1)
    # Where the mean shape is undecided no pixel is taken: half of an even number is no majority.
    inside: Bits = np.round(distance, 9) > 0.0
    return inside


def staple(masks: Bits, *, rounds: int = 30) -> tuple[Floats, Floats, Floats]:
    """Return the probability of each pixel, and each rater's sensitivity and specificity (STAPLE).

    The prior is the mean share of marked pixels, p and q start at 0.99 as in the paper (section III).

    Args:
        masks: shape (raters, height, width).
        rounds: of EM; it ends earlier where nothing moves.

    Returns:
        Shapes (height, width), (raters,), (raters,).
    """
    said = masks.reshape(len(masks), -1)
    prior = float(np.clip(said.mean(), 1e-6, 1.0 - 1e-6))
    sensitivity, specificity = np.full(len(said), 0.99), np.full(len(said), 0.99)
    inside = np.zeros(said.shape[1])
    for _ in range(rounds):
        before = inside
        yes, no = np.log([sensitivity, 1 - sensitivity]), np.log([1 - specificity, specificity])
        odds = np.log(prior / (1 - prior)) + said.T @ (yes[0] - no[0]) + (~said).T @ (yes[1] - no[1])
        inside = 1.0 / (1.0 + np.exp(-np.clip(odds, -500, 500)))
        sensitivity = np.clip(said @ inside / max(float(inside.sum()), 1e-9), 1e-6, 1 - 1e-6)
        outside = 1.0 - inside
        specificity = np.clip(~said @ outside / max(float(outside.sum()), 1e-9), 1e-6, 1 - 1e-6)
        if np.abs(inside - before).max(initial=0.0) < 1e-6:
            break
    return inside.reshape(masks.shape[1:]), sensitivity, specificity


def consolidate_outlines(
    table: AnswerTable, outlines: Sequence[Sequence[Outline]], *, labels: int = 1
) -> tuple[list[Shape], Floats]:
    """Return the things of all items, by item, unlikely ones included; and people's expected Dice.

    Args:
        table: who answered which item; its texts are not looked at.
        outlines: what each answer of the table marks.
        labels: how many labels there are.
    """
    flat = [(row, one) for row, answer in enumerate(outlines) for one in answer]
    marks = _marks(flat)
    frames = [frame_of([one.points], margin=1) for _, one in flat]
    bits = [filled(one.points, frame) for (_, one), frame in zip(flat, frames, strict=True)]

    def overlap(i: Ints, j: Ints) -> Floats:
        return np.array(
            [
                _iou(bits[a], frames[a], bits[b], frames[b])
                for a, b in zip(i.tolist(), j.tolist(), strict=True)
            ]
        )

    things = find_things(marks, table=table, labels=labels, overlap=overlap, joins=JOINS)
    whole = [frame_of([flat[one][1].points for one in thing.members], margin=2) for thing in things]
    masks = [
        np.stack([_moved(bits[one], frames[one], to=frame) for one in thing.members])
        for thing, frame in zip(things, whole, strict=True)
    ]
    by = [table.person[marks.row[list(thing.members)]] for thing in things]
    skill = _skills(masks, by, people=table.people)
    shapes = []
    for thing, frame, mask, who in zip(things, whole, masks, by, strict=True):
        weight = _weight(skill[who])
        inside = mean_shape(mask, weight=weight)
        if not inside.any():
            # Two who agree on no edge: what either of them marked.
            inside = np.any(mask, axis=0, keepdims=True)[0]
        alike = float(np.mean(_against_others(mask, weight))) if len(mask) > 1 else float(skill[who].mean())
        shapes.append(
            Shape(
                item=thing.item,
                label=thing.label,
                frame=frame,
                inside=inside,
                there=thing.there,
                named=thing.named,
                alike=alike,
            )
        )
    return shapes, skill


def _marks(flat: Sequence[tuple[int, Outline]]) -> Marks:
    bounds = np.array(
        [[*one.points.min(axis=0), *one.points.max(axis=0), *one.points.mean(axis=0)] for _, one in flat]
    ).reshape(-1, 6)
    return Marks(
        row=np.array([row for row, _ in flat], dtype=np.int64),
        label=np.array([one.label for _, one in flat], dtype=np.int64),
        extent=bounds[:, [0, 2]],
        key=bounds,
    )


def _skills(masks: Sequence[Bits], by: Sequence[Ints], *, people: int) -> Floats:
    """Return each person's mean Dice with everybody else's mean shape, drawn to the pooled one."""
    skill = np.full(people, EXPECTED[0])
    for _ in range(ROUNDS):
        gained, given = np.zeros(people), np.zeros(people)
        for mask, who in zip(masks, by, strict=True):
            if len(mask) > 1:
                np.add.at(gained, who, _against_others(mask, _weight(skill[who])))
                np.add.at(given, who, 1.0)
        start, many = EXPECTED
        pool = (gained.sum() + start * many) / (given.sum() + many)
        skill = (gained + many * pool) / (given + many)
    return skill


def _against_others(mask: Bits, weight: Floats) -> Floats:
    """Return the Dice of each member with the mean shape of the others, shape (members,)."""
    distance = np.stack([_signed(one) for one in mask])
    total = np.tensordot(weight, distance, axes=1)
    return np.array(
        [
            1.0 - mask_loss(np.round(total - w * own, 9) > 0.0, one)
            for own, one, w in zip(distance, mask, weight, strict=True)
        ]
    )


def _weight(skill: Floats) -> Floats:
    """Return what people count: the inverse of what they err by, as for boxes."""
    weight: Floats = 1.0 / (1.0 - np.clip(skill, 0.0, 1.0) + 0.05)
    return weight


def _signed(mask: Bits) -> Floats:
    """Return the distance of each pixel's centre to the edge, positive inside, cut at `REACH`."""
    inside, outside = distance_transform_edt(mask), distance_transform_edt(~mask)
    cut: Floats = np.clip(np.where(mask, inside - 0.5, 0.5 - outside), -REACH, REACH)
    return cut


def _moved(bits: Bits, frame: Frame, *, to: Frame) -> Bits:
    """Return the pixels of one frame in another one that holds them."""
    found = np.zeros((to.height, to.width), dtype=np.bool_)
    y, x = np.nonzero(bits)
    found[y + frame.top - to.top, x + frame.left - to.left] = True
    return found


def _iou(a: Bits, at: Frame, b: Bits, other: Frame) -> float:
    left, top = max(at.left, other.left), max(at.top, other.top)
    right = min(at.left + at.width, other.left + other.width)
    bottom = min(at.top + at.height, other.top + other.height)
    if right <= left or bottom <= top:
        return 0.0
    one = a[top - at.top : bottom - at.top, left - at.left : right - at.left]
    two = b[top - other.top : bottom - other.top, left - other.left : right - other.left]
    common = int((one & two).sum())
    return common / max(int(a.sum()) + int(b.sum()) - common, 1)
