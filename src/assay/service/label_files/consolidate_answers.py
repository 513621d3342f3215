"""Consolidate a file of answers into a file of labels."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from assay.core.chance import generator
from assay.core.consolidation.values.marks_as_json import MARKS, MarkedItems, consolidate_marks
from assay.core.consolidation.values.numbers import consolidate_numbers
from assay.core.consolidation.values.rankings import consolidate_orders
from assay.core.consolidation.values.texts import consolidate_texts
from assay.core.errors import BadLine, InputError, NotReadable, UnknownMember
from assay.core.geometry.within_bounds import cut_to_item
from assay.core.labels.item_facts import ItemFacts
from assay.core.labels.label_text import check_names, read_label, write_label
from assay.core.labels.label_values import LabelSchema, LabelValue, schema_of
from assay.core.labels.values.value_kind import kind_of_value
from assay.core.layouts.label_spelling import trimmed
from assay.core.ports.answers import AnswerTable, Consensus
from assay.core.ports.file_format import BadRow
from assay.core.ports.task_type import TaskType
from assay.formats.csv.writing import guarded
from assay.service.intake.answer_files import MOST_SHOWN, RecordedAnswers, read_answers
from assay.service.label_files.schema_of_answers import fitted, schema_of_answers
from assay.tasktypes import TASK_TYPES


@dataclass(eq=False, kw_only=True)
class NoAnswers(InputError):
    """{path} holds no answers."""

    path: str


@dataclass(frozen=True, slots=True)
class Consolidated:
    """How much was consolidated.

    Attributes:
        items: how many items have a label.
        people: how many people gave the answers.
        answers: how many answers there are.
        changed: how many further answers gave way to a later one of the same person about the same item.
        bad: how many rows were left out.
        shown: the first of these.
        cut: how many boxes were cut at the edges of their pictures.
        unfit: how many attributes were left out, since most others of their name are of another kind.
    """

    items: int
    people: int
    answers: int
    changed: int
    bad: int
    shown: tuple[BadRow, ...]
    cut: int = 0
    unfit: int = 0


def consolidate_answers(*, answers_path: Path, task: str, out_path: Path) -> Consolidated:
    """Write `item,label,confidence` for every answered item, in order of first appearance.

    The labels of a task type are those that occur, in alphabetical order; ties go to the earlier one. So are the questions of
    one that asks several, and what objects carry (`schema_of_answers`). The confidence is what the model believes; nothing
    here can calibrate it.

    Args:
        answers_path: the answers.
        task: a task type; or one of `PLAIN`, whose labels are plain cells, or of `MARKS`, whose labels are JSON.
        out_path: what to write.

    Raises:
        NotReadable, BadLine, NoAnswers: if the answers cannot be used.
        NotReadable: if the result cannot be written.
        UnknownMember: if there is no such task type.
        BadLine: if no answer is one to such a task; where some are, the others are left out.
    """
    if task not in WITHOUT_A_TASK_TYPE and task not in TASK_TYPES.names():
        known = ", ".join((*TASK_TYPES.names(), *WITHOUT_A_TASK_TYPE))
        raise UnknownMember(kind=TASK_TYPES.kind, name=task, known=known)
    recorded = read_answers(answers_path)
    if not recorded.value:
        raise NoAnswers(path=str(answers_path))
    fit = _Fit(recorded, LabelSchema(()))
    if task not in WITHOUT_A_TASK_TYPE:
        fit = _fitting(recorded, answers_path, TASK_TYPES.get(task))
        recorded = fit.recorded
    table = AnswerTable(
        item=recorded.item,
        person=recorded.person,
        value=recorded.value,
        items=len(recorded.items),
        people=len(recorded.people),
    )
    found = _consolidated(table, task, fit.schema)
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
        changed=recorded.changed,
        bad=recorded.bad,
        shown=recorded.shown,
        cut=fit.cut,
        unfit=fit.unfit,
    )


@dataclass(frozen=True, slots=True)
class _Fit:
    """The answers that can be used, spelt in one way, and what they may say.

    Attributes:
        recorded: the answers.
        schema: the labels, questions and attributes.
        cut: how many boxes were cut.
        unfit: how many attributes were left out.
    """

    recorded: RecordedAnswers
    schema: LabelSchema
    cut: int = 0
    unfit: int = 0


def _fitting(recorded: RecordedAnswers, path: Path, task: TaskType) -> _Fit:
    """Return the answers that such a task can have.

    Raises:
        BadLine: if there are none.
    """
    read: dict[str, tuple[LabelValue, int] | InputError] = {}
    for text in set(recorded.value):
        try:
            said = trimmed(read_label(text, task.produces), known=frozenset(task.labels or ()))
            if task.labels:
                check_names(said, schema=schema_of(task.labels), text=text)
            read[text] = cut_to_item(said, ItemFacts(size=kind_of_value(said).size(said)))
        except InputError as problem:
            read[text] = problem
    values = [one[0] for text in recorded.value if isinstance(one := read[text], tuple)]
    schema = schema_of_answers(values, labels=task.labels)
    found: dict[str, tuple[str, int, int] | InputError] = {}
    for text, one in read.items():
        if isinstance(one, InputError):
            found[text] = one
            continue
        try:
            value, unfit = fitted(one[0], schema)
            spelt = task.text(task.parse(write_label(value), schema=schema))
            found[text] = (spelt, one[1], unfit)
        except InputError as problem:
            found[text] = problem
    bad = [
        BadRow(line, f"the label cannot be used: {getattr(found[value], 'reason', found[value])}")
        for line, value in zip(recorded.line, recorded.value, strict=True)
        if isinstance(found[value], InputError)
    ]
    good = [at for at, value in enumerate(recorded.value) if not isinstance(found[value], InputError)]
    if not good:
        raise BadLine(path=str(path), line=bad[0].line, reason=bad[0].reason)
    kept = [found[recorded.value[at]] for at in good]
    spelt_all = tuple(one[0] for one in kept if isinstance(one, tuple))
    cut = sum(one[1] for one in kept if isinstance(one, tuple))
    unfit = sum(one[2] for one in kept if isinstance(one, tuple))
    if not bad:
        return _Fit(replace(recorded, value=spelt_all), schema, cut, unfit)
    items, item = np.unique(recorded.item[good], return_inverse=True)
    people, person = np.unique(recorded.person[good], return_inverse=True)
    shown = sorted((*recorded.shown, *bad), key=lambda row: row.line)[:MOST_SHOWN]
    left = RecordedAnswers(
        items=tuple(recorded.items[at] for at in items.tolist()),
        people=tuple(recorded.people[at] for at in people.tolist()),
        item=item,
        person=person,
        value=spelt_all,
        bad=recorded.bad + len(bad),
        shown=tuple(shown),
        changed=recorded.changed,
        line=tuple(recorded.line[at] for at in good),
    )
    return _Fit(left, schema, cut, unfit)


def _consolidated(table: AnswerTable, task: str, schema: LabelSchema) -> Consensus | MarkedItems:
    if task in PLAIN:
        return PLAIN[task](table)
    return (
        consolidate_marks(table, kind=MARKS[task])
        if task in MARKS
        else _labels(table, TASK_TYPES.get(task), schema)
    )


PLAIN: Final[Mapping[str, Callable[[AnswerTable], Consensus]]] = {
    "text": lambda table: consolidate_texts(table).consensus,
    "number": lambda table: consolidate_numbers(table).consensus,
    "ranking": lambda table: consolidate_orders(table, chance=generator(0, "resample", "orders")).consensus,
}
"""What can be consolidated without being a task type: texts, numbers, and orders like `b > a = c`."""


WITHOUT_A_TASK_TYPE: Final = (*PLAIN, *MARKS)
"""What `consolidate_answers` takes beside task types."""


def _labels(table: AnswerTable, task: TaskType, schema: LabelSchema) -> Consensus:
    return task.fit(table, schema=schema, known=[None] * table.items).consensus(table)
