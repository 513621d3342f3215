"""Whom to ask about an item: the answer that is expected to tell most per unit of pay, within limits.

What an answer of person p is expected to tell about an item's class is the mutual information between the two, given
what is believed of the item now (Lindley, "On a measure of the information provided by an experiment", Ann. Math. Stat.
1956; for crowds: Welinder and Perona, CVPR Workshops 2010), with T_k the belief in class k and theta_pkl = P(p says l | k):

    I_p = H(sum_k T_k theta_pkl) - sum_k T_k H(theta_pk.)

in nats, H the entropy. Somebody who knows the two classes that an item wavers between is asked before somebody who is
better on the whole. Limits: nobody gives more than a share of a batch's answers (exposure: what one person sees, and what
one person's habits can do to the labels), and nobody starves: one pick in so many goes to whoever has been asked least.

People who come by themselves are not asked but served, in the order of the queue. There the same two things say who waits
while others are at work: whoever has reached the limit of exposure, and the reserve, whose answers tell so much less than
those of the best that they are dear at the same pay.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.answers import Floats, Ints

_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Fairness:
    """Limits to preferring the best.

    Attributes:
        most: the share of a batch's answers so far that one person gives at most, where others can answer.
        start: so many answers anybody may give.
        turn: the share of picks that go to whoever, among those who can, was asked least; and the share of a batch's
            answers that the whole reserve gives.
        dear: whose answers tell less than this part of what those of the best tell, per pay, is of the reserve.
    """

    most: float = 0.25
    start: int = 25
    turn: float = 0.1
    dear: float = 0.6

    @property
    def enough(self) -> int:
        """So many people keep to the limit of exposure together; with fewer at work nobody waits for others."""
        return max(1, math.ceil(1.0 / self.most - 1e-9))


FAIR: Final = Fairness()


def information(belief: Floats, rows: Floats) -> Floats:
    """Return what one answer is expected to tell about the class, in nats.

    Args:
        belief: shape (..., classes), of the item, summing to 1.
        rows: shape (..., classes, answers), the person's confusion rows, each summing to 1.
    """
    said = np.einsum("...k,...kl->...l", belief, rows)
    found: Floats = _entropy(said) - (belief * _entropy(rows)).sum(axis=-1)
    return np.maximum(found, 0.0)


def reserve(
    worth: Floats, *, pay: Floats, able: NDArray[np.bool_], fairness: Fairness = FAIR
) -> NDArray[np.bool_]:
    """Say who is of the reserve, shape (people,).

    The best are as many as keep to the limit of exposure together, and theirs is the mean that others are held against.
    With no more people than that nobody is of the reserve.

    Args:
        worth: shape (people,), what an answer of each is expected to tell about an item that is still open, in nats.
        pay: shape (people,), what each answer costs, above 0.
        able: shape (people,), who can be asked at all; nobody else is of the reserve.
        fairness: the limits.
    """
    each = np.where(able, worth / pay, 0.0)
    best = np.sort(each[able])[::-1][: fairness.enough]
    if int(able.sum()) <= fairness.enough:
        return np.zeros(len(worth), dtype=np.bool_)
    found: NDArray[np.bool_] = able & (each < fairness.dear * best.mean())
    return found


def limit(given: int, *, among: int = 0, fairness: Fairness = FAIR) -> float:
    """Return how many answers somebody gives at most to a batch, while enough others are at work.

    Args:
        given: how many answers the batch has so far.
        among: how many people the reserve has, for one of them; 0 for everybody else.
        fairness: the limits.
    """
    share = min(fairness.most, fairness.turn / among) if among else fairness.most
    return max(float(fairness.start), share * given)


def choose(
    worth: Floats,
    *,
    pay: Floats,
    asked: Ints,
    given: int,
    tie: Floats,
    turn: float,
    fairness: Fairness = FAIR,
    late: bool = False,
) -> int:
    """Return whom to ask of those who can answer an item: a position, shape of all columns (people,).

    Whoever has reached the limit of exposure is passed over while anybody has not. Then the keyed draw `turn` says
    whether this is a pick of whoever was asked least, else worth per pay decides. A batch that is late makes no such
    picks: it needs the answers that settle items with fewest questions.

    Args:
        worth: what each answer is expected to tell, in nats.
        pay: what each costs, above 0.
        asked: how many answers each gave or owes in this batch.
        given: how many answers the batch has so far.
        tie: a keyed draw for each, to order equals.
        turn: a keyed draw for this pick.
        fairness: the limits.
        late: whether the deadline is in danger.

    Raises:
        ValueError: if there is nobody.
    """
    if not len(worth):
        raise ValueError("nobody can be asked")
    open_to = asked < limit(given, fairness=fairness)
    use: NDArray[np.bool_] = open_to if open_to.any() else np.ones(len(worth), dtype=np.bool_)
    places = np.flatnonzero(use)
    if turn < fairness.turn and not late:
        order = np.lexsort((tie[places], asked[places]))
    else:
        # Rounded, so that differences in the last bits do not decide about a tie.
        order = np.lexsort((tie[places], -np.round(worth[places] / pay[places], 9)))
    return int(places[order[0]])


def _entropy(shares: Floats) -> Floats:
    found: Floats = -(shares * np.log(shares + _TINY)).sum(axis=-1)
    return found
