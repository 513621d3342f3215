"""The loss between two labels given as text: what calibration, audit and verification all look at."""

from collections.abc import Callable
from functools import lru_cache

from assay.core.labels.label_values import LabelSchema, LabelValue
from assay.core.ports.task_type import TaskType

Loss = Callable[[str, str], float]
"""The task type's `compare` over labels as text: the loss in [0, 1] of the first where the second is right."""

_REMEMBERED = 4_096


def loss_of(task: TaskType, schema: LabelSchema) -> Loss:
    """Return the task type's loss over labels as text.

    Equal texts have no loss, and no label has the whole of it. Otherwise the function raises
    `InvalidLabel` for a text that is no label.
    """

    @lru_cache(maxsize=_REMEMBERED)
    def parsed(text: str) -> LabelValue:
        return task.parse(text, schema=schema)

    def loss(a: str, b: str) -> float:
        if a == b:
            return 0.0
        if not a or not b:
            return 1.0
        return task.compare(parsed(a), parsed(b))

    return loss
