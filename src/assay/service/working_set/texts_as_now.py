"""Texts of labels that were said under an earlier version of a project's labels, as its present version reads them.

Stored answers, suggestions and files of truth keep the words in which they were said. Where a project's labels never
changed, everything here returns what it was given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from assay.core.errors import InvalidLabel
from assay.core.labels.label_values import LabelSchema
from assay.core.ports.task_type import TaskType
from assay.core.project.intake import Intake
from assay.store.items import model_proposals
from assay.store.labelling import answers_and_pay_ledger
from assay.store.labelling.answers_and_pay_ledger import AnswerRow
from assay.store.projects.batches import BatchRow

AsNow = Callable[[str], str | None]
"""Returns a text as the present version reads it; None where it has to be asked again."""
_REMEMBERED: Final = 10_000


class Asked(Protocol):
    """What was asked for, and the task type of its answers; a worker's `Work` is one."""

    @property
    def intake(self) -> Intake:
        """What the requester said, with the labels of the version in hand."""

    @property
    def task(self) -> TaskType:
        """The task type."""


@dataclass(frozen=True, slots=True)
class Under:
    """An intake and its task type, for who has nothing else in hand."""

    intake: Intake
    task: TaskType


def texts_as_now(task: TaskType, schema: LabelSchema) -> AsNow:
    """Return how texts are read under a version of a project's labels."""
    return _unchanged if not schema.older else always_as_now(task, schema)


def always_as_now(task: TaskType, schema: LabelSchema) -> AsNow:
    """Return the same for texts that may also be of a later version: what this one does not know is asked again."""
    found: dict[str, str | None] = {}

    def now(text: str) -> str | None:
        if text not in found:
            if len(found) >= _REMEMBERED:
                found.clear()
            found[text] = _read(text, task, schema)
        return found[text]

    return now


def answers_of(asked: Asked, items: Sequence[int], *, queues: Sequence[str]) -> list[AnswerRow]:
    """Return the answers to items that count and can be read, in the order in which they came."""
    answers = answers_and_pay_ledger.answers_of(items, queues=queues)
    if not asked.intake.schema.older:
        return answers
    now = texts_as_now(asked.task, asked.intake.schema)
    return [replace(one, value=found) for one in answers if (found := now(one.value)) is not None]


def all_answers(asked: Asked, batch: BatchRow, *, queues: Sequence[str]) -> list[tuple[int, int, str, float]]:
    """Return (item, person, value, seconds) of a batch's answers that count and can be read, as they came."""
    answers = answers_and_pay_ledger.all_answers(batch.first_item, batch.last_item, queues=queues)
    if not asked.intake.schema.older:
        return answers
    now = texts_as_now(asked.task, asked.intake.schema)
    return [
        (item, person, found, seconds)
        for item, person, value, seconds in answers
        if (found := now(value)) is not None
    ]


def suggestions(asked: Asked, items: Sequence[int]) -> list[tuple[int, int, str]]:
    """Return (item, source, label text) of what was suggested for these items and can be read."""
    return _suggested(asked, model_proposals.suggestions(items))


def all_suggestions(asked: Asked, batch: BatchRow) -> list[tuple[int, int, str]]:
    """Return the same of everything that was suggested in a batch."""
    return _suggested(asked, model_proposals.all_suggestions(batch))


def _suggested(asked: Asked, found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    if not asked.intake.schema.older:
        return found
    now = texts_as_now(asked.task, asked.intake.schema)
    return [(item, source, label) for item, source, text in found if (label := now(text)) is not None]


def _unchanged(text: str) -> str | None:
    return text


def _read(text: str, task: TaskType, schema: LabelSchema) -> str | None:
    try:
        return task.text(task.parse(text, schema=schema))
    except InvalidLabel:
        return None
