"""Answers in columns, and what a fitted model of people makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """Answers in columns, in the order in which they were given.

    Attributes:
        item: shape (answers,), position of the answered item, 0 <= item < items.
        person: shape (answers,), position of the person, 0 <= person < people.
        value: the answers as text (`TaskType.text`), length answers.
        items: how many items there are (some may have no answer).
        people: how many people there are.
        models: positions of those "people" that are models: their proposals are weighed like answers, but
            they are nobody's word (`Consensus.count` counts people).
    """

    item: Ints
    person: Ints
    value: Sequence[str]
    items: int
    people: int
    models: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the answers to each item say together.

    Attributes:
        value: the consolidated answer per item as text, "" where there is neither answer nor prior.
        right: shape (items,), probability that `value` is right, or expected 1 - loss where labels can be
            right in part (as the model believes; calibrate it).
        agreement: shape (items,), mean of 1 - loss between an item's answers and `value` (0 without answers).
        count: shape (items,), people's answers per item.
        parts: confidence of each object of each value, in the value's order; empty where there are none.
    """

    value: Sequence[str]
    right: Floats
    agreement: Floats
    count: Ints
    parts: Sequence[tuple[float, ...]] = ()


class Consolidator(Protocol):
    """A fitted model of people: turns answers into consensus and survives storage."""

    def consensus(
        self, table: AnswerTable, *, prior: Floats | None = None, known: Sequence[str | None] | None = None
    ) -> Consensus:
        """Consolidate answers with the people's parameters held fixed.

        `prior` has shape (items, labels): a model's calibrated probabilities of the labels, or None; a row
        of NaN means the model says nothing about that item. Task types without `Rows` ignore it.

        `known[i]` is what `fit` was told of an item, if anything: it is looked at by people as if they had not
        learnt from it (only where `TaskType.learns_from_known`).
        """

    def posteriors(self, table: AnswerTable, *, prior: Floats | None = None) -> Floats | None:
        """Return the probability of each label per item, shape (items, labels); None without `Rows`."""

    def skill(self) -> Floats:
        """Return each person's expected rate of right answers (or mean 1 - loss), shape (people,)."""

    def grown(self, people: int) -> "Consolidator":
        """Return the same model with room for more people, who start as the pooled person."""

    def to_bytes(self) -> bytes:
        """Return the model in a form that the task type's `load` reads back."""


@runtime_checkable
class KnowsRows(Consolidator, Protocol):
    """A model of people that knows with which probability somebody says a label where another is right."""

    def rows_of_people(self) -> Floats:
        """Return these probabilities, shape (people, labels, labels), the right label second."""
