"""Rankings from comparisons of two, and from orders: Bradley-Terry with ties, people, and a favoured place.

With strengths s, the advantage g of standing first and the readiness for ties t (Davidson 1970; Davidson and Beaver
1977 for the place):

    a = exp(s_first + g),  b = exp(s_second),  c = exp(t) sqrt(a b)
    P(first) = a / (a + b + c),   P(second) = b / (a + b + c),   P(tie) = c / (a + b + c)

Person p judges like that with the probability r_p, else guesses as all answers together are spread over the places (in the spirit of
Crowd-BT, Chen et al. 2013, whose other answers are reversed instead). EM: who judged is expected, then strengths
are fitted by L-BFGS under a normal prior of standard deviation `WIDE`, without which somebody who always wins has
no finite strength. Upsets are explained by guesses or by strengths that lie closer together, which only many answers
tell apart: where nobody guesses, strengths can come out a sixth too far apart. Their order is not touched by that.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Final

import numpy as np

from assay.core.consolidation.consolidation_outcome import Outcome
from assay.core.errors import InvalidLabel
from assay.core.find_minimum import least
from assay.core.ports.answers import AnswerTable, Consensus, Floats, Ints

FIRST, SECOND, TIED = 0, 1, 2

WIDE: Final = 2.0
"""The standard deviation of strengths, of the advantage of the first place and of the readiness for ties."""

JUDGING: Final = (0.95, 5.0)
"""The expected share of answers that are judged, and the pseudo-answers that draw people to it."""

ROUNDS, AGAIN = 60, 8
"""Of EM, and of EM on resampled answers from where it ended."""

RESAMPLES, DRAWS = 100, 1_000


@dataclass(frozen=True, slots=True)
class Comparisons:
    """Answers about pairs of things, in columns.

    Attributes:
        first: shape (answers,), the thing that stood first.
        second: shape (answers,).
        winner: shape (answers,), `FIRST`, `SECOND` or `TIED`.
        person: shape (answers,).
        things: how many things there are.
        people: how many people there are.
    """

    first: Ints
    second: Ints
    winner: Ints
    person: Ints
    things: int
    people: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """Things by strength.

    Attributes:
        strength: shape (things,), log odds, their mean is 0.
        low: shape (things,), the lower end of the interval from resampled answers.
        high: shape (things,), its upper end.
        order: shape (things,), the strongest first; of equals the first.
        surer: shape (things - 1,), the share of resamples in which each thing of the order beats the next one.
        reliability: shape (people,), r.
        place: g, the advantage of standing first.
        ties: t.
    """

    strength: Floats
    low: Floats
    high: Floats
    order: Ints
    surer: Floats
    reliability: Floats
    place: float
    ties: float

    def chances(self, first: int, second: int) -> tuple[float, float, float]:
        """Return P(first), P(second), P(tie) without the advantage of the place."""
        logs = np.array([self.strength[first], self.strength[second], self.ties])
        logs[2] += logs[:2].mean()
        odds = np.exp(logs - logs.max())
        shares = odds / odds.sum()
        return float(shares[0]), float(shares[1]), float(shares[2])


def rank(
    answers: Comparisons,
    *,
    chance: np.random.Generator,
    resamples: int = RESAMPLES,
    coverage: float = 0.9,
    places: bool = True,
) -> Ranking:
    """Return the ranking with intervals.

    Args:
        answers: the comparisons.
        chance: draws the resamples: so many answers, with replacement.
        resamples: how many.
        coverage: of the intervals.
        places: whether the first place may have an advantage; False where pairs have no order.
    """
    free = np.ones(answers.things + 2)
    free[-2:] = places, (answers.winner == TIED).any()
    alike, counts = _counted(answers)
    best, reliability = _fit(alike, counts, free=free, start=None)
    drawn = np.tile(best, (max(resamples, 1), 1))
    many = int(counts.sum())
    for again in range(resamples if many else 0):
        weight = chance.multinomial(many, counts / many).astype(np.float64)
        drawn[again], _ = _fit(alike, weight, free=free, start=(best, reliability))
    strength = best[:-2]
    tail = (1.0 - coverage) / 2
    low, high = np.quantile(drawn[:, :-2], [tail, 1.0 - tail], axis=0)
    order = np.lexsort((np.arange(answers.things), -np.round(strength, 6)))
    wins = drawn[:, order[:-1]] - drawn[:, order[1:]]
    surer = (wins > 0).mean(axis=0) + 0.5 * (wins == 0).mean(axis=0)
    # With little data the resamples need not lie around the estimate; the interval holds it in any case.
    return Ranking(
        strength=strength,
        low=np.minimum(low, strength),
        high=np.maximum(high, strength),
        order=order,
        surer=surer,
        reliability=reliability,
        place=float(best[-2]),
        ties=float(best[-1]),
    )


def consolidate_orders(table: AnswerTable, *, chance: np.random.Generator, draws: int = DRAWS) -> Outcome:
    """Return the order of each item's things, as `read_order` reads it, without ties.

    Things of different items do not concern one another, people answer many items. `right` is the probability of the
    whole order: the share of draws from the strengths' normal posterior (Laplace's approximation, which unlike
    resamples is not sure of what a single answer says) that have it. `agreement` the share of compared pairs that an answer has in the
    same order (a tie counts half), and skills are people's rates of judging.

    Args:
        table: the answers, orders as text.
        chance: draws strengths.
        draws: how many.

    Raises:
        InvalidLabel: if an answer is no order.
    """
    orders = [read_order(text) for text in table.value]
    every = sorted(
        {
            (item, name)
            for item, order in zip(table.item.tolist(), orders, strict=True)
            for group in order
            for name in group
        }
    )
    code = {thing: place for place, thing in enumerate(every)}
    coded = [
        [[code[item, name] for name in group] for group in order]
        for item, order in zip(table.item.tolist(), orders, strict=True)
    ]
    answers = comparisons_of(coded, table.person.tolist(), things=len(every))
    answers = replace(answers, people=table.people)
    found = rank(answers, chance=chance, resamples=0, places=False)
    of_item: list[list[int]] = [[] for _ in range(table.items)]
    for thing in found.order.tolist():
        of_item[every[thing][0]].append(thing)
    right = np.zeros(table.items)
    links = _information(found, answers)
    for item, things in enumerate(of_item):
        if things:
            spread = np.linalg.cholesky(np.linalg.inv(_block(links, things)))
            strength = found.strength[things] + chance.normal(size=(draws, len(things))) @ spread.T
            right[item] = float((np.diff(strength, axis=1) <= 0).all(axis=1).mean())
    people = ~np.isin(table.person, sorted(table.models))
    count = np.bincount(table.item[people], minlength=table.items)
    alike = _alike(coded, found)
    agreement = np.bincount(table.item[people], weights=alike[people], minlength=table.items)
    return Outcome(
        Consensus(
            value=[">".join(every[thing][1] for thing in things) for things in of_item],
            right=right,
            agreement=agreement / np.maximum(count, 1),
            count=count,
        ),
        found.reliability,
    )


def read_order(text: str) -> list[list[str]]:
    """Return the groups of an order, best first: `b > a = c` puts b first, and a and c alike behind it.

    Raises:
        InvalidLabel: if a name is empty or stands twice.
    """
    groups = [[name.strip() for name in group.split("=")] for group in text.split(">")]
    names = [name for group in groups for name in group]
    if not all(names) or len(set(names)) < len(names):
        raise InvalidLabel(label=text, reason="it is no order like 'b > a = c' with each name once")
    return groups


def comparisons_of(
    orders: Sequence[Sequence[Sequence[int]]], person: Sequence[int], *, things: int
) -> Comparisons:
    """Return each person's orders as comparisons of each two things in them.

    An order is groups of things that are alike, best first. A thing that an order leaves out is not compared. Use
    `rank(..., places=False)`: the order says nothing about where things stood.
    """
    rows = []
    for order, who in zip(orders, person, strict=True):
        placed = [(thing, place) for place, group in enumerate(order) for thing in group]
        for (one, rank_), (other, below) in combinations(sorted(placed), 2):
            rows.append((one, other, TIED if rank_ == below else FIRST if rank_ < below else SECOND, who))
    first, second, winner, who_ = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return Comparisons(first, second, winner, who_, things, people=max(person, default=-1) + 1)


def _information(found: Ranking, answers: Comparisons) -> dict[tuple[int, int], float]:
    """Return what answers tell about strengths: the expected second derivatives, by pairs of things.

    An answer tells as much as it is likely to be judged by its person.
    """
    chances = _chances(np.array([*found.strength, found.place, found.ties]), answers)
    first, second, tie = chances.T
    told = found.reliability[answers.person]
    # The two strengths are heard as (first + tie / 2) and (second + tie / 2): the variances of these.
    own = [told * (side + tie / 4 - (side + tie / 2) ** 2) for side in (first, second)]
    both = told * (tie / 4 - (first + tie / 2) * (second + tie / 2))
    links: dict[tuple[int, int], float] = defaultdict(float)
    for a, b, one, two, shared in zip(
        answers.first.tolist(),
        answers.second.tolist(),
        own[0].tolist(),
        own[1].tolist(),
        both.tolist(),
        strict=True,
    ):
        links[a, a] += one
        links[b, b] += two
        links[a, b] += shared
        links[b, a] += shared
    return links


def _block(links: dict[tuple[int, int], float], things: Sequence[int]) -> Floats:
    """Return the precision of some things' strengths, prior included."""
    told = np.array([[links.get((a, b), 0.0) for b in things] for a in things])
    return told + np.eye(len(things)) / WIDE**2


