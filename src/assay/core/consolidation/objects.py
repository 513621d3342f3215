"""Consolidation of marked objects (boxes, spans): is each one there, what is it, and where.

1. Marks of different people that are alike become one cluster (`clusters.py`).
2. Whether a cluster is real follows from who marked it and who saw the item and did not (`sightings.py`).
3. Its label is decided by votes, each weighing what the person's rate of right labels says (`votes.py`).
4. Its place is fused by weights from how exact each person is (`Kind.fuse`).

With e the probability that a cluster is real, c that its label is right and u the expected score of its place
(IoU for boxes), the chosen objects are the k with the largest e c u for which

    2 sum(e c u) / (k + expected number of real objects)

is largest: the expected 1 - loss of the losses in `boxes.py` and `spans.py`, taken as a ratio of expectations.
The number of real objects counts those that everybody overlooked: q / (1 - q) for each one seen, q being the
product of everybody's rates of missing. The empty value competes with the probability that nothing is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.consolidation.clusters import (
    Clusters,
    Fused,
    Kind,
    Objects,
    cluster,
    matched,
    read_objects,
    together,
)
from assay.core.consolidation.sightings import Sight, learn_sight, real
from assay.core.consolidation.skills import drawn_together
from assay.core.consolidation.stored import grow, pack, unpack
from assay.core.consolidation.votes import Verdicts, decide, voice
from assay.core.label_text import write_label
from assay.core.labels import LabelSchema
from assay.core.ports import AnswerTable, Consensus, Floats, Ints

NAMING: Final = (0.95, 10.0)
"""The expected rate of right labels on real objects, and the pseudo-objects that draw people to it."""

PLACING: Final = (0.85, 10.0)
"""The same for the score of places: a mean IoU, or the share of exact boundaries."""

SKILL: Final = (0.75, 5.0)
"""The same for the expected 1 - loss of whole answers."""

BLANK: Final = (0.2, 5.0)
"""The expected share of items without any object, and the pseudo-items that draw to it."""

_ROUNDS: Final = 2
_CERTAIN: Final = 0.995


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of people; shape (people,) each.

    Attributes:
        naming: rates of right labels.
        placing: expected scores of places.
        skills: expected 1 - loss of whole answers.
    """

    naming: Floats
    placing: Floats
    skills: Floats


@dataclass(frozen=True, slots=True)
class ObjectModel:
    """How people mark objects; implements `Consolidator`.

    Attributes:
        kind: which objects.
        names: the labels in the schema's order.
        sight: what people see.
        traits: everything else per person.
        pool: the same for everybody together, shape (1,) each.
        blank: the share of items without objects.
        fitted: the answers that it was learnt from as they were read, which are mostly asked about next.
    """

    kind: Kind
    names: tuple[str, ...]
    sight: Sight
    traits: Traits
    pool: Traits
    blank: float
    fitted: "_Seen | None" = field(default=None, compare=False, repr=False)

    def consensus(self, table: AnswerTable, *, prior: Floats | None = None) -> Consensus:  # noqa: ARG002
        """Return the objects with the least expected loss per item."""
        seen = self.fitted
        if seen is None or seen.table is not table:
            seen = _see_all(table, kind=self.kind, names=self.names)
        objects, view = seen.objects, self._look(seen)
        picked, right = _pick(view, items=table.items)
        answered = np.bincount(table.item, minlength=table.items) > 0
        value, parts = self._values(view, picked, answered=answered)
        people = ~np.isin(table.person, sorted(table.models))
        count = np.bincount(table.item[people], minlength=table.items)
        alike = _alike(table, objects=objects, view=view, picked=picked, kind=self.kind)
        total = np.bincount(table.item[people], weights=alike[people], minlength=table.items)
        return Consensus(
            value=value,
            right=np.where(answered, right, 0.0),
            agreement=total / np.maximum(count, 1),
            count=count,
            parts=parts,
        )

    def posteriors(self, table: AnswerTable, *, prior: Floats | None = None) -> None:
        """Return None: labels alone do not say what an answer is."""

    def skill(self) -> Floats:
        """Return each person's expected 1 - loss, shape (people,)."""
        return self.traits.skills

    def grown(self, people: int) -> "ObjectModel":
        """Return the same model with room for more people, who start as the pooled person."""
        traits, pool = self.traits, self.pool
        return replace(
            self,
            sight=replace(
                self.sight,
                hits=grow(self.sight.hits, people, newcomer=self.sight.pool_hits),
                inventing=grow(self.sight.inventing, people, newcomer=self.sight.pool_inventing),
            ),
            traits=Traits(
                naming=grow(traits.naming, people, newcomer=pool.naming[0]),
                placing=grow(traits.placing, people, newcomer=pool.placing[0]),
                skills=grow(traits.skills, people, newcomer=pool.skills[0]),
            ),
        )

    def to_bytes(self) -> bytes:
        """Return the model as a NumPy archive without pickled objects."""
        return pack(
            {
                "sight": np.stack([self.sight.hits, self.sight.inventing], axis=1),
                "everybody": np.array([self.sight.pool_hits, self.sight.pool_inventing, self.sight.share]),
                "traits": np.stack([self.traits.naming, self.traits.placing, self.traits.skills], axis=1),
                "usual": np.stack([self.pool.naming, self.pool.placing, self.pool.skills], axis=1),
                "blank": np.array(self.blank),
            }
        )

    def _look(self, seen: "_Seen") -> "_View":
        table, objects, clusters = seen.table, seen.objects, seen.clusters
        there = real(clusters.votes, sight=self.sight)
        by = table.person[objects.row]
        named = _name(objects, clusters, rate=self.traits.naming[by], names=self.names)
        fused = self.kind.fuse(objects.place, clusters.of, self.traits.placing[by], len(clusters.item))
        return _View(clusters, there, named, fused, *_unseen(self, clusters, there=there, table=table))

    def _values(
        self, view: "_View", picked: NDArray[np.bool_], *, answered: NDArray[np.bool_]
    ) -> tuple[list[str], list[tuple[float, ...]]]:
        empty, none = self.kind.make(())
        value = [write_label(empty) if given else "" for given in answered.tolist()]
        parts = [none] * len(value)
        at = np.flatnonzero(picked)
        item = view.clusters.item[at]
        label = [self.names[code] for code in view.named.code[at].tolist()]
        place, sure = view.fused.place[at].tolist(), (view.there * view.named.sure)[at].tolist()
        rows = list(zip(label, place, sure, strict=True))
        starts = np.flatnonzero(np.diff(item, prepend=-1)).tolist()
        for start, end in pairwise([*starts, len(rows)]):
            made, parts[item[start]] = self.kind.make(rows[start:end])
            value[item[start]] = write_label(made)
        return value, parts


