"""Replay recorded answers through the real routing, redundancy, review and certificate."""

from dataclasses import asdict, dataclass
from pathlib import Path

from assay.core.ids import canonical
from assay.core.planning.rehearsal.rehearsal_scene import Rehearsal
from assay.core.planning.rehearsal.rehearse_batch import rehearse
from assay.core.project.intake import Quality
from assay.core.review.settle_ask_again_or_hand_on import Limits
from assay.service.replay.recorded_answers import read_replayable

_CONTROLS = 10
_PILOT, _PILOT_SHARE = 50, 0.06
"""The pilot's items are judged by experts and delivered, so few control items are needed beside them."""


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What the replay cost and proved; cost in labeller answers, rates from 0 to 1.

    Attributes:
        items: N, items with a truth, without control items.
        answers_used: answers that were asked for.
        answers_available: recorded answers to items with a truth.
        answers_per_item: answers_used / items.
        expert_judgements: of every kind.
        audit_judgements: those that the audit's draws needed.
        control_items: items outside the batch whose truth taught the calibration.
        accuracy_before_review: of the people's consensus; an item that nobody was asked about counts as wrong.
        accuracy: of the labels as delivered.
        certified: whether the target is proven.
        certified_bound: upper bound on the error as delivered, 1 where nothing is proven.
        reason: why there is no certificate, else empty.
        cost: answers + expert price x judgements.
        cost_per_item: cost / items.
    """

    items: int
    answers_used: int
    answers_available: int
    answers_per_item: float
    expert_judgements: int
    audit_judgements: int
    control_items: int
    accuracy_before_review: float
    accuracy: float
    certified: bool
    certified_bound: float
    reason: str
    cost: float
    cost_per_item: float

    @property
    def exit_code(self) -> int:
        """0 certified, 3 not certified."""
        return 0 if self.certified else 3


def replay_answers(
    *,
    answers: Path,
    truth: Path,
    target: Quality,
    expert_price: float = 5.0,
    least: int = 1,
    most: int = 7,
    seed: int = 0,
) -> ReplayResult:
    """Replay a file of recorded answers.

    Items without a truth are not asked about: their answers would be paid for and deliver nothing.

    Raises:
        NotReadable, BadLine: if a file cannot be used.
        NothingToReplay: if no answered item has a truth.
        TooFewLabels: if all answers and truths are the same label.
    """
    found = read_replayable(answers, truth)
    scene = found.scene(
        quality=target,
        limits=Limits(least=least, most=most, threshold=target.allowed),
        expert_price=expert_price,
        seed=seed,
        controls=min(_CONTROLS, len(found.items) // 200),
        pilot=min(_PILOT, max(10, int(len(found.items) * _PILOT_SHARE)), len(found.items)),
    )
    return _result(rehearse(scene, source=found.source(seed=seed)), available=len(found.item))


def to_json(result: ReplayResult) -> bytes:
    """Write the result as canonical JSON."""
    return canonical(asdict(result))


def _result(found: Rehearsal, *, available: int) -> ReplayResult:
    return ReplayResult(
        items=found.items,
        answers_used=found.answers,
        answers_available=available,
        answers_per_item=found.answers / found.items,
        expert_judgements=found.judgements,
        audit_judgements=found.audit,
        control_items=found.control,
        accuracy_before_review=found.right_before,
        accuracy=found.right,
        certified=found.certified,
        certified_bound=found.bound,
        reason=found.reason,
        cost=found.cost,
        cost_per_item=found.cost / found.items,
    )
