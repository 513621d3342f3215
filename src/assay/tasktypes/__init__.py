"""One folder per kind of question; the registry finds them."""

from functools import cache
from typing import Final

from assay.core.ports.task_type import TaskType
from assay.core.registry import Registry

TASK_TYPES: Final = Registry[TaskType](kind="task type", home="assay.tasktypes")


@cache
def task_of(name: str) -> TaskType:
    """Return a task type by its name; raises `UnknownMember`. Whoever compares answers asks for it again and again."""
    return TASK_TYPES.get(name)
