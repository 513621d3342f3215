"""Replay recorded answers without experts: as few as make as many labels right as so many votes each would."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from assay.core import chance
from assay.core.ids import canonical
from assay.core.planning.as_good_as_votes import as_good_as_votes, vote_pilot
from assay.core.planning.baselines_of_a_replay import Way, first_answers, vote
from assay.core.project.intake import Quality
from assay.core.review.settle_ask_again_or_hand_on import Limits
from assay.service.replay.recorded_answers import Replayable, read_replayable

_CONTROLS, _CONTROL_SHARE = 60, 10
"""At most so many control items, and of so many items one (the contract of the replay)."""
_MOST: Final = 7
CURVE: Final = (3, 5, 7)
"""The votes of the curve, beside those that were asked for."""
_ANY: Final = Quality(right=0.95, confidence=0.95)
"""Nothing is certified here: the target of a scene decides nothing."""


@dataclass(frozen=True, slots=True)
class VotesResult:
    """What asking adaptively came to beside votes, on the same items; nothing is proven. Rates from 0 to 1.

    Attributes:
        items: N, items with a truth, without control items.
        votes: K, how many answers each item would get.
        answers_used: answers that were asked for, the control items' too.
        answers_available: recorded answers to items with a truth.
        answers_per_item: answers_used / items.
        control_items: items outside the batch whose truth says how far answers may be trusted.
        goal: the accuracy that the votes were expected to have when the asking began.
        accuracy: of the labels.
        votes_per_item: answers that the votes take; fewer than K where an item has fewer.
        votes_accuracy: of the majority, ties counted by chance.
        saved: share of answers saved, 1 - answers_per_item / votes_per_item.
        cost: answers + expert price x control items, in labeller answers.
        cost_per_item: cost / items.
    """

    items: int
    votes: int
    answers_used: int
    answers_available: int
    answers_per_item: float
    control_items: int
    goal: float
    accuracy: float
    votes_per_item: float
    votes_accuracy: float
    saved: float
    cost: float
    cost_per_item: float

    @property
    def ways(self) -> tuple[Way, Way]:
        """Ours, and the votes: control items are paid for in ours alone."""
        return (
            Way("Assay", self.cost_per_item, self.accuracy, proven=False),
            Way(f"{self.votes} votes each", self.votes_per_item, self.votes_accuracy, proven=False),
        )


def replay_votes(
    *, answers: Path, truth: Path, votes: int, expert_price: float = 5.0, seed: int = 0
) -> VotesResult:
    """Replay a file of recorded answers until the labels are as right as a majority of `votes` answers each.

    How right that is, and when it is reached, is what control items tell: on small sets it can be a few points off.

    Raises:
        NotReadable, BadLine: if a file cannot be used.
        NothingToReplay, TooFewLabels: if there is nothing to ask.
    """
    return _replay(read_replayable(answers, truth), votes=votes, expert_price=expert_price, seed=seed)


def at_other_votes(
    *, answers: Path, truth: Path, votes: int, expert_price: float = 5.0, seed: int = 0
) -> tuple[tuple[int, Way], ...]:
    """Return (votes each, ours) for every point of the curve, the given one among them, fewest first."""
    found = read_replayable(answers, truth)
    return tuple(
        (each, _replay(found, votes=each, expert_price=expert_price, seed=seed).ways[0])
        for each in sorted({*CURVE, votes})
    )


def to_json(result: VotesResult) -> bytes:
    """Write the result as canonical JSON."""
    return canonical(asdict(result))


def _replay(given: Replayable, *, votes: int, expert_price: float, seed: int) -> VotesResult:
    size = len(given.items)
    scene = given.scene(
        quality=_ANY,
        limits=Limits(least=1, most=max(votes, _MOST), threshold=_ANY.allowed),
        expert_price=expert_price,
        seed=seed,
        controls=min(_CONTROLS, size // _CONTROL_SHARE),
        pilot=vote_pilot(size),
    )
    found = as_good_as_votes(scene, source=given.source(seed=seed, crew=False), votes=votes)
    drawn = np.array(chance.order(seed, "votes", map(str, range(len(given.item)))), dtype=np.int64)
    taken = first_answers(given.item, order=drawn, each=votes)
    taken = taken[np.isin(given.item[taken], found.batch)]
    voted = float(vote(given.recorded(), taken)[found.batch].mean())
    cost = found.answers + expert_price * scene.controls
    return VotesResult(
        items=found.items,
        votes=votes,
        answers_used=found.answers,
        answers_available=len(given.item),
        answers_per_item=found.answers_per_item,
        control_items=scene.controls,
        goal=found.goal,
        accuracy=found.right,
        votes_per_item=len(taken) / found.items,
        votes_accuracy=voted,
        saved=1.0 - found.answers / max(len(taken), 1),
        cost=cost,
        cost_per_item=cost / found.items,
    )
