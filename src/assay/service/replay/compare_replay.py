"""What recorded answers would have come to in plainer ways than ours, and ours at other targets."""

from pathlib import Path
from typing import Final

from assay.core.planning.baselines_of_a_replay import (
    Way,
    experts_as_needed,
    experts_on_everything,
    majority_of_all,
    majority_then_experts,
)
from assay.core.project.intake import Quality
from assay.service.replay.recorded_answers import read_replayable
from assay.service.replay.replay_answers import replay_answers

TARGETS: Final = (0.8, 0.9, 0.95, 0.98, 0.99)
"""The targets of the curve, beside the one that was asked for."""


def baselines(
    *, answers: Path, truth: Path, target: Quality, expert_price: float = 5.0, seed: int = 0
) -> tuple[Way, ...]:
    """Return the plain ways on a file of recorded answers; every item with a truth counts, N items in all.

    Raises:
        NotReadable, BadLine: if a file cannot be used.
        NothingToReplay, TooFewLabels: if there is nothing to compare.
    """
    said = read_replayable(answers, truth).recorded()
    return (
        majority_then_experts(said, target=target, expert_price=expert_price, seed=seed),
        experts_as_needed(items=said.items, target=target, expert_price=expert_price),
        experts_on_everything(expert_price=expert_price),
        majority_of_all(said),
    )


def without_experts(*, answers: Path, truth: Path, expert_price: float = 5.0) -> tuple[Way, ...]:
    """Return the plain ways that stand beside a replay without experts; errors as those of `baselines`."""
    said = read_replayable(answers, truth).recorded()
    return (majority_of_all(said), experts_on_everything(expert_price=expert_price))


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
