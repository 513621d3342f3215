"""What is rehearsed, where its answers come from, and what comes out."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assay.core.labels.label_values import LabelSchema
from assay.core.ports.answers import AnswerTable, Floats, Ints
from assay.core.ports.task_type import TaskType
from assay.core.project.intake import Quality
from assay.core.review.settle_ask_again_or_hand_on import Limits


@dataclass(frozen=True, slots=True)
class Given:
    """One answer each for some items.

    Attributes:
        item: shape (given,), positions of items, each at most once.
        person: shape (given,), positions of people.
        value: the answers as text.
    """

    item: Ints
    person: Ints
    value: tuple[str, ...]


class AnswerSource(Protocol):
    """Where answers come from: recorded people, or people drawn by chance."""

    people: int

    def more(self, items: Ints, *, skill: Floats) -> Given:
        """Return one more answer for each of these items; items with nothing left are missing.

        `skill` has shape (people,): the expected rate of right answers, for choosing whom to ask.
        """

    def prospect(self, items: Ints, *, skill: Floats) -> float:
        """Return the mean skill of those who would be asked next about these items (0 if nobody)."""


class Proposer(Protocol):
    """A model that proposes labels, and learns from answers as they come."""

    def propose(self, soft: Floats, *, answered: NDArray[np.bool_]) -> Floats:
        """Return class probabilities, shape (items, classes), from what people say of answered items."""


@dataclass(frozen=True, slots=True)
class Start:
    """What there is before anything is asked, in place of a pilot that is yet to be asked.

    Attributes:
        answers: to items of the scene, by people of its source.
        judged: positions of items of the batch that experts have judged.
        by_chance: those of them that a draw chose.
    """

    answers: AnswerTable
    judged: Ints
    by_chance: Ints


@dataclass(frozen=True, slots=True)
class Scene:
    """What is rehearsed.

    Attributes:
        keys: the items' ids, control items included.
        truth: what an expert says, per item.
        task: the task type.
        schema: the labels.
        quality: the target.
        limits: fewest and most answers per item (the threshold is chosen by the pilot).
        expert_price: what an expert judgement costs, in answers.
        seed: of every draw.
        controls: how many items become control items, outside the batch; experts label them.
        control_depth: answers per control item during the pilot.
        control_stream: later answers to control items per answer to another item.
        pilot: how many items are in the pilot.
        pilot_judged: whether experts judge the pilot's items.
        pilot_depth: answers per item of the pilot.
        may_skip_people: whether items may go to experts unasked where people do not pay.
        proposer: the pre-labelling model, or None.
        automatic: whether the model may label items without people.
        start: what there is already, or None where the pilot is asked first.
    """

    keys: tuple[str, ...]
    truth: tuple[str, ...]
    task: TaskType
    schema: LabelSchema
    quality: Quality
    limits: Limits
    expert_price: float
    seed: int
    controls: int = 10
    control_depth: int = 3
    control_stream: float = 0.0
    pilot: int = 50
    pilot_judged: bool = True
    pilot_depth: int = 3
    may_skip_people: bool = True
    proposer: Proposer | None = None
    automatic: bool = False
    start: Start | None = None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What happened.

    Attributes:
        items: N, without control items.
        answers: people's answers that were used.
        judgements: expert judgements of every kind (control items, review, audit).
        audit: those that the audit's draws needed.
        control: control items.
        right_before: share of items whose consensus was right before experts redid any.
        right: share of items right as delivered.
        certified: whether the target is proven.
        bound: upper bound on the error as delivered (1 where nothing was proven).
        process_bound: upper bound on the error before the errors found were corrected.
        attempts: certification attempts.
        threshold: the risk at which items settled.
        cost: answers + expert price x judgements, in answers.
        reason: why there is no certificate, "" where there is one.
    """

    items: int
    answers: int
    judgements: int
    audit: int
    control: int
    right_before: float
    right: float
    certified: bool
    bound: float
    process_bound: float
    attempts: int
    threshold: float
    cost: float
    reason: str
