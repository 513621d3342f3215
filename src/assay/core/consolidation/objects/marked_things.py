"""Marks of any shape, gathered into things: is each there, what is it, and who marked it.

`object_model.py` does this for label values that are rows of numbers. Here a mark may be anything that has an extent
along one axis and an overlap with another: an outline, a turned box, a track. The same clusters (`object_clusters.py`),
sightings (`object_existence.py`) and votes about labels (`weighted_votes.py`) are used; how the places of a thing's marks become
one is left to the caller.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from assay.core.consolidation.methods.weighted_votes import decide, voice
from assay.core.consolidation.objects.object_clusters import SAME_LABEL, Objects, gather
from assay.core.consolidation.objects.object_existence import learn_sight, real
from assay.core.geometry.shape_overlap import overlapping
from assay.core.ports.answers import AnswerTable, Floats, Ints

NAMING: Final = 0.95
"""The rate of right labels on real things."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What people marked, in columns; an answer that marks nothing is a row of the table without marks.

    Attributes:
        row: shape (marks,), the answer's row in the table.
        label: shape (marks,), >= 0.
        extent: shape (marks, 2), where each lies along one axis: from and to. Those apart there are not compared.
        key: shape (marks, numbers), what says the same of equal marks: their canonical order.
    """

    row: Ints
    label: Ints
    extent: Floats
    key: Floats


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that people marked.

    Attributes:
        item: where.
        label: what it is.
        members: positions of its marks, in canonical order.
        there: the probability that it is real.
        named: the probability of its label.
    """

    item: int
    label: int
    members: tuple[int, ...]
    there: float
    named: float

    @property
    def chosen(self) -> bool:
        """Say whether it is more likely there than not."""
        return self.there >= 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A thing as its people see it together; what it looks like, the kinds of marks say.

    Attributes:
        item: where.
        there: the probability that it is real.
        named: the probability of its label.
        alike: how much its members, or one more person's mark, are expected to be like it, in [0, 1].
    """

    item: int
    there: float
    named: float
    alike: float

    @property
    def confidence(self) -> float:
        """The expected 1 - loss of the thing."""
        return self.there * self.named * self.alike


def find_things(
    marks: Marks,
    *,
    table: AnswerTable,
    labels: int,
    overlap: Callable[[Ints, Ints], Floats],
    joins: float,
) -> list[Thing]:
    """Gather marks that are alike into things, at most one mark of each answer in a thing.

    Args:
        marks: the marks.
        table: who answered which item; its texts are not looked at.
        labels: how many labels there are.
        overlap: returns how much marks i[k] and j[k] overlap, in [0, 1], shape (pairs,).
        joins: the smallest overlap of two marks of the same thing.

    Returns:
        The things by item, those of equal items in canonical order, unlikely ones included.
    """
    if not len(marks.row):
        return []
    item = table.item[marks.row]
    # In order of where they begin, then canonically: what somebody marked first does not matter, nor who did.
    order = np.lexsort((*marks.key.T[::-1], marks.label, marks.extent[:, 1], marks.extent[:, 0], item))
    objects = Objects(marks.row[order], item[order], marks.label[order], marks.extent[order])
    i, j = overlapping(objects.item, objects.place[:, 0], objects.place[:, 1])
    other = objects.row[i] != objects.row[j]
    i, j = i[other], j[other]
    share = overlap(order[i], order[j])
    same = share >= joins
    i, j, share = i[same], j[same], share[same]
    alike = share + SAME_LABEL * (objects.label[i] == objects.label[j])
    clusters = gather(objects, table=table, edges=(i, j, alike))
    votes = clusters.votes
    # One answer alone says nothing about hits or inventions: whatever it marks would be taken for real.
    telling = np.bincount(table.item, minlength=table.items) > 1
    kept = telling[clusters.item][votes.item]
    heard = replace(votes, item=votes.item[kept], person=votes.person[kept], label=votes.label[kept])
    sight, _ = learn_sight(
        heard,
        told=np.full(len(clusters.item), -1, dtype=np.int64),
        answers=np.bincount(table.person[telling[table.item]], minlength=table.people),
    )
    there = real(votes, sight=sight)
    named = decide(
        clusters.of,
        objects.label,
        weight=voice(np.full(len(order), NAMING), ways=labels),
        questions=len(clusters.item),
        ways=labels,
    )
    members: list[list[int]] = [[] for _ in clusters.item]
    for mark, of in zip(order.tolist(), clusters.of.tolist(), strict=True):
        members[of].append(mark)
    return [
        Thing(item, label, tuple(one), real, sure)
        for item, label, one, real, sure in zip(
            clusters.item.tolist(),
            named.code.tolist(),
            members,
            there.tolist(),
            named.sure.tolist(),
            strict=True,
        )
    ]
