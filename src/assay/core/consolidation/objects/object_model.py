"""Consolidation of marked objects (boxes, spans): is each one there, what is it, and where.

1. Marks of different people that are alike become one cluster (`object_clusters.py`).
2. Whether a cluster is real follows from who marked it and who saw the item and did not (`object_existence.py`).
3. Its label is decided by votes, each weighing what the person's rate of right labels says (`weighted_votes.py`).
4. Its place is fused by weights from how exact each person is (`Kind.fuse`).

5. Where a project asks for attributes, each is decided by votes too (`object_attributes.py`).

With e the probability that a cluster is real, c that its label is right and u the expected score of its place
(IoU for boxes), the chosen objects are the k with the largest e c u for which

    2 sum(e c u) / (k + expected number of real objects)

is largest: the expected 1 - loss of the losses in `boxes.py` and `spans.py`, taken as a ratio of expectations.
The number of real objects counts those that everybody overlooked: q / (1 - q) for each one seen, q being the
product of everybody's rates of missing. The empty value competes with the probability that nothing is there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.consolidation.methods.dawid_skene import Choices
from assay.core.consolidation.methods.skill_shrinkage import drawn_together
from assay.core.consolidation.methods.weighted_votes import Verdicts, decide, voice
from assay.core.consolidation.objects.chosen_objects import Believed, pick_objects, product_of
from assay.core.consolidation.objects.object_attributes import carried_by
from assay.core.consolidation.objects.object_clusters import (
    Clusters,
    Kind,
    Objects,
    cluster,
    matched,
    read_objects,
    together,
)
from assay.core.consolidation.objects.object_existence import Sight, joined_votes, learn_sight, real
from assay.core.consolidation.stored_models import grow, pack, unpack
from assay.core.labels.attributes import PLAIN
from assay.core.labels.label_text import write_label
from assay.core.labels.label_values import LabelSchema
from assay.core.ports.answers import AnswerTable, Consensus, Floats, Ints

NAMING: Final = (0.95, 10.0)
"""The expected rate of right labels on real objects, and the pseudo-objects that draw people to it."""

PLACING: Final = (0.85, 10.0)
"""The same for the score of places: a mean IoU, or the share of exact boundaries."""

SKILL: Final = (0.75, 5.0)  # the same for the expected 1 - loss of whole answers
BLANK: Final = (0.2, 5.0)
"""The expected share of items without any object, and the pseudo-items that draw to it."""

_BLOCK: Final = 16_384  # answers that are looked at together
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
    fitted: "tuple[AnswerTable, Sequence[_Seen]] | None" = field(default=None, compare=False, repr=False)

    def consensus(
        self,
        table: AnswerTable,
        *,
        prior: Floats | None = None,  # noqa: ARG002
        known: Sequence[str | None] | None = None,  # noqa: ARG002 - learnt without known items
    ) -> Consensus:
        """Return the objects with the least expected loss per item."""
        blocks: Iterable[_Seen] = _see_all(table, kind=self.kind, names=self.names)
        if self.fitted is not None and self.fitted[0] is table:
            blocks = self.fitted[1]
        value: list[str] = []
        parts: list[tuple[float, ...]] = []
        right, alike = np.zeros(table.items), np.zeros(len(table.item))
        for seen in blocks:
            view, items = self._look(seen), seen.table.items
            picked, right[seen.first : seen.first + items] = pick_objects(view, items=items)
            answered = np.bincount(seen.table.item, minlength=items) > 0
            values, sure = self._values(view, picked, answered=answered)
            value += values
            parts += sure
            alike[seen.rows] = _alike(seen, view=view, picked=picked, kind=self.kind)
        people = ~np.isin(table.person, sorted(table.models))
        count = np.bincount(table.item[people], minlength=table.items)
        total = np.bincount(table.item[people], weights=alike[people], minlength=table.items)
        return Consensus(
            value=value,
            right=np.where(np.bincount(table.item, minlength=table.items) > 0, right, 0.0),
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

    def _look(self, seen: "_Seen") -> "Believed":
        table, objects, clusters = seen.table, seen.objects, seen.clusters
        there = real(clusters.votes, sight=self.sight)
        by = table.person[objects.row]
        named = _name(objects, clusters, rate=self.traits.naming[by], names=self.names)
        fused = self.kind.fuse(objects.place, clusters.of, self.traits.placing[by], len(clusters.item))
        carried = None
        if self.kind.rules is not None:
            rate = self.traits.naming[by]
            carried = carried_by(objects, clusters, label=named.code, rate=rate, rules=self.kind.rules)
        return Believed(
            clusters, there, named, fused, carried, *_unseen(self, clusters, there=there, table=table)
        )

    def _values(
        self, view: "Believed", picked: NDArray[np.bool_], *, answered: NDArray[np.bool_]
    ) -> tuple[list[str], list[tuple[float, ...]]]:
        empty, none = self.kind.make(())
        nothing = write_label(empty)
        value = [nothing if given else "" for given in answered.tolist()]
        parts = [none] * len(value)
        at = np.flatnonzero(picked)
        item = view.clusters.item[at]
        label = [self.names[code] for code in view.named.code[at].tolist()]
        sure = (view.there * view.named.sure)[at].tolist()
        carried = (
            [PLAIN] * len(at) if view.carried is None else [view.carried.details[one] for one in at.tolist()]
        )
        rows = list(zip(label, map(tuple, view.fused.place[at].tolist()), sure, carried, strict=True))
        starts = np.flatnonzero(np.diff(item, prepend=-1)).tolist()
        for start, end in pairwise([*starts, len(rows)]):
            made, parts[item[start]] = self.kind.make(rows[start:end])
            value[item[start]] = write_label(made)
        return value, parts


@dataclass(frozen=True, slots=True)
class _Seen:
    """The answers to some items that follow one another, their objects, and the clusters of these.

    Items do not concern one another, so that only so many are looked at together as fit into little memory.

    Attributes:
        rows: shape (answers,), where these answers stand in the whole table.
        first: the first item.
        table: these answers without their texts, items counted from `first`.
        objects: the objects, whose rows are those of this table.
        clusters: the clusters.
    """

    rows: Ints
    first: int
    table: AnswerTable
    objects: Objects
    clusters: Clusters


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
    seen = tuple(_see_all(table, kind=kind, names=names))
    marked = [_with_known(one, known=known, given=given, kind=kind, names=names) for one in seen]
    # One answer alone says nothing about hits or inventions: whatever it marks would be taken for real.
    telling = given | (np.bincount(table.item, minlength=table.items) > 1)
    sight, there = _see(seen, marked, telling=telling, table=table)
    traits, pool = _learn(seen, marked, there=there, kind=kind, names=names, people=table.people)
    every = zip(seen, marked, there, strict=True)
    empty = [product_of(1.0 - e, at.clusters.item, items=one.table.items) for one, at, e in every]
    nothing = np.concatenate([np.zeros(0), *empty])[telling]
    blank = float((nothing.sum() + BLANK[0] * BLANK[1]) / (len(nothing) + BLANK[1]))
    model = ObjectModel(
        kind=kind, names=names, sight=sight, traits=traits, pool=pool, blank=blank, fitted=(table, seen)
    )
    gain = np.zeros(len(table.item))
    for block, one in zip(seen, marked, strict=True):
        told, expected = given[block.table.item + block.first], _expected_gain(model, block)
        known_gain = _against(block, marks=one.objects, kind=kind) if told.any() else expected
        gain[block.rows] = np.where(told, known_gain, expected)
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


@dataclass(frozen=True, slots=True)
class _Marked:
    """The objects and clusters of some items with the known ones among them.

    Attributes:
        objects: the objects; known ones have the rows after the answers, and do not vote.
        clusters: the clusters.
        told: shape (clusters,), 1 where known labels say that a cluster is real, 0 that it is not, else -1.
    """

    objects: Objects
    clusters: Clusters
    told: Ints


def _see_all(table: AnswerTable, *, kind: Kind, names: tuple[str, ...]) -> Iterator[_Seen]:
    """Yield the answers in blocks of about `_BLOCK`, each with all answers to its items."""
    order = np.argsort(table.item, kind="stable")
    ends = np.cumsum(np.bincount(table.item, minlength=table.items))
    cuts = np.searchsorted(ends, np.arange(_BLOCK, len(order), _BLOCK), side="left") + 1
    for first, last in pairwise(np.unique([0, *cuts.tolist(), table.items]).tolist()):
        rows = order[int(ends[first - 1]) if first else 0 : int(ends[last - 1])]
        item = table.item[rows] - first
        objects = read_objects([table.value[row] for row in rows.tolist()], item, kind=kind, names=names)
        part = AnswerTable(item, table.person[rows], (), last - first, table.people, table.models)
        yield _Seen(rows, first, part, objects, cluster(objects, table=part, kind=kind))


def _with_known(
    seen: _Seen,
    *,
    known: Sequence[str | None],
    given: NDArray[np.bool_],
    kind: Kind,
    names: tuple[str, ...],
) -> _Marked:
    """Return objects and clusters with the known ones among them."""
    here = slice(seen.first, seen.first + seen.table.items)
    if not given[here].any():
        return _Marked(seen.objects, seen.clusters, np.full(len(seen.clusters.item), -1, dtype=np.int64))
    answers, items = len(seen.rows), np.arange(seen.table.items)
    truth = read_objects(known[here], items, kind=kind, names=names, first_row=answers)
    marks = together(seen.objects, truth)
    clusters = cluster(marks, table=seen.table, kind=kind)
    told = np.where(given[here][clusters.item], 0, -1)
    told[clusters.of[marks.row >= answers]] = 1
    return _Marked(marks, clusters, told)


def _see(
    seen: Sequence[_Seen], marked: Sequence[_Marked], *, telling: NDArray[np.bool_], table: AnswerTable
) -> tuple[Sight, list[Floats]]:
    """Learn what people see where answers tell; return it, and e for every cluster that they tell of, else 0."""
    asked = [
        _heard(one.clusters.votes, telling[one.clusters.item + block.first])
        for block, one in zip(seen, marked, strict=True)
    ]
    told = np.concatenate([np.zeros(0, dtype=np.int64), *(one.told for one in marked)])
    answers = np.bincount(table.person[telling[table.item]], minlength=table.people)
    sight, _ = learn_sight(joined_votes(asked, people=table.people), told=told, answers=answers)
    there = [
        np.where(one.told >= 0, one.told, real(one.clusters.votes, sight=sight))
        * telling[one.clusters.item + block.first]
        for block, one in zip(seen, marked, strict=True)
    ]
    return sight, there


def _heard(votes: Choices, telling: NDArray[np.bool_]) -> Choices:
    """Return the votes about those clusters that answers tell of."""
    if telling.all():
        return votes
    kept = telling[votes.item]
    return replace(votes, item=votes.item[kept], person=votes.person[kept], label=votes.label[kept])


def _learn(
    seen: Sequence[_Seen],
    marked: Sequence[_Marked],
    *,
    there: Sequence[Floats],
    kind: Kind,
    names: tuple[str, ...],
    people: int,
) -> tuple[Traits, Traits]:
    """Learn how well people name and place, from clusters with company; known labels are certain."""
    naming, placing = np.full(people, NAMING[0]), np.full(people, PLACING[0])
    usual = Traits(np.array([NAMING[0]]), np.array([PLACING[0]]), np.array([SKILL[0]]))
    for _ in range(_ROUNDS):
        named_well, placed_well, weights = np.zeros(people), np.zeros(people), np.zeros(people)
        for block, one, real_ in zip(seen, marked, there, strict=True):
            marks, clusters, answers = one.objects, one.clusters, len(block.rows)
            voting = marks.row < answers
            by = np.where(voting, np.append(block.table.person, 0)[np.minimum(marks.row, answers)], -1)
            named = _name(marks, clusters, rate=np.where(voting, naming[by], _CERTAIN), names=names)
            fused = kind.fuse(
                marks.place, clusters.of, np.where(voting, placing[by], 1.0), len(clusters.item)
            )
            # A mark alone in its cluster agrees with itself; that is no evidence.
            heard = voting & (clusters.size[clusters.of] > 1)
            by, weight = by[heard], real_[clusters.of[heard]]
            named_well += np.bincount(by, weights=weight * named.own[heard], minlength=people)
            placed_well += np.bincount(by, weights=weight * fused.met[heard], minlength=people)
            weights += np.bincount(by, weights=weight, minlength=people)
        naming, name_pool = _drawn(named_well, weights, expected=NAMING)
        placing, place_pool = _drawn(placed_well, weights, expected=PLACING)
        usual = replace(usual, naming=name_pool, placing=place_pool)
    return Traits(naming, placing, np.full(people, SKILL[0])), usual


def _drawn(gain: Floats, weight: Floats, *, expected: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return people's mean gains, from their sums, drawn to the pooled one, and that one, shape (1,)."""
    start, many = expected
    pool = (gain.sum() + start * many) / (weight.sum() + many)
    return (gain + many * pool) / (weight + many), np.array([pool])


