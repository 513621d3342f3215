"""Boxes for the model of objects: overlap, and the weighted median of their edges."""

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Final

import numpy as np

from assay.core.consolidation.objects.object_clusters import AttributeRules, Fused, Kind, Made
from assay.core.geometry.object_matching import best_matching
from assay.core.geometry.shape_overlap import box_iou, ragged_pairs
from assay.core.ids import canonical
from assay.core.labels.attributes import NUDGE, PLAIN, details_as_json
from assay.core.labels.label_values import Box, Boxes, LabelValue, boxes_in_order
from assay.core.ports.answers import Floats, Ints

FOUND: Final = 0.5
"""The smallest IoU at which a box is found (quality.md and COCO use the same)."""

_MANY: Final = 20_000
"""Pairs of boxes from which on arrays are faster."""
_AT_ONCE: Final = 1_000

JOINS: Final = 0.4
"""Two people whose boxes each have an IoU of 0.7 with the object often have one of about 0.5 with each other."""


def box_score(a: Floats, b: Floats, *, found: float = FOUND) -> Floats:
    """Return the IoU where it is at least `found`, else 0."""
    share = box_iou(a, b)
    return np.where(share >= found, share, 0.0)


def box_loss(a: Boxes, b: Boxes, *, found: float = FOUND, rules: AttributeRules | None = None) -> float:
    """Return 1 - 2 sum(IoU) / (n + m) over the best matching at IoU >= `found` within equal labels.

    With rules, attributes that differ take their share off a matched pair.

    With TP matched boxes that is 1 - 2 TP_w / (2 TP + FP + FN), since n + m = 2 TP + FP + FN; so the matching
    of largest total IoU (the Hungarian method's) is the one of least loss. Two empty values have no loss.
    """
    if a.boxes == b.boxes:
        return 0.0
    one, two = sorted((a.boxes, b.boxes))
    if not one or not two:
        return 1.0
    search = _found_among_many if len(one) * len(two) > _MANY else _found
    pairs = search(one, two, found=found)
    off = [0.0] * len(pairs) if rules is None else [rules.off(one[i], two[j]) for i, j, _ in pairs]
    counted = np.array([share * (1.0 - less) for (*_, share), less in zip(pairs, off, strict=True)])
    total = float(counted.sum())
    if not len({i for i, *_ in pairs}) == len({j for _, j, _ in pairs}) == len(pairs):
        left, right = (np.array([row[side] for row in pairs]) for side in (0, 1))
        near = np.array([share * (1.0 - NUDGE * less) for (*_, share), less in zip(pairs, off, strict=True)])
        used = best_matching(left, right, near, problem=np.zeros(len(pairs), dtype=np.int64))
        total = float(counted[used].sum())
    return 1.0 - 2.0 * total / (len(one) + len(two))


def _found(one: Sequence[Box], two: Sequence[Box], *, found: float) -> list[tuple[int, int, float]]:
    """Return (position, position, IoU) of the boxes of the same label that find each other."""
    return [
        (i, j, share)
        for i, x in enumerate(one)
        for j, y in enumerate(two)
        if x[0] == y[0] and (share := _iou(x, y)) >= found
    ]


def _found_among_many(
    one: Sequence[Box], two: Sequence[Box], *, found: float
) -> list[tuple[int, int, float]]:
    """Return the same of boxes in order, looking only at those whose stretches across the picture meet."""
    pairs: list[tuple[int, int, float]] = []
    for label in sorted({box.label for box in one} & {box.label for box in two}):
        (first, a), (second, b) = (_of_label(boxes, label) for boxes in (one, two))
        start = np.searchsorted(b[:, 0], a[:, 0] - b[:, 2].max(), side="left")
        end = np.searchsorted(b[:, 0], a[:, 0] + a[:, 2], side="left")
        for at in range(0, len(a), _AT_ONCE):
            part = slice(at, at + _AT_ONCE)
            i, j = ragged_pairs(start[part], end[part])
            share = box_iou(a[part][i], b[j])
            near = np.flatnonzero(share >= found)
            pairs += zip(
                (first + at + i[near]).tolist(),
                (second + j[near]).tolist(),
                share[near].tolist(),
                strict=True,
            )
    return pairs


def _of_label(boxes: Sequence[Box], label: str) -> tuple[int, Floats]:
    """Return where the boxes of a label begin, and their places, shape (boxes, 4); boxes come in order."""
    mine = [place for place, box in enumerate(boxes) if box.label == label]
    return mine[0], np.array([boxes[place][1:5] for place in mine], dtype=np.float64)


def _iou(a: Box, b: Box) -> float:
    """Return `box_iou` of two boxes: for a handful of them an array takes longer to make than this takes."""
    _, left, top, width, height, _ = a
    _, other_left, other_top, other_width, other_height, _ = b
    across = min(left + width, other_left + other_width) - max(left, other_left)
    down = min(top + height, other_top + other_height) - max(top, other_top)
    if across <= 0 or down <= 0:
        return 0.0
    common = across * down
    return min(common / (width * height + other_width * other_height - common), 1.0)