@dataclass(frozen=True, slots=True)
class _Seen:
    """Answers, their objects, and the clusters of these."""

    table: AnswerTable
    objects: Objects
    clusters: Clusters


@dataclass(frozen=True, slots=True)
class _View:
    """What is believed about every cluster, and about what nobody marked.

    Attributes:
        clusters: the clusters.
        there: shape (clusters,), e.
        named: the labels and c.
        fused: the places and u.
        objects: shape (items,), the expected number of real objects, overlooked ones included.
        nothing: shape (items,), the probability that nothing is there.
    """

    clusters: Clusters
    there: Floats
    named: Verdicts
    fused: Fused
    objects: Floats
    nothing: Floats


def fit_objects(
    table: AnswerTable, *, kind: Kind, schema: LabelSchema, known: Sequence[str | None]
) -> ObjectModel:
    """Learn people from all answers.

    Args:
        table: the answers.
        kind: which objects they mark.
        schema: the project's labels.
        known: length items, the known label of a control item or None.

    Raises:
        InvalidLabel: if an answer or a known label is no such value, or holds an unknown label.
    """
    names = schema.names
    given = np.zeros(table.items, dtype=np.bool_)
    given[[item for item, text in enumerate(known) if text is not None]] = True
    seen = _see_all(table, kind=kind, names=names)
    marks, clusters, told = _with_known(seen, known=known, given=given, kind=kind, names=names)
    count = np.bincount(table.item, minlength=table.items)
    # One answer alone says nothing about hits or inventions: whatever it marks would be taken for real.
    telling = given | (count > 1)
    sight, there = _see(clusters, told=told, telling=telling, table=table)
    traits, pool = _learn(
        table, marks, clusters, there=np.where(telling[clusters.item], there, 0.0), kind=kind, names=names
    )
    empty = _product(1.0 - there, clusters.item, items=table.items)[telling]
    blank = float((empty.sum() + BLANK[0] * BLANK[1]) / (len(empty) + BLANK[1]))
    model = ObjectModel(
        kind=kind, names=names, sight=sight, traits=traits, pool=pool, blank=blank, fitted=seen
    )
    gain = _expected_gain(model, seen)
    if given.any():
        gain = np.where(given[table.item], _against(seen, marks=marks, kind=kind), gain)
    skills, pooled = drawn_together(table, gain=gain, expected=SKILL)
    return replace(
        model, traits=replace(traits, skills=skills), pool=replace(pool, skills=np.array([pooled]))
    )


