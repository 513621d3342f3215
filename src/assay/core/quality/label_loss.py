"""The loss between two labels given as text: what calibration, audit and verification all look at."""

from collections.abc import Callable
from functools import lru_cache

from assay.core.labels.label_values import LabelSchema, LabelValue
from assay.core.labels.loss_rules import Frame, LossRule, StatedLoss
from assay.core.ports.task_type import TaskType

Loss = Callable[[str, str], float]
"""The task type's `compare` over labels as text: the loss in [0, 1] of the first where the second is right."""

_REMEMBERED = 4_096


def rule_of(task: TaskType, stated: StatedLoss | None) -> LossRule | None:
    """Return the loss that a statement names, None where this version does not know it.

    A statement of the first layout names none: it means the first loss that the task type had.
    """
    every = (*task.older_losses, task.loss)
    if stated is None:
        return every[0]
    return next((one for one in every if (one.name, one.version) == (stated.name, stated.version)), None)


def loss_of(task: TaskType, schema: LabelSchema, *, rule: LossRule | None = None) -> Loss:
    """Return the task type's loss over labels as text, or the one that a rule of it names.

    Equal texts have no loss, and no label has the whole of it. Otherwise the function raises
    `InvalidLabel` for a text that is no label.
    """
    compare, frame = (rule or task.loss).compare, Frame(schema)

    @lru_cache(maxsize=_REMEMBERED)
    def parsed(text: str) -> LabelValue:
        return task.parse(text, schema=schema)

    def loss(a: str, b: str) -> float:
        if a == b:
            return 0.0
        if not a or not b:
            return 1.0
        return compare(parsed(a), parsed(b), frame=frame)

    return loss
