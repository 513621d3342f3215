"""How many answers do as well as a fixed number of votes each? Adaptive redundancy without experts or proof.

Whoever asks K people about every item and takes the majority has a share of right labels, and pays K answers an item for
it. The same share costs less when people are asked whose answers tell most, and only where one more still tells something:

1. a pilot of some items, and the control items, get K answers of people drawn by chance: what would the majority there
   be right about (calibrated by the control items)? That is the goal, fixed before anything else is asked;
2. every other item gets one answer, of the best person there is;
3. while more errors are expected than the goal allows, one more answer goes where it is worth most at the exchange rate
   (`worth_of_one_more_answer`) under which the goal is just reached: water-filling. An error is never worth more than
   `DEAREST` answers: where people agree in their errors, more of them would not help.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core import chance
from assay.core.planning.rehearsal.rehearsal_scene import AnswerSource, Scene
from assay.core.planning.rehearsal.rehearsed_answers import Book
from assay.core.ports.answers import Floats, Ints
from assay.core.review.worth_of_one_more_answer import gains

DEAREST: Final = 60.0
_RATES: Final = np.geomspace(2.0, DEAREST, 16)
_PART: Final = 0.05
"""Of the batch, asked about at a time: each part teaches the next."""

_GROWTH: Final = 0.25
_CONTROL_ANSWERS: Final = 3
_PILOT_SHARE, _PILOT_LEAST, _PILOT_MOST = 0.05, 20, 250
_NOISE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Economy:
    """What asking adaptively came to.

    Attributes:
        items: N, without control items.
        answers: those that were used, the control items' too.
        right: share of the batch's labels that are right.
        goal: the share that the votes were expected to have.
        batch: shape (N,), positions of the batch's items.
    """

    items: int
    answers: int
    right: float
    goal: float
    batch: Ints

    @property
    def answers_per_item(self) -> float:
        """Answers per item."""
        return self.answers / self.items


def vote_pilot(items: int) -> int:
    """Return how many items show what votes are worth."""
    return min(items, _PILOT_MOST, max(_PILOT_LEAST, int(items * _PILOT_SHARE)))


def as_good_as_votes(scene: Scene, *, source: AnswerSource, votes: int) -> Economy:
    """Ask until as many labels are right as a majority of so many votes each would have, as far as is believed.

    Args:
        scene: what is asked about; its pilot are the items that get all votes.
        source: whoever answers; equals must come by chance.
        votes: K.
    """
    book = Book(scene, source)
    controls = np.flatnonzero(book.control)
    for turn in range(votes):
        together = turn < _CONTROL_ANSWERS
        book.ask_once(np.concatenate([book.in_pilot, controls]) if together else book.in_pilot)
    goal = _votes_right(book)
    _ask_all_once(book)
    batch = book.batch
    while True:
        consensus, right = book.believe()
        wanted = _next(book, right=right[batch], count=consensus.count[batch], goal=goal)
        if not len(wanted):
            wrong = book.wrong_share(consensus.value)
            return Economy(len(batch), book.answers, 1.0 - wrong, goal, batch)
        book.ask_once(batch[wanted])


def _ask_all_once(book: Book) -> None:
    """Ask once about all others, in parts, so that the first say whom to ask about the last."""
    rest = book.batch[~np.isin(book.batch, book.in_pilot)]
    dice = chance.generator(book.scene.seed, "in which order", "once")
    rest = dice.permutation(rest)
    while len(rest):
        part = max(_PILOT_LEAST, int(_GROWTH * book.answers))
        book.ask_once(rest[:part])
        rest = rest[part:]
        book.believe()


def _next(book: Book, *, right: Floats, count: Ints, goal: float) -> Ints:
    """Return about which items of the batch (positions in it) one more person is asked; none at the goal."""
    allowed, most = (1.0 - goal) * len(right), book.scene.limits.most
    if float((1.0 - right).sum()) <= allowed:
        return np.zeros(0, dtype=np.int64)
    evidence = book.lessons().evidence
    for rate in _RATES.tolist():
        wrong, gain = gains(right=right, count=count, most=most, evidence=evidence, error_price=rate)
        if wrong.sum() <= allowed:
            break
    gain = np.where(~book.exhausted[book.batch] & (count < most), gain, 0.0)
    order = np.argsort(-gain, kind="stable")[: max(5, int(_PART * len(right)))]
    chosen: Ints = order[gain[order] > _NOISE]
    return chosen


def _votes_right(book: Book) -> float:
    """Return the share of right labels that a vote over the pilot's and control items is expected to have.

    What is believed of votes on all of them is set right by how far it is off on the control items, which are looked at
    for that as if nobody knew them (difference estimator: Cochran, "Sampling techniques", 1977, section 7.4): few control
    items make belief cautious, and whoever believes little of votes has soon done as well.
    """
    names = book.scene.schema.names
    place = {name: position for position, name in enumerate(names)}
    table = book.table()
    votes = np.zeros((book.items, len(names)))
    np.add.at(votes, (table.item, np.array([place[value] for value in table.value], dtype=np.int64)), 1.0)
    first = votes == votes.max(axis=1, keepdims=True)  # ties are broken by chance
    consensus, right = book.believe()
    assert book.model is not None
    chances = book.model.posteriors(table)
    assert chances is not None, "votes are counted about single labels"
    best = np.array([place.get(value, 0) for value in consensus.value])
    every = np.arange(book.items)
    chances[every, best] = 0.0
    chances *= ((1.0 - right) / np.maximum(chances.sum(axis=1), 1e-12))[:, None]
    chances[every, best] = right
    believed = (first * chances).sum(axis=1) / first.sum(axis=1)
    controls = np.flatnonzero(book.control)
    told = float(believed[np.concatenate([book.in_pilot, controls])].mean())
    if not len(controls):
        return told
    true = [place[book.scene.truth[item]] for item in controls.tolist()]
    won = first[controls, true] / first[controls].sum(axis=1)
    return float(np.clip(told + (won - believed[controls]).mean(), 0.0, 1.0))
