"""Texts of many people as votes about words: read, aligned to one of them, and gathered into slots."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

import numpy as np

from assay.core.consolidation.methods.word_alignment import align, network
from assay.core.consolidation.methods.word_errors import spelling_distance, spelt
from assay.core.geometry.shape_overlap import ragged_pairs
from assay.core.ports.answers import AnswerTable, Floats, Ints

ALIKE: Final = (0.3, 1.0)
"""Two different words beside one another cost 0.3 + the share of their letters that differ; a gap costs 1."""

_CELLS: Final = 20_000_000
"""Items are compared together while the squares of their numbers of words come to no more than that."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The answers as words, in a canonical order: by item and text.

    Attributes:
        item: shape (answers,), ascending.
        row: shape (answers,), their rows in the table.
        start: shape (items + 1,), where each item's answers begin.
        said: for each answer its words, as positions in the vocabulary.
        written: for each answer its words as they were written.
        vocabulary: the words in order; the first is no word.
    """

    item: Ints
    row: Ints
    start: Ints
    said: Sequence[Ints]
    written: Sequence[tuple[str, ...]]
    vocabulary: Sequence[str]


@dataclass(frozen=True, slots=True)
class Votes:
    """What each answer says in each slot of its item, in columns.

    A candidate is a word, or none (0), that some answer has in a slot.

    Attributes:
        item: shape (slots,), ascending.
        slot: shape (candidates,), ascending.
        word: shape (candidates,), ascending within a slot.
        answer: shape (votes,), whose vote; positions in `Spoken`. Votes are ordered by slot and answer.
        candidate: shape (votes,), for what.
    """

    item: Ints
    slot: Ints
    word: Ints
    answer: Ints
    candidate: Ints

    def total(self, value: Floats) -> Floats:
        """Return the sum of a value of each vote for each candidate, shape (candidates,)."""
        return np.bincount(self.candidate, weights=value, minlength=len(self.slot)).astype(np.float64)

    def pairs(self) -> tuple[Ints, Ints]:
        """Return every pair of different candidates of a slot, both ways round."""
        first = np.searchsorted(self.slot, self.slot, side="left")
        one, two = ragged_pairs(first, np.searchsorted(self.slot, self.slot, side="right"))
        other = one != two
        return one[other], two[other]


def read_spoken(table: AnswerTable) -> Spoken:
    """Return the answers as words."""
    order = sorted(range(len(table.value)), key=lambda row: (int(table.item[row]), table.value[row]))
    found = [spelt(table.value[row]) for row in order]
    every = sorted({word for answer in found for word, _ in answer})
    code = {word: place for place, word in enumerate(every, start=1)}
    row = np.array(order, dtype=np.int64)
    return Spoken(
        item=table.item[row],
        row=row,
        start=np.searchsorted(table.item[row], np.arange(table.items + 1)),
        said=[np.array([code[word] for word, _ in answer], dtype=np.int64) for answer in found],
        written=[tuple(text for _, text in answer) for answer in found],
        vocabulary=["", *every],
    )


def medoids(spoken: Spoken) -> list[Ints]:
    """Return the words of each item's answer with the least sum of edit distances to the others.

    Of equals the first; no words where there is no answer.
    """
    chosen: list[Ints] = []
    for block in _blocks(spoken):
        pairs = [
            pair
            for item in range(block.first, block.last)
            for pair in combinations(range(spoken.start[item], spoken.start[item + 1]), 2)
        ]
        left, right = np.array(pairs, dtype=np.int64).reshape(-1, 2).T - block.base
        _, cost = block.align(left.tolist(), [block.said[place] for place in right.tolist()])
        total = np.bincount(left, weights=cost, minlength=len(block.said))
        total = np.round(total + np.bincount(right, weights=cost, minlength=len(block.said)), 9)
        for start, end in pairwise(spoken.start[block.first : block.last + 1].tolist()):
            near = total[start - block.base : end - block.base]
            chosen.append(spoken.said[start + int(near.argmin())] if len(near) else np.zeros(0, np.int64))
    return chosen


def votes_of(spoken: Spoken, *, skeletons: Sequence[Ints]) -> Votes:
    """Align every answer to its item's skeleton, and return what each says in each slot.

    The words of a skeleton are words of answers to its item.
    """
    found: list[Ints] = []
    for block in _blocks(spoken):
        bones = [
            np.searchsorted(block.vocabulary[item - block.first], skeletons[item])
            for item in range(block.first, block.last)
        ]
        of = spoken.item[block.base : block.base + len(block.said)] - block.first
        beside, _ = block.align(list(range(len(block.said))), [bones[item] for item in of.tolist()])
        for item in range(block.first, block.last):
            here = slice(spoken.start[item] - block.base, spoken.start[item + 1] - block.base)
            slots = network(block.said[here], beside[here], bones[item - block.first])
            found.append(block.vocabulary[item - block.first][slots])
    return _columns(found, spoken=spoken)


@dataclass(frozen=True, slots=True)
class _Block:
    """Some items that follow one another, each with a vocabulary of its own and the costs between its words.

    Attributes:
        first: the first item.
        last: the item after the last.
        base: the first answer.
        vocabulary: for each item the words of its answers, 0 first, ascending.
        said: for each answer its words as positions in the item's vocabulary.
        table: shape (answers,), the item of each answer, counted from `first`.
        cost: all items' tables, one after another (see `align`).
    """

    first: int
    last: int
    base: int
    vocabulary: Sequence[Ints]
    said: Sequence[Ints]
    table: Ints
    cost: Floats

    def align(self, answers: Sequence[int], others: Sequence[Ints]) -> tuple[list[Ints], Floats]:
        """Align answers with other sequences of words of the same item."""
        return align(
            [self.said[place] for place in answers],
            others,
            table=self.table[answers],
            cost=self.cost,
            width=np.array([len(one) for one in self.vocabulary]),
        )


def _blocks(spoken: Spoken) -> Iterator["_Block"]:
    many = np.array([len(words) for words in spoken.said], dtype=np.int64)
    items = len(spoken.start) - 1
    size = np.cumsum(np.bincount(spoken.item, weights=many, minlength=items) ** 2)
    first = 0
    while first < items:
        before = size[first - 1] if first else 0.0
        last = max(first + 1, int(np.searchsorted(size, before + _CELLS, side="right")))
        yield _block(spoken, first, last)
        first = last


def _block(spoken: Spoken, first: int, last: int) -> _Block:
    base, none = int(spoken.start[first]), np.zeros(1, dtype=np.int64)
    vocabulary = [
        np.unique(np.concatenate([none, *spoken.said[start:end]]))
        for start, end in pairwise(spoken.start[first : last + 1].tolist())
    ]
    table = spoken.item[base : spoken.start[last]] - first
    said = [
        np.searchsorted(vocabulary[item], words)
        for item, words in zip(table.tolist(), spoken.said[base : spoken.start[last]], strict=True)
    ]
    one = np.concatenate([np.repeat(words, len(words)) for words in vocabulary])
    two = np.concatenate([np.tile(words, len(words)) for words in vocabulary])
    size = len(spoken.vocabulary)
    pair, back = np.unique(np.minimum(one, two) * size + np.maximum(one, two), return_inverse=True)
    far = spelling_distance(spoken.vocabulary, pair // size, pair % size)
    cost = np.where(pair // size == pair % size, 0.0, ALIKE[0] + ALIKE[1] * far)
    return _Block(first, last, base, vocabulary, said, table, cost[back])


def _columns(found: Sequence[Ints], *, spoken: Spoken) -> Votes:
    """Return the votes of the items' slots, each of shape (slots, answers)."""
    none = np.zeros(0, dtype=np.int64)
    slots = np.array([len(one) for one in found], dtype=np.int64)
    before = np.cumsum(slots) - slots
    slot = [
        np.repeat(np.arange(start, start + len(one)), one.shape[1])
        for start, one in zip(before.tolist(), found, strict=True)
    ]
    answer = [
        np.tile(np.arange(start, start + one.shape[1]), len(one))
        for start, one in zip(spoken.start[:-1].tolist(), found, strict=True)
    ]
    size = len(spoken.vocabulary)
    word = np.concatenate([none, *(one.ravel() for one in found)])
    cell, candidate = np.unique(np.concatenate([none, *slot]) * size + word, return_inverse=True)
    return Votes(
        item=np.repeat(np.arange(len(found)), slots),
        slot=cell // size,
        word=cell % size,
        answer=np.concatenate([none, *answer]),
        candidate=candidate,
    )