def _name(objects: Objects, clusters: Clusters, *, rate: Floats, names: tuple[str, ...]) -> Verdicts:
    return decide(
        clusters.of,
        objects.label,
        weight=voice(rate, ways=len(names)),
        questions=len(clusters.item),
        ways=len(names),
    )


def _unseen(
    model: ObjectModel, clusters: Clusters, *, there: Floats, table: AnswerTable
) -> tuple[Floats, Floats]:
    """Return the expected number of real objects per item, and the probability that there are none."""
    miss = np.minimum(product_of(1.0 - model.sight.hits[table.person], table.item, items=table.items), 0.9)
    seen = np.bincount(clusters.item, weights=there, minlength=table.items)
    nothing_more = model.blank / (model.blank + (1.0 - model.blank) * miss)
    nothing = product_of(1.0 - there, clusters.item, items=table.items) * nothing_more
    return seen / (1.0 - miss), nothing


def _alike(seen: _Seen, *, view: Believed, picked: NDArray[np.bool_], kind: Kind) -> Floats:
    """Return 1 - loss of each answer against the chosen objects of its item, shape (answers,)."""
    at = np.flatnonzero(picked)
    carried = None if view.carried is None else tuple(view.carried.details[one] for one in at.tolist())
    chosen = Objects(at, view.clusters.item[at], view.named.code[at], view.fused.place[at], carried)
    return _share(seen, chosen=chosen, kind=kind)


