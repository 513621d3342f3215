"""Consolidation of relations: pairs of stretches of a text with a type, such as who works for whom.

Two marks overlap by the smaller of the overlaps of their heads and of their tails; those that overlap become one
relation (`marked_things.py`) with the probability that it is there and that of its type. Its head and its tail are the
stretches that most members say (`weighted_votes.decide`), as with spans: a stretch that nobody said, as medians of the ends
would give, is right less often than one that somebody did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core.consolidation.methods.weighted_votes import decide, voice
from assay.core.consolidation.objects.marked_things import Marks, Thing, find_things
from assay.core.geometry.shape_overlap import stretch_iou
from assay.core.ports.answers import AnswerTable, Floats, Ints

JOINS: Final = 0.2
"""As for spans: mere neighbours do not overlap at all."""

EXACT: Final = 0.85
"""The rate of exact stretches, and from how many somebody who slips would choose."""

WAYS: Final = 8

Stretch = tuple[int, int]
"""Code points from the first up to, not including, the second."""


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A typed pair of stretches; `label` >= 0."""

    label: int
    head: Stretch
    tail: Stretch


@dataclass(frozen=True, slots=True)
class FoundRelation:
    """A relation as its people see it together.

    Attributes:
        item: where.
        relation: between what.
        there: the probability that it is real.
        named: the probability of its type.
        exact: the probability that both stretches are exact.
    """

    item: int
    relation: Relation
    there: float
    named: float
    exact: float

    @property
    def confidence(self) -> float:
        """The probability that the relation is right."""
        return self.there * self.named * self.exact


def consolidate_relations(
    table: AnswerTable, relations: Sequence[Sequence[Relation]], *, labels: int = 1
) -> list[FoundRelation]:
    """Return the relations of all items, by item, unlikely ones included.

    Args:
        table: who answered which item; its texts are not looked at.
        relations: what each answer of the table marks.
        labels: how many types there are.
    """
    flat = [(row, one) for row, answer in enumerate(relations) for one in answer]
    ends = np.array([[*one.head, *one.tail] for _, one in flat], dtype=np.float64).reshape(-1, 4)
    marks = Marks(
        row=np.array([row for row, _ in flat], dtype=np.int64),
        label=np.array([one.label for _, one in flat], dtype=np.int64),
        extent=ends[:, :2],
        key=ends,
    )

    def overlap(i: Ints, j: Ints) -> Floats:
        return np.minimum(stretch_iou(ends[i, :2], ends[j, :2]), stretch_iou(ends[i, 2:], ends[j, 2:]))

    things = find_things(marks, table=table, labels=labels, overlap=overlap, joins=JOINS)
    return [_fused(thing, [flat[member][1] for member in thing.members]) for thing in things]


def _fused(thing: Thing, members: Sequence[Relation]) -> FoundRelation:
    head, sure = _said([one.head for one in members])
    tail, also = _said([one.tail for one in members])
    return FoundRelation(thing.item, Relation(thing.label, head, tail), thing.there, thing.named, sure * also)


def _said(stretches: Sequence[Stretch]) -> tuple[Stretch, float]:
    """Return the stretch that most say, of equals the first in the text, and its probability."""
    ways = sorted(set(stretches))
    found = decide(
        np.zeros(len(stretches), dtype=np.int64),
        np.array([ways.index(one) for one in stretches], dtype=np.int64),
        weight=voice(np.full(len(stretches), EXACT), ways=WAYS),
        questions=1,
        ways=WAYS,
    )
    return ways[int(found.code[0])], float(found.sure[0])
