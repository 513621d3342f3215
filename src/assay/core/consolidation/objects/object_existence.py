"""Whether what people marked is there: who overlooks, who invents.

A real object is marked by each person p who sees its item with the rate of hits h_p. What is not real was
invented by one of those who saw the item, in proportion to their rates of inventing g_p; another one marks
the same by coincidence (or because the item invites it) with a rate r_q that is half of g_q, within limits: who
invents much meets others' inventions more often. With M those who marked a cluster, and w the share of
clusters that are real:

    P(M | real)     = w prod over M of h_p  prod over the others of (1 - h_p)
    P(M | not real) = (1 - w) sum over p in M of (g_p / sum of g)  prod over the rest of M of r_q
                      prod over the others of (1 - r_q)

EM learns h, g and w. It starts where an object is as real as its share of marks. That matters: of what only
one of two people marked no data can say whether it was overlooked or invented; it stays near one half unless
other items tell who does which. (A two-class Dawid-Skene model, in which inventions are independent votes,
moves away from there and takes all or nothing for real.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.consolidation.methods.dawid_skene import Choices
from assay.core.ports.answers import Floats, Ints

HITS: Final = (0.9, 10.0)
"""The expected rate of hits, and the pseudo-objects that draw everybody together, and each person, to it."""

INVENTING: Final = (0.1, 5.0)
"""The expected inventions per answer, and the pseudo-answers that draw to it."""

REAL: Final = (0.8, 10.0)
"""The expected share of clusters that are real, and the pseudo-clusters that draw to it."""

COINCIDENCE: Final = (0.5, 0.03, 0.5)
"""r as a share of g, and its limits."""

ROUNDS: Final = 8
_CERTAIN: Final = 0.995


@dataclass(frozen=True, slots=True)
class Sight:
    """What people see.

    Attributes:
        hits: shape (people,), h.
        inventing: shape (people,), g.
        pool_hits: h of everybody together.
        pool_inventing: g of everybody together.
        share: w.
    """

    hits: Floats
    inventing: Floats
    pool_hits: float
    pool_inventing: float
    share: float


def joined_votes(parts: Sequence[Choices], *, people: int) -> Choices:
    """Return the votes of several parts as one; the clusters of each part follow those of the one before it."""
    before = np.cumsum([0, *(part.items for part in parts)]).tolist()
    none = np.zeros(0, dtype=np.int64)
    return Choices(
        item=np.concatenate([none, *(part.item + start for part, start in zip(parts, before, strict=False))]),
        person=np.concatenate([none, *(part.person for part in parts)]),
        label=np.concatenate([none, *(part.label for part in parts)]),
        items=before[-1],
        people=people,
        classes=2,
    )


def real(votes: Choices, *, sight: Sight) -> Floats:
    """Return the probability that each cluster is real, shape (clusters,).

    Args:
        votes: who saw each cluster's item (`item` is the cluster) and whether they marked it (`label`).
        sight: what people see.
    """
    hit, invents = np.minimum(sight.hits, _CERTAIN)[votes.person], sight.inventing[votes.person]
    marked = votes.label == 1
    meets = np.clip(COINCIDENCE[0] * invents, *COINCIDENCE[1:])
    yes = np.log(sight.share) + _sum(votes, np.log(np.where(marked, hit, 1.0 - hit)))
    # The inventor's own r is taken out of the product again, whoever of M it was.
    inventor = _sum(votes, np.where(marked, invents / meets, 0.0)) / np.maximum(_sum(votes, invents), 1e-12)
    no = np.log(1.0 - sight.share) + np.log(np.maximum(inventor, 1e-12))
    no += _sum(votes, np.log(np.where(marked, meets, 1.0 - meets)))
    belief: Floats = 1.0 / (1.0 + np.exp(np.clip(no - yes, -500.0, 500.0)))
    return belief


def learn_sight(votes: Choices, *, told: Ints, answers: Ints) -> tuple[Sight, Floats]:
    """Learn what people see, and return it with the probability that each cluster is real.

    Args:
        votes: as in `real`; only those that are telling.
        told: shape (clusters,), 1 or 0 where known labels say whether a cluster is real, else -1.
        answers: shape (people,), how many telling answers each person gave.
    """
    marks, seen_by = _sum(votes, votes.label), _sum(votes, np.ones(len(votes.item)))
    heard = seen_by > 0
    belief = np.where(told >= 0, told, marks / np.maximum(seen_by, 1.0))
    sight = _from(votes, belief=belief, marks=marks, heard=heard, answers=answers)
    for _ in range(ROUNDS):
        belief = np.where(told >= 0, told, real(votes, sight=sight))
        sight = _from(votes, belief=belief, marks=marks, heard=heard, answers=answers)
    return sight, belief


def _from(votes: Choices, *, belief: Floats, marks: Floats, heard: NDArray[np.bool_], answers: Ints) -> Sight:
    weight = belief[votes.item]
    true = np.bincount(votes.person, weights=weight, minlength=votes.people)
    hit = np.bincount(votes.person, weights=weight * votes.label, minlength=votes.people)
    # Of an invention that several marked each is as likely the inventor.
    blame = (1.0 - weight) * votes.label / np.maximum(marks[votes.item], 1.0)
    invented = np.bincount(votes.person, weights=blame, minlength=votes.people)
    pool_hits = (hit.sum() + HITS[0] * HITS[1]) / (true.sum() + HITS[1])
    pool_inventing = (invented.sum() + INVENTING[0] * INVENTING[1]) / (answers.sum() + INVENTING[1])
    share = (belief[heard].sum() + REAL[0] * REAL[1]) / (heard.sum() + REAL[1])
    return Sight(
        hits=(hit + HITS[1] * pool_hits) / (true + HITS[1]),
        inventing=(invented + INVENTING[1] * pool_inventing) / (answers + INVENTING[1]),
        pool_hits=float(pool_hits),
        pool_inventing=float(pool_inventing),
        share=float(share),
    )


def _sum(votes: Choices, value: Floats | Ints) -> Floats:
    """Return the sum of a value over the votes of each cluster, shape (clusters,)."""
    total: Floats = np.bincount(votes.item, weights=value, minlength=votes.items).astype(np.float64)
    return total
