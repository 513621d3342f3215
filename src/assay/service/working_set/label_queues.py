"""The queues of a batch, and what the label loop needs to know of it."""

from dataclasses import dataclass
from typing import Final

from assay.core.labels.label_values import LabelSchema
from assay.core.ports.task_type import TaskType
from assay.core.project.price_of_work import AnswerPrice

LABEL, PEER, EXPERT, AUDIT = "label", "peer", "expert", "audit"
LABEL_QUEUES: Final = (LABEL, PEER)
EXPERT_QUEUES: Final = (EXPERT, AUDIT)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the loop needs to know of a batch and its project; prices in cents, times in microseconds.

    `answers` are those that the batch is known to have so far, `exposure` is the share of them that one person gives at most.
    """

    batch: int
    project: str
    seed: int
    task: TaskType
    schema: LabelSchema
    answer_price: AnswerPrice
    expert_price: int
    task_micros: int
    answers: int
    exposure: float