def _reach(place: Floats) -> tuple[Floats, Floats]:
    return place[:, 0], place[:, 0] + place[:, 2]


def _fuse(place: Floats, cluster: Ints, skill: Floats, clusters: int, *, found: float = FOUND) -> Fused:
    """Take the weighted median of each edge; who draws more exactly weighs more.

    `skill` is each member's expected IoU. The fused box errs less than its members: by the square root
    of their number, as a mean does.
    """
    weight = 1.0 / (1.0 - skill + 0.02)
    corners = np.stack(
        [place[:, 0], place[:, 1], place[:, 0] + place[:, 2], place[:, 1] + place[:, 3]], axis=1
    )
    middle = np.stack(
        [weighted_median(corners[:, k], cluster, weight=weight, groups=clusters) for k in range(4)], axis=1
    )
    fused = np.stack(
        [middle[:, 0], middle[:, 1], middle[:, 2] - middle[:, 0], middle[:, 3] - middle[:, 1]], axis=1
    )
    fused = np.round(fused, 2)
    fused[:, 2:] = np.maximum(fused[:, 2:], 0.01)
    size = np.bincount(cluster, minlength=clusters)
    off = 1.0 - box_iou(place, fused[cluster])
    # A member pulls the median towards itself: what is left of its error is (n - 1) / n of the variance.
    several = size[cluster] > 1
    true_off = np.where(several, off * np.sqrt(size / np.maximum(size - 1, 1))[cluster], 1.0 - skill)
    usual = 0.5 * (true_off + 1.0 - skill)
    mean = np.bincount(cluster, weights=usual, minlength=clusters) / np.maximum(size, 1)
    met = np.where(true_off <= 1.0 - found, 1.0 - true_off, 0.0)
    return Fused(place=fused, trust=np.clip(1.0 - mean / np.sqrt(np.maximum(size, 1)), 0.0, 1.0), met=met)


def weighted_median(value: Floats, group: Ints, *, weight: Floats, groups: int) -> Floats:
    """Return the weighted median of each group, interpolated between the two values beside it.

    Each value stands at the middle of its weight; the median is where half of the weight lies below. Two
    equal weights give the mean, an outlier among three hardly moves it.

    Args:
        value: shape (n,).
        group: shape (n,), in [0, groups); every group has a value.
        weight: shape (n,), > 0.
        groups: how many there are.
    """
    size = np.bincount(group, minlength=groups)
    start = np.cumsum(size) - size
    by_group = np.argsort(group, kind="stable")
    row = group[by_group]
    column = np.arange(len(row)) - start[row]
    # One row per group: short rows are sorted much faster than one long column.
    values = np.full((groups, int(size.max(initial=1))), np.inf)
    weights = np.zeros(values.shape)
    values[row, column], weights[row, column] = value[by_group], weight[by_group]
    order = np.lexsort((weights, values), axis=-1)
    values, weights = np.take_along_axis(values, order, 1), np.take_along_axis(weights, order, 1)
    middle = (np.cumsum(weights, axis=1) - weights / 2.0) / weights.sum(axis=1, keepdims=True)
    before = np.where(np.isinf(values), False, middle < 0.5).sum(axis=1)
    every = np.arange(groups)
    left, right = np.maximum(before - 1, 0), np.minimum(before, size - 1)
    gap = middle[every, right] - middle[every, left]
    share = np.where(gap > 0.0, (0.5 - middle[every, left]) / np.where(gap > 0.0, gap, 1.0), 0.0)
    low = values[every, left]
    found: Floats = low + np.clip(share, 0.0, 1.0) * (values[every, right] - low)
    return found


def _make(rows: Sequence[Made]) -> tuple[LabelValue, tuple[float, ...]]:
    carrying = any(carried is not PLAIN for *_, carried in rows)
    ordered = sorted(rows, key=_in_order_of_boxes if carrying else _by_place)
    boxes = []
    for label, (left, top, width, height), _, carried in ordered:
        boxes.append(Box(label, left, top, width, height, carried))  # `_fuse` has rounded them
    return boxes_in_order(tuple(boxes)), tuple([part for _, _, part, _ in ordered])


def _by_place(row: Made) -> tuple[object, ...]:
    label, place, part, _ = row
    return place, label, part


def _in_order_of_boxes(row: Made) -> tuple[object, ...]:
    label, place, part, carried = row
    return place, label, canonical(details_as_json(carried)), part


@lru_cache(maxsize=64)
def box_kind(found: float, *, rules: AttributeRules | None = None) -> Kind:
    """Return upright rectangles in pictures, one being found where the IoU is at least `found`.

    Two people's boxes of one object meet at a little less than each of them meets the object (`JOINS`).
    """
    return Kind(
        produces=Boxes,
        key="boxes",
        fields=("left", "top", "width", "height"),
        reach=_reach,
        overlap=box_iou,
        joins=min(JOINS, JOINS / FOUND * found),
        score=partial(box_score, found=found),
        fuse=partial(_fuse, found=found),
        make=_make,
        rules=rules,
    )


BOXES: Final = box_kind(FOUND)
"""Upright rectangles in pictures, found at an IoU of 0.5."""