def _against(seen: _Seen, *, marks: Objects, kind: Kind) -> Floats:
    """Return 1 - loss of each answer against the known label of its item."""
    true = marks.row >= len(seen.rows)
    carried = None
    if marks.details is not None:
        carried = tuple(marks.details[one] for one in np.flatnonzero(true).tolist())
    chosen = Objects(marks.row[true], marks.item[true], marks.label[true], marks.place[true], carried)
    return _share(seen, chosen=chosen, kind=kind)


def _share(seen: _Seen, *, chosen: Objects, kind: Kind) -> Floats:
    answers, table = len(seen.rows), seen.table
    total = matched(seen.objects, chosen, answers=answers, kind=kind)
    size = np.bincount(seen.objects.row, minlength=answers)
    size += np.bincount(chosen.item, minlength=table.items)[table.item]
    share: Floats = np.where(size == 0, 1.0, 2.0 * total / np.maximum(size, 1))
    return share


def _expected_gain(model: ObjectModel, seen: _Seen) -> Floats:
    """Return the expected 1 - loss of each answer under what is believed, shape (answers,)."""
    table, objects = seen.table, seen.objects
    view, answers = model._look(seen), len(seen.rows)  # noqa: SLF001 - one file
    worth = view.there[view.clusters.of] * view.named.own * view.fused.met
    if view.carried is not None:
        worth = worth * view.carried.own
    total = np.bincount(objects.row, weights=worth, minlength=answers)
    size = np.bincount(objects.row, minlength=answers)
    expected = 2.0 * total / np.maximum(size + view.objects[table.item], 1e-12)
    return np.where(size == 0, view.nothing[table.item], np.minimum(expected, 1.0))