def _alike(orders: Sequence[Sequence[Sequence[int]]], found: Ranking) -> Floats:
    """Return the share of each answer's pairs that stand in the same order, shape (answers,); 1 without pairs."""
    place = np.argsort(found.order)
    alike = np.ones(len(orders))
    for row, order in enumerate(orders):
        said = comparisons_of([order], [0], things=len(place))
        same = np.where(place[said.first] < place[said.second], FIRST, SECOND) == said.winner
        if len(same):
            alike[row] = float(np.where(said.winner == TIED, 0.5, same).mean())
    return alike


def _counted(answers: Comparisons) -> tuple[Comparisons, Floats]:
    """Return the different answers in order, and how often each was given."""
    columns = np.stack([answers.first, answers.second, answers.winner, answers.person], axis=1)
    distinct, counts = np.unique(columns, axis=0, return_counts=True)
    first, second, winner, person = distinct.reshape(-1, 4).T
    alike = replace(answers, first=first, second=second, winner=winner, person=person)
    return alike, counts.astype(np.float64)


def _fit(
    answers: Comparisons, weight: Floats, *, free: Floats, start: tuple[Floats, Floats] | None
) -> tuple[Floats, Floats]:
    """Return (strengths, g, t) and reliabilities; each answer counts `weight`."""
    found = np.zeros(answers.things + 2) if start is None else start[0]
    reliability = np.full(answers.people, JUDGING[0]) if start is None else start[1]
    guess = (np.bincount(answers.winner, weights=weight, minlength=3) + 1.0) / (weight.sum() + 3.0)
    if not free[-2]:
        # Which thing of a pair is written first says nothing: whoever guesses prefers neither.
        guess[:2] = guess[:2].mean()
    given = np.bincount(answers.person, weights=weight, minlength=answers.people)
    for _ in range(ROUNDS if start is None else AGAIN):
        judged = (
            reliability[answers.person] * _chances(found, answers)[np.arange(len(weight)), answers.winner]
        )
        guessed = (1.0 - reliability[answers.person]) * guess[answers.winner]
        share = weight * judged / np.maximum(judged + guessed, 1e-300)
        gained = np.bincount(answers.person, weights=share, minlength=answers.people)
        reliability = (gained + JUDGING[0] * JUDGING[1]) / (given + JUDGING[1])
        solved = least(partial(_loss, answers=answers, weight=share, free=free), found)
        moved = float(np.abs(solved - found).max(initial=0.0))
        found = solved * free
        if moved < 1e-4:
            break
    found[:-2] -= found[:-2].mean() if answers.things else 0.0
    return found, reliability


