"""What a pilot found, and what it tells about items and people: the groundwork of a forecast."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.labels.label_values import LabelSchema
from assay.core.lazy_import import Late
from assay.core.ports.answers import AnswerTable, Floats

_special = Late("scipy.special")

SPREADS: Final = np.array([0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 256.0, 1024.0])
"""Weights that an item's likeness, and a crowd's, may have."""

_ROUNDS = 60
_HALF_COUNT = 0.5


@dataclass(frozen=True, slots=True)
class Pilot:
    """What a pilot found, or all work so far.

    Attributes:
        answers: to the pilot's items and to control items; labels of the schema, or "" which is ignored.
        chances: shape (items, labels), the probability that a label is right; 1 and 0 where an expert said so.
        possible: where labels can be right in part, per item the labels that `chances` are about; None where they are
            the schema's, one of which is right.
        control: shape (items,), which are control items, outside the batch; all of them are known.
        judged: shape (items,), which items of the batch experts have judged.
        by_chance: shape (items,), which of these because a draw said so, not because they looked risky.
        depth: people who can be asked about one item, those of the pilot included.
        crew: shape (people,), who is asked: neither experts nor the reserve; None where more people come than the pilot met.
        prior: shape (items, labels), the rows of a model that learns, each from one that has not seen the item's
            answers; None without a model, NaN where it says nothing.
        learnt: labelled items that the model has learnt from.
        skills: shape (people,), where labels can be right in part, what each person's are expected to have in common
            with the right one.
    """

    answers: AnswerTable
    chances: Floats
    control: NDArray[np.bool_]
    judged: NDArray[np.bool_]
    by_chance: NDArray[np.bool_]
    depth: int
    crew: NDArray[np.bool_] | None = None
    prior: Floats | None = None
    learnt: int = 0
    possible: Sequence[tuple[str, ...]] | None = None
    skills: Floats | None = None


@dataclass(frozen=True, slots=True)
class Crowd:
    """What a pilot tells about items and people.

    Attributes:
        votes: shape (items, labels), answers counted.
        confusion: shape (labels, labels), the right label first: how often which answer is given.
        alike: shape (items, weights), how likely each weight of `confusion` against the item's votes is.
        right: shape (people, labels), expected count of right answers where a label is right.
        wrong: shape (people, labels), expected count of wrong ones.
        share: shape (people,), share of the answers; the last ones are people whom the pilot did not meet.
        pooled: shape (labels,), everybody's rate of right answers where a label is right.
        same: shape (labels,), the weight of `pooled` beside a person's own answers: large where people hardly differ.
    """

    votes: Floats
    confusion: Floats
    alike: Floats
    right: Floats
    wrong: Floats
    share: Floats
    pooled: Floats
    same: Floats

    @staticmethod
    def learnt(pilot: Pilot, *, schema: LabelSchema) -> "Crowd":
        """Learn it from a pilot."""
        place = {name: position for position, name in enumerate(schema.names)}
        table = pilot.answers
        said = np.array([place.get(value, -1) for value in table.value], dtype=np.int64)
        heard = said >= 0
        item, person, said = table.item[heard], table.person[heard], said[heard]
        votes = np.zeros((table.items, len(place)))
        np.add.at(votes, (item, said), 1.0)
        counts = pilot.chances.T @ votes + _HALF_COUNT * np.eye(len(place)) + _HALF_COUNT / len(place)
        confusion = counts / counts.sum(axis=1, keepdims=True)
        given = np.zeros((table.people, len(place)))
        right = np.zeros_like(given)
        np.add.at(given, person, pilot.chances[item])
        np.add.at(right, (person, said), pilot.chances[item, said])
        pooled = np.clip(confusion.diagonal(), 0.02, 0.98)
        number = np.bincount(person, minlength=table.people).astype(np.float64)
        strangers, mass = unmet(number) if pilot.crew is None else (0, 0.0)
        if pilot.crew is not None:
            number = pilot.crew.astype(np.float64)
        nothing = np.zeros((strangers, len(place)))
        return Crowd(
            votes=votes,
            confusion=confusion,
            alike=_alike(votes, pilot.chances, confusion),
            right=np.concatenate([right, nothing]),
            wrong=np.concatenate([np.maximum(given - right, 0.0), nothing]),
            share=np.append(
                number / max(number.sum(), 1.0) * (1.0 - mass), np.full(strangers, mass / max(strangers, 1))
            ),
            pooled=pooled,
            same=_same(right, given, pooled),
        )


def unmet(given: Floats) -> tuple[int, float]:
    """Return how many people the pilot did not meet, and the share of answers that come from them.

    The share is Good's (1953, eq. 9): people met once among all answers; their number is Chao's (1984), f1^2 / (2 f2),
    twice the people met at most.
    """
    once, twice = int((given == 1).sum()), int((given == 2).sum())
    if not once:
        return 0, 0.0
    count = min(int(np.ceil(once**2 / (2.0 * max(twice, 1)))), 2 * int((given > 0).sum()))
    return count, min(once / float(given.sum()), 0.9)


def _same(right: Floats, given: Floats, pooled: Floats) -> Floats:
    """Return the weight of the pooled rates that makes the counts of right answers most likely, shape (labels,).

    The counts are beta-binomial; labels are taken one by one, and the weight is drawn to that of all of them.
    """
    wrong = np.maximum(given - right, 0.0)
    found = np.array(
        [
            (
                _special.betaln(right + weight * pooled, wrong + weight * (1.0 - pooled))
                - _special.betaln(weight * pooled, weight * (1.0 - pooled))
            ).sum(axis=0)
            for weight in SPREADS
        ]
    )
    result: Floats = SPREADS[np.argmax(found + found.sum(axis=1, keepdims=True) / found.shape[1], axis=0)]
    return result


def _alike(votes: Floats, chances: Floats, confusion: Floats) -> Floats:
    """Return how likely each weight of `SPREADS` is for each item, shape (items, weights).

    The likelihood of an item's votes c given the right label t and weight a is Dirichlet-multinomial, Gamma(a) /
    Gamma(a + n) x prod_k Gamma(a p_k + c_k) / Gamma(a p_k) with p = confusion[t] and n = sum(c) (Minka 2000,
    Estimating a Dirichlet distribution, eq. 53). A small weight means that answers to one item resemble each
    other. The shares of the weights among the items are learnt by EM, so that a few misleading items may lie
    among many that are answered independently.
    """
    total = votes.sum(axis=1)
    found = []
    for weight in SPREADS:
        mean = weight * confusion
        each = _special.gammaln(mean[None] + votes[:, None, :]) - _special.gammaln(mean)[None]
        log = each.sum(axis=2) + (_special.gammaln(weight) - _special.gammaln(weight + total))[:, None]
        found.append((chances * log).sum(axis=1))
    level = np.array(found).T
    likelihood = np.exp(level - level.max(axis=1, keepdims=True))
    share = np.full(len(SPREADS), 1.0 / len(SPREADS))
    for _ in range(_ROUNDS):
        joint = likelihood * share
        share = (joint / joint.sum(axis=1, keepdims=True)).mean(axis=0)
    joint = likelihood * share
    result: Floats = joint / joint.sum(axis=1, keepdims=True)
    return result