def load_objects(data: bytes, *, kind: Kind, schema: LabelSchema) -> ObjectModel:
    """Read back what `ObjectModel.to_bytes` wrote.

    Raises:
        DamagedModel: if the bytes are no such archive.
    """
    shapes: dict[str, tuple[int | None, ...]] = {
        "sight": (None, 2),
        "everybody": (3,),
        "traits": (None, 3),
        "usual": (1, 3),
        "blank": (),
    }
    found = unpack(data, shapes=shapes, fits="a model of objects")
    return ObjectModel(
        kind=kind,
        names=schema.names,
        sight=Sight(*found["sight"].T.copy(), *found["everybody"].tolist()),
        traits=Traits(*found["traits"].T.copy()),
        pool=Traits(*found["usual"].T.copy()),
        blank=float(found["blank"]),
    )


def _see_all(table: AnswerTable, *, kind: Kind, names: tuple[str, ...]) -> _Seen:
    objects = read_objects(table.value, table.item, kind=kind, names=names)
    return _Seen(table, objects, cluster(objects, table=table, kind=kind))


def _with_known(
    seen: _Seen,
    *,
    known: Sequence[str | None],
    given: NDArray[np.bool_],
    kind: Kind,
    names: tuple[str, ...],
) -> tuple[Objects, Clusters, Ints]:
    """Return objects and clusters with the known ones among them, and which clusters are known to be real.

    1 real, 0 not, -1 not known. Known objects have the rows after the answers, and do not vote.
    """
    if not given.any():
        return seen.objects, seen.clusters, np.full(len(seen.clusters.item), -1, dtype=np.int64)
    answers = len(seen.table.value)
    truth = read_objects(known, np.arange(len(known)), kind=kind, names=names, first_row=answers)
    marks = together(seen.objects, truth)
    clusters = cluster(marks, table=seen.table, kind=kind)
    told = np.where(given[clusters.item], 0, -1)
    told[clusters.of[marks.row >= answers]] = 1
    return marks, clusters, told


def _see(
    clusters: Clusters, *, told: Ints, telling: NDArray[np.bool_], table: AnswerTable
) -> tuple[Sight, Floats]:
    """Learn what people see where answers tell; return it, and e for every cluster."""
    votes = clusters.votes
    heard = telling[clusters.item[votes.item]]
    asked = replace(votes, item=votes.item[heard], person=votes.person[heard], label=votes.label[heard])
    answers = np.bincount(table.person[telling[table.item]], minlength=table.people)
    sight, _ = learn_sight(asked, told=told, answers=answers)
    return sight, np.where(told >= 0, told, real(votes, sight=sight))


def _learn(
    table: AnswerTable,
    marks: Objects,
    clusters: Clusters,
    *,
    there: Floats,
    kind: Kind,
    names: tuple[str, ...],
) -> tuple[Traits, Traits]:
    """Learn how well people name and place, from clusters with company; known labels are certain."""
    answers = len(table.value)
    voting = marks.row < answers
    by = np.where(voting, np.append(table.person, 0)[np.minimum(marks.row, answers)], -1)
    # A mark alone in its cluster agrees with itself; that is no evidence.
    weight = np.where(voting & (clusters.size[clusters.of] > 1), there[clusters.of], 0.0)
    naming, placing = np.full(table.people, NAMING[0]), np.full(table.people, PLACING[0])
    usual = Traits(np.array([NAMING[0]]), np.array([PLACING[0]]), np.array([SKILL[0]]))
    for _ in range(_ROUNDS):
        rate = np.where(voting, naming[by], _CERTAIN)
        named = _name(marks, clusters, rate=rate, names=names)
        fused = kind.fuse(marks.place, clusters.of, np.where(voting, placing[by], 1.0), len(clusters.item))
        naming, name_pool = _drawn(by, named.own, weight=weight, people=table.people, expected=NAMING)
        placing, place_pool = _drawn(by, fused.met, weight=weight, people=table.people, expected=PLACING)
        usual = replace(usual, naming=name_pool, placing=place_pool)
    return Traits(naming, placing, np.full(table.people, SKILL[0])), usual


