"""What recorded answers would have come to in plainer ways than ours, and ours at other targets."""

from pathlib import Path
from typing import Final

import numpy as np

from assay.core.planning.baselines import (
    Recorded,
    Way,
    experts_as_needed,
    experts_on_everything,
    majority_of_all,
    majority_then_experts,
)
from assay.core.project.intake import Quality
from assay.service.actions.replay_answers import NothingToReplay, replay_answers
from assay.service.answer_files import read_answers, read_truth

TARGETS: Final = (0.8, 0.9, 0.95, 0.98, 0.99)
"""The targets of the curve, beside the one that was asked for."""


def baselines(
    *, answers: Path, truth: Path, target: Quality, expert_price: float = 5.0, seed: int = 0
) -> tuple[Way, ...]:
    """Return the plain ways on a file of recorded answers; every item with a truth counts, N items in all.

    Raises:
        NotReadable, BadLine: if a file cannot be used.
        NothingToReplay: if no answered item has a truth.
    """
    recorded, known = read_answers(answers), read_truth(truth)
    if known.keys().isdisjoint(recorded.items):
        raise NothingToReplay(answers=str(answers), truth=str(truth))
    names = sorted({*recorded.value, *known.values()})
    place = {name: position for position, name in enumerate(names)}
    items = {item: position for position, item in enumerate(known)}
    moved = np.array([items.get(item, -1) for item in recorded.items], dtype=np.int64)[recorded.item]
    kept = moved >= 0
    said = Recorded(
        item=moved[kept],
        label=np.array([place[value] for value in recorded.value], dtype=np.int64)[kept],
        truth=np.array([place[label] for label in known.values()], dtype=np.int64),
        labels=len(names),
    )
    return (
        majority_then_experts(said, target=target, expert_price=expert_price, seed=seed),
        experts_as_needed(items=said.items, target=target, expert_price=expert_price),
        experts_on_everything(expert_price=expert_price),
        majority_of_all(said),
    )


def at_other_targets(
    *,
    answers: Path,
    truth: Path,
    target: Quality,
    expert_price: float = 5.0,
    least: int = 1,
    most: int = 7,
    seed: int = 0,
) -> tuple[tuple[float, Way], ...]:
    """Return (share asked for, ours) at every target of the curve, the given one among them, lowest first."""
    found = []
    for right in sorted({*TARGETS, target.right}):
        done = replay_answers(
            answers=answers,
            truth=truth,
            target=Quality(right=right, confidence=target.confidence),
            expert_price=expert_price,
            least=least,
            most=most,
            seed=seed,
        )
        found.append((right, Way("Assay", done.cost_per_item, done.accuracy, proven=done.certified)))
    return tuple(found)
