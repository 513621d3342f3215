"""Do somebody's answers follow the items, or a habit of their own: one label, a fixed mixture, a repeated pattern.

A spammer's answers do not depend on the item: the rows of their confusion matrix are alike (Raykar and Yu, "Eliminating
spammers and ranking annotators for crowdsourced labeling tasks", JMLR 2012, section 3). Here that is a wager.
A habit foretells each answer y_t from the person's own earlier answers, m_t(y); the item foretells it from the other
people's answers, q_t(y) (`expected_answers.py`). **The null hypothesis "honest"**: with probability 1/2 at least an answer
is drawn as an ordinary person's would be, else by the habit. Then

    E = prod_t m_t(y_t) / (q_t(y_t) / 2 + m_t(y_t) / 2)

has an expectation of 1 at most, answer by answer, so that E >= 1/a happens with probability a at most, however often
one looks: m / (q/2 + m/2) falls as q/m rises, hence its mean under g q + (1 - g) m is largest at the smallest g.
The habits are: a fixed mixture of labels (one label is one of them), and what followed upon the answer one, two, three
or four turns before (patterns), each with the counts of Krichevsky and Trofimov (IEEE Trans. Inf. Theory 1981). The
e-values of the habits are averaged.

It fails where the order of items tells their labels (all cats first): Assay serves items in keyed random order. Somebody
who guesses on fewer than half of the items is not found, and is weighed by their confusion rows instead.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core.ports.answers import Floats, Ints
from assay.core.workforce.expected_answers import Foretold
from assay.core.workforce.wager_evidence import mean_evidence

LAGS: Final = (1, 2, 3, 4)
WEIGHTS: Final = np.array([0.8, 0.05, 0.05, 0.05, 0.05])
"""A pattern that repeats is soon certain; guesses are hardest to tell from work, so their wager holds most of the stake."""
HONEST: Final = 0.5
"""Honest is whoever answers so many of the items at least as an ordinary person would."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What speaks for each person's answers being a habit.

    Attributes:
        evidence: shape (people,), the log e-value.
        pattern: shape (people,), the number of turns after which answers repeat, 0: a fixed mixture.
        label: shape (people,), the position of the most frequent answer, and
        share: shape (people,), how much of the answers it is.
        count: shape (people,), answers to items that others answered too.
    """

    evidence: Floats
    pattern: Ints
    label: Ints
    share: Floats
    count: Ints


def habits(foretold: Foretold) -> Habits:
    """Return what speaks for habits; answers stand in the order in which they were given."""
    coded, people = foretold.coded, foretold.coded.people
    use = foretold.others > 0
    person, label = coded.person[use], coded.label[use]
    count = np.bincount(person, minlength=people)
    most = np.zeros((people, coded.classes), dtype=np.int64)
    if not foretold.closed or len(person) == 0:
        nobody = np.zeros(people, dtype=np.int64)
        return Habits(np.zeros(people), nobody, nobody, np.zeros(people), count)
    np.add.at(most, (person, label), 1)
    logs = np.empty((people, 1 + len(LAGS)))
    q = foretold.ordinary[use]
    for column, lag in enumerate((0, *LAGS)):
        m = _foretold_by_habit(person, label, classes=coded.classes, lag=lag)
        gain = np.log(m) - np.log(HONEST * q + (1.0 - HONEST) * m)
        logs[:, column] = np.bincount(person, weights=gain, minlength=people)
    best = np.argmax(logs + np.log(WEIGHTS), axis=1)
    return Habits(
        evidence=mean_evidence(logs, weights=WEIGHTS),
        pattern=np.array((0, *LAGS))[best],
        label=most.argmax(axis=1),
        share=most.max(axis=1) / np.maximum(count, 1),
        count=count,
    )


def _foretold_by_habit(person: Ints, label: Ints, *, classes: int, lag: int) -> Floats:
    """Return m_t(y_t) from the person's own earlier answers, shape (answers,)."""
    context = np.zeros(len(person), dtype=np.int64)
    if lag:
        order = np.argsort(person, kind="stable")
        before = np.full(len(person), classes, dtype=np.int64)  # no such turn yet is a context of its own
        same = person[order][lag:] == person[order][:-lag]
        before[order[lag:]] = np.where(same, label[order][:-lag], classes)
        context = before
    place = person * (classes + 1) + context
    seen, chosen = _times_before(place), _times_before(place * classes + label)
    found: Floats = (chosen + 0.5) / (seen + 0.5 * classes)
    return found


def _times_before(key: Ints) -> Ints:
    """Return how often each key occurred before its place."""
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    first = np.ones(len(key), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    position = np.arange(len(key))
    found = np.empty(len(key), dtype=np.int64)
    found[order] = position - np.maximum.accumulate(np.where(first, position, 0))
    return found