def _drawn(
    by: Ints, gain: Floats, *, weight: Floats, people: int, expected: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Return people's weighted mean gains drawn to the pooled one, and that one, shape (1,)."""
    start, many = expected
    heard = weight > 0
    by, gain, weight = by[heard], gain[heard], weight[heard]
    pool = (np.sum(gain * weight) + start * many) / (weight.sum() + many)
    total = np.bincount(by, weights=gain * weight, minlength=people)
    return (total + many * pool) / (np.bincount(by, weights=weight, minlength=people) + many), np.array(
        [pool]
    )


def _name(objects: Objects, clusters: Clusters, *, rate: Floats, names: tuple[str, ...]) -> Verdicts:
    return decide(
        clusters.of,
        objects.label,
        weight=voice(rate, ways=len(names)),
        questions=len(clusters.item),
        ways=len(names),
    )


def _product(factor: Floats, item: Ints, *, items: int) -> Floats:
    """Return the product of the factors of each item, 1 where there are none."""
    logs = np.log(np.maximum(factor, 1e-12))
    product: Floats = np.exp(np.bincount(item, weights=logs, minlength=items))
    return product


def _unseen(
    model: ObjectModel, clusters: Clusters, *, there: Floats, table: AnswerTable
) -> tuple[Floats, Floats]:
    """Return the expected number of real objects per item, and the probability that there are none."""
    miss = np.minimum(_product(1.0 - model.sight.hits[table.person], table.item, items=table.items), 0.9)
    seen = np.bincount(clusters.item, weights=there, minlength=table.items)
    nothing_more = model.blank / (model.blank + (1.0 - model.blank) * miss)
    nothing = _product(1.0 - there, clusters.item, items=table.items) * nothing_more
    return seen / (1.0 - miss), nothing


def _pick(view: _View, *, items: int) -> tuple[NDArray[np.bool_], Floats]:
    """Return which clusters are chosen, and the expected 1 - loss per item."""
    item = view.clusters.item
    worth = view.there * view.named.sure * view.fused.trust
    # Rounded first, so that equals are equal whoever gave the answers; clusters stand in canonical order.
    order = np.lexsort((np.arange(len(item)), -np.round(worth, 9), item))
    many = np.bincount(item, minlength=items)
    start = np.cumsum(many) - many
    gained = np.cumsum(worth[order])
    size = np.arange(len(item)) - start[item] + 1
    before = np.concatenate([[0.0], gained])[start[item]]
    score = 2.0 * (gained - before) / (size + np.maximum(view.objects[item], 1e-12))
    right = np.array(view.nothing)
    np.maximum.at(right, item, score)
    # The smallest of equally good numbers; none at all where the empty value is as good.
    enough = np.round(score, 9) >= np.round(right, 9)[item]
    last = np.full(items, np.iinfo(np.int64).max)
    np.minimum.at(last, item[enough], size[enough])
    last[np.round(view.nothing, 9) >= np.round(right, 9)] = 0
    picked = np.zeros(len(item), dtype=np.bool_)
    picked[order] = size <= last[item]
    return picked, np.clip(right, 0.0, 1.0)


def _alike(
    table: AnswerTable, *, objects: Objects, view: _View, picked: NDArray[np.bool_], kind: Kind
) -> Floats:
    """Return 1 - loss of each answer against the chosen objects of its item, shape (answers,)."""
    at = np.flatnonzero(picked)
    chosen = Objects(at, view.clusters.item[at], view.named.code[at], view.fused.place[at])
    return _share(table, objects=objects, chosen=chosen, kind=kind)


def _against(seen: _Seen, *, marks: Objects, kind: Kind) -> Floats:
    """Return 1 - loss of each answer against the known label of its item."""
    true = marks.row >= len(seen.table.value)
    chosen = Objects(marks.row[true], marks.item[true], marks.label[true], marks.place[true])
    return _share(seen.table, objects=seen.objects, chosen=chosen, kind=kind)


def _share(table: AnswerTable, *, objects: Objects, chosen: Objects, kind: Kind) -> Floats:
    answers = len(table.value)
    total = matched(objects, chosen, answers=answers, kind=kind)
    size = np.bincount(objects.row, minlength=answers)
    size += np.bincount(chosen.item, minlength=table.items)[table.item]
    share: Floats = np.where(size == 0, 1.0, 2.0 * total / np.maximum(size, 1))
    return share


def _expected_gain(model: ObjectModel, seen: _Seen) -> Floats:
    """Return the expected 1 - loss of each answer under what is believed, shape (answers,)."""
    table, objects = seen.table, seen.objects
    view, answers = model._look(seen), len(table.value)  # noqa: SLF001 - one file
    worth = view.there[view.clusters.of] * view.named.own * view.fused.met
    total = np.bincount(objects.row, weights=worth, minlength=answers)
    size = np.bincount(objects.row, minlength=answers)
    expected = 2.0 * total / np.maximum(size + view.objects[table.item], 1e-12)
    return np.where(size == 0, view.nothing[table.item], np.minimum(expected, 1.0))
