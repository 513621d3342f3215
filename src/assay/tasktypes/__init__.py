"""One folder per kind of question; the registry finds them."""

from typing import Final

from assay.core.ports.task_type import TaskType
from assay.core.registry import Registry

TASK_TYPES: Final = Registry[TaskType](kind="task type", home="assay.tasktypes")


def task_of(name: str) -> TaskType:
    """Return a task type by its name; raises `UnknownMember`."""
    return TASK_TYPES.get(name)
