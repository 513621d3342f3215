"""Consolidate a file of answers into a file of labels."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from assay.core.chance import generator
from assay.core.consolidation.marked_text import MARKS, MarkedItems, consolidate_marks
from assay.core.consolidation.numbers import consolidate_numbers
from assay.core.consolidation.rankings import consolidate_orders
from assay.core.consolidation.text import consolidate_texts
from assay.core.errors import InputError, NotReadable, UnknownMember
from assay.core.label_text import label_names, read_label
from assay.core.labels import schema_of
from assay.core.ports import AnswerTable, BadRow, Consensus, TaskType
from assay.formats.csv.writing import guarded
from assay.service.answer_files import read_answers
from assay.tasktypes import TASK_TYPES


@dataclass(eq=False, kw_only=True)
class NoAnswers(InputError):
    """{path} holds no answers."""

    path: str


@dataclass(frozen=True, slots=True)
class Consolidated:
    """How much was consolidated; `bad` rows were left out, of which `shown` are the first."""

    items: int
    people: int
    answers: int
    bad: int
    shown: tuple[BadRow, ...]


def consolidate_answers(*, answers_path: Path, task: str, out_path: Path) -> Consolidated:
    """Write `item,label,confidence` for every answered item, in order of first appearance.

    The labels of a task type are those that occur, in alphabetical order; ties go to the earlier one. The confidence is
    what the model believes; nothing here can calibrate it.

    Args:
        answers_path: the answers.
        task: a task type; or one of `PLAIN`, whose labels are plain cells, or of `MARKS`, whose labels are JSON.
        out_path: what to write.

    Raises:
        NotReadable, BadLine, NoAnswers: if the answers cannot be used.
        NotReadable: if the result cannot be written.
        UnknownMember: if there is no such task type.
        InvalidLabel: if an answer is no answer to such a task.
    """
    if task not in WITHOUT_A_TASK_TYPE and task not in TASK_TYPES.names():
        known = ", ".join((*TASK_TYPES.names(), *WITHOUT_A_TASK_TYPE))
        raise UnknownMember(kind=TASK_TYPES.kind, name=task, known=known)
    recorded = read_answers(answers_path)
    if not recorded.value:
        raise NoAnswers(path=str(answers_path))
    table = AnswerTable(
        item=recorded.item,
        person=recorded.person,
        value=recorded.value,
        items=len(recorded.items),
        people=len(recorded.people),
    )
    found = _consolidated(table, task)
    try:
        with out_path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(["item", "label", "confidence"])
            for item, label, right in zip(recorded.items, found.value, found.right.tolist(), strict=True):
                writer.writerow([guarded(item), guarded(label), f"{right:.6f}"])
    except OSError as error:
        raise NotReadable(path=str(out_path), reason=error.strerror or "the system refuses") from error
    return Consolidated(
        items=table.items,
        people=table.people,
        answers=len(recorded.value),
        bad=recorded.bad,
        shown=recorded.shown,
    )


def _consolidated(table: AnswerTable, task: str) -> Consensus | MarkedItems:
    if task in PLAIN:
        return PLAIN[task](table)
    return (
        consolidate_marks(table, kind=MARKS[task]) if task in MARKS else _labels(table, TASK_TYPES.get(task))
    )


PLAIN: Final[Mapping[str, Callable[[AnswerTable], Consensus]]] = {
    "text": lambda table: consolidate_texts(table).consensus,
    "number": lambda table: consolidate_numbers(table).consensus,
    "ranking": lambda table: consolidate_orders(table, chance=generator(0, "resample", "orders")).consensus,
}
"""What can be consolidated without being a task type: texts, numbers, and orders like `b > a = c`."""


WITHOUT_A_TASK_TYPE: Final = (*PLAIN, *MARKS)
"""What `consolidate_answers` takes beside task types."""


def _labels(table: AnswerTable, task: TaskType) -> Consensus:
    distinct = set(table.value)
    names = {name for value in distinct for name in label_names(read_label(value, task.produces))}
    schema = schema_of(task.labels or tuple(sorted(names)))
    texts = {value: task.text(task.parse(value, schema=schema)) for value in distinct}
    spelt = replace(table, value=[texts[value] for value in table.value])
    return task.fit(spelt, schema=schema, known=[None] * table.items).consensus(spelt)
