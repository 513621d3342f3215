"""Votes about one thing each, with weights: which of several codes is right, and how surely.

The one-coin model: whoever is right with probability a says each of the W - 1 wrong codes with
(1 - a) / (W - 1), so that a voice for a code counts log(a (W - 1) / (1 - a)).
"""

from dataclasses import dataclass

import numpy as np

from assay.core.ports.answers import Floats, Ints


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What votes decided.

    Attributes:
        code: shape (questions,), the most probable code, of equals the smallest; -1 without votes.
        sure: shape (questions,), its probability.
        own: shape (votes,), the probability of each vote's own code.
    """

    code: Ints
    sure: Floats
    own: Floats


def voice(rate: Floats, *, ways: int) -> Floats:
    """Return what a vote of somebody who is right at that rate counts, never below 0."""
    capped = np.clip(rate, 0.02, 0.995)
    counts: Floats = np.maximum(np.log(capped * max(ways - 1, 1) / (1.0 - capped)), 0.0)
    return counts


def decide(question: Ints, code: Ints, *, weight: Floats, questions: int, ways: int) -> Verdicts:
    """Decide every question by its votes.

    Args:
        question: shape (votes,), in [0, questions).
        code: shape (votes,), >= 0.
        weight: shape (votes,), see `voice`.
        questions: how many there are.
        ways: W, how many codes there are to choose from.
    """
    room = int(code.max()) + 1 if len(code) else 1
    cell, back = np.unique(question * room + code, return_inverse=True)
    asked = cell // room
    support = np.bincount(back, weights=weight, minlength=len(cell))
    start = np.searchsorted(asked, np.arange(questions))
    many = np.diff(np.append(start, len(cell)))
    top = np.zeros(questions)
    np.maximum.at(top, asked, support)
    power = np.exp(support - top[asked])
    rest = np.maximum(ways - many, 0) * np.exp(-top)
    share = power / (np.bincount(asked, weights=power, minlength=questions) + rest)[asked]
    order = np.lexsort((cell, -np.round(share, 12), asked))
    voted = many > 0
    best = order[start[voted]]
    winner, sure = np.full(questions, -1, dtype=np.int64), np.zeros(questions)
    winner[voted], sure[voted] = cell[best] % room, share[best]
    return Verdicts(code=winner, sure=sure, own=share[back])
