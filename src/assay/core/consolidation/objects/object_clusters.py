"""Objects that people marked, in columns, gathered into clusters: what several of them marked alike.

What kind of object it is (boxes, spans) a `Kind` says; everything else is the same for all kinds.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from assay.core.consolidation.methods.dawid_skene import Choices
from assay.core.geometry.object_matching import best_matching, group_alike
from assay.core.geometry.shape_overlap import overlapping_in_parts, ragged_pairs, ragged_pairs_in_parts
from assay.core.labels.attributes import NUDGE, PLAIN, Details, details_in, differing
from assay.core.labels.label_text import read_label, value_to_json
from assay.core.labels.label_values import Box, LabelSchema, LabelValue, Span, schema_of
from assay.core.ports.answers import AnswerTable, Floats, Ints

SAME_LABEL: Final = 0.25
"""What an equal label adds to the overlap of two objects when the best pairs are sought."""

_PAIRS: Final = 4_000_000
_CROWD: Final = 1_000_000
"""Pairs of a part from which on objects are held only against those near them."""
_TEXTS: Final = 4_000


@dataclass(frozen=True, slots=True)
class AttributeRules:
    """What objects of a project carry beside place and label.

    Attributes:
        schema: the project's labels, with their attributes.
        share: what attributes take off a matched pair, if all of them differ (`loss_rules.ATTRIBUTES`).
    """

    schema: LabelSchema
    share: float

    def off(self, a: Box | Span, b: Box | Span) -> float:
        """Return what is taken off a pair of objects of one label because they carry different things."""
        if a.details is PLAIN and b.details is PLAIN:
            return 0.0
        return self.share * differing(a.details, b.details, self.schema.attributes_of(a.label))

    def differing(self, one: "Objects", i: Ints, two: "Objects", j: Ints) -> Floats:
        """Return how much of what pairs of objects carry differs, in [0, 1]; both of a pair have the same label."""
        allowed = [label.attributes for label in self.schema.classes]
        a, b, label = one.details or (), two.details or (), one.label
        pairs = zip(i.tolist(), j.tolist(), label[i].tolist(), strict=True)
        return np.array([differing(a[x], b[y], allowed[code]) for x, y, code in pairs], dtype=np.float64)


Made = tuple[str, tuple[float, ...], float, Details]
"""An object as `Kind.make` takes it: its label, its place, how sure it is, what it carries."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is special about one kind of object.

    Attributes:
        produces: the label value that holds such objects.
        key: its key in the canonical text.
        fields: the keys of an object's numbers, in the order of a place's columns.
        reach: turns places into (low, high): where they lie along one axis; those that overlap may be alike.
        overlap: how much places overlap, pair by pair, in [0, 1].
        joins: the smallest overlap of two people's marks of the same object.
        score: what finding one place is worth where another is right, pair by pair, in [0, 1].
        fuse: turns members of clusters into one place each (see `Fused`).
        make: turns (label, place, part, details) rows into a value, and its parts in the value's order.
        rules: what objects carry beside, and what that counts; None where a project asks for nothing.
    """

    produces: type[LabelValue]
    key: str
    fields: tuple[str, ...]
    reach: Callable[[Floats], tuple[Floats, Floats]]
    overlap: Callable[[Floats, Floats], Floats]
    joins: float
    score: Callable[[Floats, Floats], Floats]
    fuse: Callable[[Floats, Ints, Floats, int], "Fused"]
    make: Callable[[Sequence["Made"]], tuple[LabelValue, tuple[float, ...]]]
    rules: AttributeRules | None = None


@dataclass(frozen=True, slots=True)
class Fused:
    """Clusters' places.

    Attributes:
        place: shape (clusters, numbers).
        trust: shape (clusters,), the expected `Kind.score` of the place where the object is real.
        met: shape (members,), the expected score of each member's own place.
    """

    place: Floats
    trust: Floats
    met: Floats


@dataclass(frozen=True, slots=True)
class Objects:
    """Objects in columns, in a canonical order: by item, place and label.

    Attributes:
        row: shape (objects,), the answer's row in the table; known labels have the rows after the answers.
        item: shape (objects,).
        label: shape (objects,), position in the schema.
        place: shape (objects, numbers).
        details: what each carries; None where the kind has no rules about it.
    """

    row: Ints
    item: Ints
    label: Ints
    place: Floats
    details: tuple[Details, ...] | None = None


@dataclass(frozen=True, slots=True)
class Clusters:
    """Clusters of objects, and who of those who saw the item marked what.

    Attributes:
        of: shape (objects,), the cluster of each object.
        item: shape (clusters,), ascending.
        size: shape (clusters,), how many objects are in each, known ones included.
        votes: for each cluster every answer to its item: 1 where it marks the object, 0 where it does not.
    """

    of: Ints
    item: Ints
    size: Ints
    votes: Choices


def read_objects(
    texts: Sequence[str | None], item: Ints, *, kind: Kind, names: Sequence[str], first_row: int = 0
) -> Objects:
    """Read answers into columns; raises `InvalidLabel` where one is no value or has an unknown label.

    Args:
        texts: the answers, None for none.
        item: shape (answers,), the item of each.
        kind: which objects they hold.
        names: the project's labels.
        first_row: the row of the first answer.
    """
    empty = f'{{"{kind.key}":[]}}'
    parts = []
    for start in range(0, len(texts), _TEXTS):
        given = [empty if text is None else text for text in texts[start : start + _TEXTS]]
        row, label, place, carried = _columns_of(given, kind=kind, names=names)
        parts.append(Objects(row + start + first_row, item[row + start], label, place, carried))
    return in_order(_joined(parts)) if parts else _none(kind)


def in_order(objects: Objects) -> Objects:
    """Return the objects in canonical order: what somebody drew first does not matter, nor who did."""
    columns = [objects.row, objects.label, *objects.place.T[::-1], objects.item]
    order = np.lexsort(columns)
    carried = None
    if objects.details is not None:
        carried = tuple(objects.details[one] for one in order.tolist())
    return Objects(
        objects.row[order], objects.item[order], objects.label[order], objects.place[order], carried
    )


def together(one: Objects, two: Objects) -> Objects:
    """Return the objects of both."""
    return in_order(_joined([one, two]))


def cluster(objects: Objects, *, table: AnswerTable, kind: Kind) -> Clusters:
    """Gather objects that are alike, at most one of each answer in a cluster.

    Objects of rows beyond the table's (known labels) are gathered with the others but do not vote.
    """
    return gather(objects, table=table, edges=_edges(objects, kind=kind))


def gather(objects: Objects, *, table: AnswerTable, edges: tuple[Ints, Ints, Floats]) -> Clusters:
    """Gather objects by the pairs that may be the same: (left, right, how alike), positions in `objects`."""
    rank, start, count = _places_of_answers(table)
    # A known label stands behind the answers of its item.
    voting = objects.row < len(rank)
    place = count[objects.item]
    place[voting] = rank[objects.row[voting]]
    left, right, score = edges
    group = group_alike(left, right, score, answer=place)
    first, of = np.unique(group, return_inverse=True)
    item = objects.item[first]
    answers = count[item]
    slot = np.cumsum(answers) - answers
    by_item = np.argsort(table.item, kind="stable")
    which, position = ragged_pairs(start[item], start[item] + answers)
    label = np.zeros(len(which), dtype=np.int64)
    label[slot[of[voting]] + place[voting]] = 1
    votes = Choices(
        item=which,
        person=table.person[by_item[position]],
        label=label,
        items=len(first),
        people=table.people,
        classes=2,
    )
    return Clusters(of=of, item=item, size=np.bincount(of, minlength=len(first)), votes=votes)


def matched(objects: Objects, chosen: Objects, *, answers: int, kind: Kind) -> Floats:
    """Return the total score of each answer's objects, matched one-to-one with the chosen ones of its item.

    Shape (answers,). Only objects of the same label are matched. `chosen` stands in order, one value per
    item, whatever its rows.
    """
    total = np.zeros(answers)
    start = np.searchsorted(chosen.item, objects.item, side="left")
    end = np.searchsorted(chosen.item, objects.item, side="right")
    for part in _chunks(end - start, item=objects.item):
        if int((end[part] - start[part]).sum()) > _CROWD:
            i, j, score = _near(objects, chosen, part, kind=kind)
        else:
            i, j = ragged_pairs(start[part], end[part])
            i, j, score = _scored(objects, chosen, i + part.start, j, kind=kind)
        near = score
        if kind.rules is not None and objects.details is not None and chosen.details is not None:
            off = kind.rules.differing(objects, i, chosen, j)
            # Place decides which belongs to which; of places that are alike those that carry alike.
            near, score = score * (1.0 - NUDGE * off), score * (1.0 - kind.rules.share * off)
        # The same chosen object is another one for each answer that is held against it.
        other = np.unique(objects.row[i] * (len(chosen.item) + 1) + j, return_inverse=True)[1]
        used = best_matching(i, other, near, problem=objects.row[i])
        total += np.bincount(objects.row[i][used], weights=score[used], minlength=answers)
    return total


def _scored(objects: Objects, chosen: Objects, i: Ints, j: Ints, *, kind: Kind) -> tuple[Ints, Ints, Floats]:
    """Return those of some pairs that have the same label and a score, with it."""
    same = objects.label[i] == chosen.label[j]
    i, j = i[same], j[same]
    score = kind.score(objects.place[i], chosen.place[j])
    found = score > 0
    return i[found], j[found], score[found]


def _near(objects: Objects, chosen: Objects, part: slice, *, kind: Kind) -> tuple[Ints, Ints, Floats]:
    """Return the scored pairs of a part, looking only at those that overlap along one axis, a few at a time."""
    items = objects.item[part]
    first = int(np.searchsorted(chosen.item, items[0], side="left"))
    last = int(np.searchsorted(chosen.item, items[-1], side="right"))
    low, high = kind.reach(objects.place[part])
    begin, until = kind.reach(chosen.place[first:last])
    order = np.lexsort((begin, chosen.item[first:last]))
    least = min(float(low.min()), float(begin.min()))
    longest = float((until - begin).max())
    room = max(float(high.max()), float(until.max())) - least + longest + 1.0
    at = chosen.item[first:last][order] * room + (begin[order] - least)
    starts = np.searchsorted(at, items * room + (low - least - longest), side="left")
    ends = np.searchsorted(at, items * room + (high - least), side="right")
    found = [
        _scored(objects, chosen, i + part.start, order[j] + first, kind=kind)
        for i, j in ragged_pairs_in_parts(starts, ends, most=_PAIRS)
    ]
    i, j, score = (np.concatenate(column) for column in zip(*found, strict=True))
    inner = np.lexsort((j, i))
    return i[inner], j[inner], score[inner]


def _edges(objects: Objects, *, kind: Kind) -> tuple[Ints, Ints, Floats]:
    """Return the pairs of objects of an item, by different answers, that overlap enough to be the same."""
    low, high = kind.reach(objects.place)
    found = []
    for part in _chunks(_following(objects.item), item=objects.item):
        for one, two in overlapping_in_parts(objects.item[part], low[part], high[part], most=_PAIRS):
            i, j = one + part.start, two + part.start
            other = objects.row[i] != objects.row[j]
            i, j = i[other], j[other]
            share = kind.overlap(objects.place[i], objects.place[j])
            enough = share >= kind.joins
            i, j = i[enough], j[enough]
            found.append((i, j, share[enough] + SAME_LABEL * (objects.label[i] == objects.label[j])))
    if not found:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    left, right, score = (np.concatenate(column) for column in zip(*found, strict=True))
    return left, right, score


def _following(item: Ints) -> Ints:
    """Return how many objects of the same item stand at or after each."""
    return np.searchsorted(item, item, side="right") - np.arange(len(item))


def _chunks(pairs: Ints, *, item: Ints) -> list[slice]:
    """Cut rows into parts with about so many pairs each, never within an item."""
    if not len(pairs):
        return []
    total = np.cumsum(pairs)
    cuts = np.searchsorted(total, np.arange(_PAIRS, int(total[-1]), _PAIRS))
    edges = np.unique([0, *np.searchsorted(item, item[cuts], side="left").tolist(), len(pairs)]).tolist()
    return [slice(a, b) for a, b in pairwise(edges)]


def _places_of_answers(table: AnswerTable) -> tuple[Ints, Ints, Ints]:
    """Return each answer's rank within its item, and where an item's answers start and how many they are."""
    count = np.bincount(table.item, minlength=table.items)
    start = np.cumsum(count) - count
    order = np.argsort(table.item, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - start[table.item[order]]
    return rank, start, count


def _joined(parts: Sequence[Objects]) -> Objects:
    carried = None
    if all(part.details is not None for part in parts):
        carried = tuple(one for part in parts for one in part.details or ())
    return Objects(
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.item for part in parts]),
        np.concatenate([part.label for part in parts]),
        np.concatenate([part.place for part in parts]),
        carried,
    )


def _none(kind: Kind) -> Objects:
    nobody = np.zeros(0, dtype=np.int64)
    carried = None if kind.rules is None else ()
    return Objects(nobody, nobody, nobody, np.zeros((0, len(kind.fields))), carried)


_Columns = tuple[Ints, Ints, Floats, tuple[Details, ...] | None]


def _columns_of(texts: Sequence[str], *, kind: Kind, names: Sequence[str]) -> _Columns:
    try:
        return _columns(_all_at_once(texts, key=kind.key), kind=kind, names=names)
    except (AttributeError, KeyError, TypeError, ValueError):
        # Not canonical: read one by one, which says in a sentence which of them is no answer.
        schema = schema_of(list(names)) if kind.rules is None else kind.rules.schema
        values = [value_to_json(read_label(text, kind.produces, schema=schema)) for text in texts]
        return _columns([value[kind.key] for value in values], kind=kind, names=names)  # type: ignore[index]


def _all_at_once(texts: Sequence[str], *, key: str) -> list[list[dict[str, Any]]]:
    found = [one[key] for one in json.loads(f"[{','.join(texts)}]")]
    if len(found) != len(texts):
        raise ValueError(key)
    return found


def _columns(found: Sequence[Sequence[Mapping[str, Any]]], *, kind: Kind, names: Sequence[str]) -> _Columns:
    at = {name: place for place, name in enumerate(names)}
    many = np.fromiter(map(len, found), np.int64, len(found))
    flat = [one for objects in found for one in objects]
    label = np.fromiter((at[one["label"]] for one in flat), np.int64, len(flat))
    place = np.empty((len(flat), len(kind.fields)))
    for column, name in enumerate(kind.fields):
        place[:, column] = np.fromiter((one[name] for one in flat), np.float64, len(flat))
    carried = None if kind.rules is None else tuple(map(details_in, flat))
    return np.repeat(np.arange(len(found)), many), label, place, carried