def _chances(found: Floats, answers: Comparisons) -> Floats:
    """Return P(first), P(second), P(tie) of each answer, shape (answers, 3)."""
    first, second = found[answers.first] + found[-2], found[answers.second]
    logs = np.stack([first, second, found[-1] + (first + second) / 2], axis=1)
    if not found[-1] and not (answers.winner == TIED).any():
        logs[:, 2] = -np.inf
    odds = np.exp(logs - logs.max(axis=1, keepdims=True))
    shares: Floats = odds / odds.sum(axis=1, keepdims=True)
    return shares


def _loss(found: Floats, answers: Comparisons, weight: Floats, free: Floats) -> tuple[float, Floats]:
    """Return minus the log posterior of the strengths, and its gradient."""
    chances = _chances(found * free, answers)
    said = np.eye(3)[answers.winner]
    logs = np.log(np.maximum(chances[np.arange(len(weight)), answers.winner], 1e-300))
    slope = weight[:, None] * (chances - said)
    first, second = slope[:, 0] + slope[:, 2] / 2, slope[:, 1] + slope[:, 2] / 2
    gradient = np.zeros(len(found))
    np.add.at(gradient, answers.first, first)
    np.add.at(gradient, answers.second, second)
    gradient[-2], gradient[-1] = first.sum(), slope[:, 2].sum()
    loss = -float(weight @ logs) + float((found**2).sum()) / (2 * WIDE**2)
    return loss, gradient * free + found / WIDE**2
