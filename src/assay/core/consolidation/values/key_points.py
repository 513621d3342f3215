"""Consolidation of key points: where each of them is, and whether it can be seen.

Marks of the same label within `reach` of one another become one point (`marked_things.py`), with the probability that it is
there. Its place is the geometric median of its members (Weiszfeld 1937; Vardi and Zhang 2000 where a step meets a
member): an outlier pulls it by its direction alone, not by its distance. It is visible with the share of members that say
so, drawn to one half by one answer each way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core.consolidation.objects.marked_things import Marks, Thing, find_things
from assay.core.labels.label_values import Point
from assay.core.ports.answers import AnswerTable, Floats, Ints

STEPS: Final = 100
_NEAR: Final = 1e-9


@dataclass(frozen=True, slots=True)
class FoundPoint:
    """A key point as its people see it together.

    Attributes:
        item: where.
        point: what, where, and whether it is rather visible than hidden.
        there: the probability that it is real.
        visible: the probability that it is visible.
        alike: the mean over its members of 1 - distance / reach.
    """

    item: int
    point: Point
    there: float
    visible: float
    alike: float

    @property
    def confidence(self) -> float:
        """The expected 1 - loss of the point."""
        return self.there * self.alike


def consolidate_points(
    table: AnswerTable, points: Sequence[Sequence[Point]], *, reach: float
) -> list[FoundPoint]:
    """Return the points of all items, by item, unlikely ones included.

    Args:
        table: who answered which item; its texts are not looked at.
        points: what each answer of the table marks.
        reach: pixels; two marks that far apart are not of the same point.
    """
    names = sorted({point.label for answer in points for point in answer})
    flat = [(row, point) for row, answer in enumerate(points) for point in answer]
    place = np.array([[point.x, point.y] for _, point in flat]).reshape(-1, 2)
    label = np.array([names.index(point.label) for _, point in flat], dtype=np.int64)
    marks = Marks(
        row=np.array([row for row, _ in flat], dtype=np.int64),
        label=label,
        extent=np.stack([place[:, 0] - reach / 2, place[:, 0] + reach / 2], axis=1),
        key=np.column_stack([place, [point.visible for _, point in flat]]) if flat else place,
    )

    def overlap(i: Ints, j: Ints) -> Floats:
        near = np.maximum(1.0 - np.hypot(*(place[i] - place[j]).T) / reach, 0.0)
        found: Floats = np.where(label[i] == label[j], near, 0.0)
        return found

    things = find_things(marks, table=table, labels=max(len(names), 1), overlap=overlap, joins=1e-6)
    return [_fused(thing, [flat[one][1] for one in thing.members], names, reach) for thing in things]


def geometric_median(places: Floats, *, weight: Floats | None = None) -> Floats:
    """Return the point with the least weighted sum of distances to places, shape (numbers,).

    Args:
        places: shape (places, numbers).
        weight: shape (places,), > 0; None: all alike.
    """
    weights = np.ones(len(places)) if weight is None else weight
    best = np.average(places, axis=0, weights=weights)
    for _ in range(STEPS):
        apart = np.linalg.norm(places - best, axis=1)
        far = apart > _NEAR
        if not far.any():
            return best
        pull = weights[far] / apart[far]
        step = (places[far] * pull[:, None]).sum(axis=0) / pull.sum()
        # Standing on a member: it holds the median back with its own weight.
        force = float(np.linalg.norm(((places[far] - best) * pull[:, None]).sum(axis=0)))
        held = float(weights[~far].sum())
        share = min(1.0, held / force) if force > 0 else 1.0
        there = best if force <= held else (1.0 - share) * step + share * best
        if np.linalg.norm(there - best) < _NEAR:
            break
        best = there
    # Near a member, and where places lie nearly on a line, convergence is slow: Newton goes on from there, and the best
    # member is a candidate too.
    candidates = np.vstack([best, _newton(places, best, weight=weights), places])
    apart = np.linalg.norm(candidates[:, None] - places[None], axis=2) @ weights
    chosen: Floats = candidates[int(np.argmin(np.round(apart, 7)))]
    return chosen


def _newton(places: Floats, start: Floats, *, weight: Floats) -> Floats:
    """Return where Newton's method, halving steps that make things worse, leads from a start."""
    best = start
    for _ in range(STEPS):
        away = places - best
        apart = np.linalg.norm(away, axis=1)
        if (apart <= _NEAR).any():
            return best
        toward = away / apart[:, None]
        slope = -(weight @ toward)
        bend = np.eye(len(best)) * (weight / apart).sum() - np.einsum(
            "p,pi,pj->ij", weight / apart, toward, toward
        )
        # Places on one line leave a direction without any bend: the ridge keeps it still.
        step = -np.linalg.solve(bend + _NEAR * np.trace(bend) * np.eye(len(best)), slope)
        total = float(weight @ apart)
        while (
            float(weight @ np.linalg.norm(places - best - step, axis=1)) > total
            and np.abs(step).max() > _NEAR
        ):
            step = step / 2.0
        if np.abs(step).max() <= _NEAR:
            return best
        best = best + step
    return best


def _fused(thing: Thing, members: Sequence[Point], names: Sequence[str], reach: float) -> FoundPoint:
    places = np.array([[one.x, one.y] for one in members])
    x, y = geometric_median(places).tolist()
    seen = (sum(one.visible for one in members) + 1.0) / (len(members) + 2.0)
    alike = float(np.mean(np.maximum(1.0 - np.hypot(*(places - [x, y]).T) / reach, 0.0)))
    point = Point(names[thing.label], round(x, 2), round(y, 2), seen >= 0.5)
    return FoundPoint(thing.item, point, thing.there, seen, alike)
