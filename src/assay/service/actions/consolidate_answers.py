"""Consolidate a file of answers into a file of labels."""

import csv
from dataclasses import dataclass
from pathlib import Path

from assay.core.errors import InputError, NotReadable
from assay.core.label_text import label_names, read_label
from assay.core.labels import schema_of
from assay.core.ports import AnswerTable, TaskType
from assay.formats.csv.writing import guarded
from assay.service.answer_files import read_answers
from assay.tasktypes import TASK_TYPES


@dataclass(eq=False, kw_only=True)
class NoAnswers(InputError):
    """{path} holds no answers."""

    path: str


@dataclass(frozen=True, slots=True)
class Consolidated:
    """How much was consolidated."""

    items: int
    people: int
    answers: int


def consolidate_answers(*, answers_path: Path, task: str, out_path: Path) -> Consolidated:
    """Write `item,label,confidence` for every answered item, in order of first appearance.

    The labels are those that occur, in alphabetical order; ties go to the earlier one. The confidence is
    what the model believes; nothing here can calibrate it.

    Raises:
        NotReadable, BadLine, NoAnswers: if the answers cannot be used.
        NotReadable: if the result cannot be written.
        UnknownMember: if there is no such task type.
        InvalidLabel: if an answer is no answer to such a task.
    """
    member = TASK_TYPES.get(task)
    recorded = read_answers(answers_path)
    if not recorded.value:
        raise NoAnswers(path=str(answers_path))
    names = {name for value in set(recorded.value) for name in _names(value, member)}
    schema = schema_of(member.labels or tuple(sorted(names)))
    texts = {value: member.text(member.parse(value, schema=schema)) for value in set(recorded.value)}
    table = AnswerTable(
        item=recorded.item,
        person=recorded.person,
        value=[texts[value] for value in recorded.value],
        items=len(recorded.items),
        people=len(recorded.people),
    )
    model = member.fit(table, schema=schema, known=[None] * table.items)
    consensus = model.consensus(table)
    try:
        with out_path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(["item", "label", "confidence"])
            for item, label, right in zip(
                recorded.items, consensus.value, consensus.right.tolist(), strict=True
            ):
                writer.writerow([guarded(item), guarded(label), f"{right:.6f}"])
    except OSError as error:
        raise NotReadable(path=str(out_path), reason=error.strerror or "the system refuses") from error
    return Consolidated(items=table.items, people=table.people, answers=len(recorded.value))


def _names(value: str, task: TaskType) -> tuple[str, ...]:
    return label_names(read_label(value, task.produces))
