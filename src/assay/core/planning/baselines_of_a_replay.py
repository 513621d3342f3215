"""What plain ways of labelling would have cost and reached on the same recorded answers.

Three of them: three answers each, then experts in the order of the majority's margin, as deep as a certificate needs;
experts alone; the majority of all answers, of which nothing is proven. They serve the replay and the benchmarks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.core import chance
from assay.core.ports.answers import Floats, Ints
from assay.core.project.intake import Quality
from assay.core.quality.betting_martingale import standing

ANSWERS_EACH = 3
_DEPTHS = 20
_NONE = -1


@dataclass(frozen=True, slots=True)
class Recorded:
    """Recorded answers to items whose truth is known.

    Attributes:
        item: shape (answers,), positions of items.
        label: shape (answers,), positions of labels.
        truth: shape (items,), positions of labels.
        labels: how many labels there are.
    """

    item: Ints
    label: Ints
    truth: Ints
    labels: int

    @property
    def items(self) -> int:
        """Return how many items there are."""
        return len(self.truth)


@dataclass(frozen=True, slots=True)
class Way:
    """One way of labelling: what an item costs in labeller answers, the share right as delivered, proven or not."""

    name: str
    cost_per_item: float
    accuracy: float
    proven: bool


def majority_then_experts(
    recorded: Recorded, *, target: Quality, expert_price: float, seed: int | str
) -> Way:
    """Three answers each, then experts in order of the majority's margin, as deep as a certificate needs.

    The cheapest depth, in steps of a twentieth, at which the audit's own test certifies. It is an oracle: the depth is
    chosen with the truth, and failed audits cost it nothing, so nobody could do as well by this rule.
    """
    drawn = chance.order(seed, "three answers", map(str, range(len(recorded.item))))
    first = first_answers(recorded.item, order=np.array(drawn, dtype=np.int64), each=ANSWERS_EACH)
    votes = _votes(recorded, first)
    ordered = np.sort(votes, axis=1)
    margin = np.where(ordered[:, -1] > 0, ordered[:, -1] - ordered[:, -2], _NONE)
    loss = 1.0 - (_winners(votes) == recorded.truth)
    size = recorded.items
    dice = chance.generator(seed, "majority then experts", "ties and draws")
    riskiest, sample = np.lexsort((dice.random(size), margin)), dice.permutation(size)
    best: tuple[float, float] = (len(first) / size + expert_price, 1.0)
    for depth in range(_DEPTHS + 1):
        judged = np.zeros(size, dtype=np.bool_)
        judged[riskiest[: depth * size // _DEPTHS]] = True
        left = np.where(judged, 0.0, loss)
        test = standing(left[sample].tolist(), items=size, allowed=target.allowed, delta=target.delta)
        if test.certified:
            seen = sample[: test.checks]
            fresh = int((~judged[seen]).sum())
            cost = (len(first) + expert_price * (int(judged.sum()) + fresh)) / size
            left[seen] = 0.0  # errors that the audit found are mended
            best = min(best, (cost, 1.0 - float(left.mean())))
    return Way("three answers each, then experts by margin", best[0], best[1], proven=True)


def experts_on_everything(*, expert_price: float) -> Way:
    """An expert judges every item, and nobody else is asked: right by definition here."""
    return Way("experts on everything", expert_price, 1.0, proven=True)


def experts_as_needed(*, items: int, target: Quality, expert_price: float) -> Way:
    """Experts judge all but the items that may be wrong, which stay without a label; proven by exhaustion."""
    spared = int(target.allowed * items + 1e-9)
    right = (items - spared) / items
    return Way("experts on all that may not be wrong", expert_price * right, right, proven=True)


def majority_of_all(recorded: Recorded) -> Way:
    """Every recorded answer is paid for and the majority counts; ties count by chance; nothing is proven."""
    won = vote(recorded, np.arange(len(recorded.item)))
    cost = len(recorded.item) / recorded.items
    return Way("majority of all answers", cost, float(won.mean()), proven=False)


def first_answers(item: Ints, *, order: Ints, each: int) -> Ints:
    """Return which answers are among the first `each` to their item in this order, in that order.

    Args:
        item: shape (answers,), positions of items.
        order: shape (answers,), the answers as they come.
        each: how many.
    """
    taken: Ints = order[_turns(item[order]) < each]
    return taken


def vote(recorded: Recorded, rows: Ints) -> Floats:
    """Return how probably a vote over these answers is right, shape (items,): ties are broken by chance.

    Where nobody voted nothing is right.
    """
    votes = _votes(recorded, rows)
    first: NDArray[np.bool_] = (votes == votes.max(axis=1, keepdims=True)) & (votes > 0)
    won: Floats = first[np.arange(recorded.items), recorded.truth] / np.maximum(first.sum(axis=1), 1)
    return won


def _votes(recorded: Recorded, rows: Ints) -> Floats:
    """Return how many of these answers say what, shape (items, at least 2)."""
    votes = np.zeros((recorded.items, max(recorded.labels, 2)))
    np.add.at(votes, (recorded.item[rows], recorded.label[rows]), 1.0)
    return votes


def _winners(votes: Floats) -> Ints:
    """Return the label with most votes, the earlier one of equals, and none where nobody voted; shape (items,)."""
    found: Ints = np.where(votes.max(axis=1) > 0, votes.argmax(axis=1), _NONE)
    return found


def _turns(item: Ints) -> Ints:
    """Return how many answers to the same item stand before each, shape as `item`."""
    order = np.argsort(item, kind="stable")
    ordered = item[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(item) else ordered
    lengths = np.diff(np.append(starts, len(item)))
    turn = np.empty(len(item), dtype=np.int64)
    turn[order] = np.arange(len(item)) - np.repeat(starts, lengths)
    return turn
