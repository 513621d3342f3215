"""Consolidation of answers to several questions: each question by its own task type, and then together.

Each part is learnt from and decided by those who were asked it. What an item's parts say together follows the questions in
their order: a part whose condition is not met by what was decided before is no part of the answer. A question that may be left
out is answered where at least half of those who were asked it did. With weights w_q and the parts' own expected 1 - loss r_q

    right = sum(w_q r_q) / sum(w_q)    over the questions that are asked

which is the expected 1 - loss of `question_loss`, since that is the weighted mean of the parts' losses.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np

from assay.core.consolidation.stored_models import DamagedModel
from assay.core.labels.label_text import read_label, write_label
from assay.core.labels.label_values import Answers, LabelSchema, LabelValue, Question
from assay.core.labels.loss_rules import Frame, LossRule
from assay.core.labels.questions import asked, asked_alone
from assay.core.ports.answers import AnswerTable, Consensus, Consolidator, Floats
from assay.core.ports.task_type import TaskType

TaskOf = Callable[[str], TaskType]
"""Returns a task type by its name."""

_PROJECTS: Final = 4
_REMEMBERED: Final = 4_096
"""Of so many projects so many answers are kept as they were read: a rehearsal asks again and again what the same answers say."""


def rule_of_question(question: Question, *, task_of: TaskOf) -> LossRule | None:
    """Return the loss that compares the answers to a question; None where this version does not know it."""
    task = task_of(question.task)
    if question.loss is None:
        return task.loss
    every = (*task.older_losses, task.loss)
    return next((one for one in every if (one.name, one.version) == question.loss), None)


def question_loss(a: Answers, b: Answers, *, frame: Frame, task_of: TaskOf) -> float:
    """Return the weighted mean of the parts' losses, over the questions that either was asked.

    A part that only one of them has is wrong in whole; what neither says does not count.
    """
    lost = weight = 0.0
    for question in frame.schema.questions:
        one, other = a.to(question.name), b.to(question.name)
        if one is None and other is None:
            continue
        weight += question.weight
        if one is None or other is None:
            lost += question.weight
        elif one != other:
            rule = rule_of_question(question, task_of=task_of) or task_of(question.task).loss
            lost += question.weight * rule.compare(one, other, frame=Frame(question.schema, frame.facts))
    return lost / weight if weight else 0.0


@dataclass(frozen=True, slots=True)
class PartModel:
    """How people answer each question; implements `Consolidator`.

    Attributes:
        schema: the project's questions.
        task_of: finds their task types.
        models: a model of people for each question, in the order of the schema.
        shares: shape (questions,), how much each question counts in a person's skill: its weight, by how often it is answered.
    """

    schema: LabelSchema
    task_of: TaskOf
    models: tuple[Consolidator, ...]
    shares: Floats

    def consensus(
        self,
        table: AnswerTable,
        *,
        prior: Floats | None = None,  # noqa: ARG002 - a model that knows labels only cannot say an answer
        known: Sequence[str | None] | None = None,
    ) -> Consensus:
        """Return each item's parts as their questions' models decide them."""
        said = _Said(table, schema=self.schema)
        told = _told(known, items=table.items, schema=self.schema)
        decided: list[dict[str, LabelValue]] = [{} for _ in range(table.items)]
        sure: list[dict[str, float]] = [{} for _ in range(table.items)]
        for question, model in zip(self.schema.questions, self.models, strict=True):
            task = self.task_of(question.task)
            part = said.part(question, task=task)
            found = model.consensus(
                part, known=[one.get(question.name) for one in told] if known is not None else None
            )
            wanted = said.wanted(question)
            right = np.asarray(found.right, dtype=np.float64).tolist()
            values = {text: task.parse(text, schema=question.schema) for text in {*found.value} - {""}}
            for item, text in enumerate(found.value):
                if wanted[item] and text:
                    decided[item][question.name] = values[text]
                    sure[item][question.name] = right[item]
        whole = [asked_alone(self.schema.questions, Answers(tuple(one.items()))) for one in decided]
        weights = {one.name: one.weight for one in self.schema.questions}
        held = [{name: one[name] for name, _ in value.parts} for value, one in zip(whole, sure, strict=True)]
        return Consensus(
            value=[write_label(value) if value.parts else "" for value in whole],
            right=np.array([_mean(one, weights) for one in held]),
            agreement=self._agreement(said, whole),
            count=np.bincount(table.item[said.people], minlength=table.items),
            parts=[tuple(one.values()) for one in held],
        )

    def posteriors(self, table: AnswerTable, *, prior: Floats | None = None) -> None:
        """Return None: labels alone do not say what an answer is."""

    def skill(self) -> Floats:
        """Return each person's expected 1 - loss over the questions, shape (people,)."""
        found: Floats = self.shares @ np.stack([model.skill() for model in self.models])
        return found

    def grown(self, people: int) -> "PartModel":
        """Return the same model with room for more people, who start as the pooled person."""
        return replace(self, models=tuple(model.grown(people) for model in self.models))

    def to_bytes(self) -> bytes:
        """Return the model as a line that says what follows, and the models of the questions behind it."""
        bodies = [model.to_bytes() for model in self.models]
        names = [one.name for one in self.schema.questions]
        head = {"questions": names, "lengths": list(map(len, bodies)), "shares": self.shares.tolist()}
        return b"".join([json.dumps(head).encode(), b"\n", *bodies])

    def _agreement(self, said: "_Said", values: Sequence[Answers]) -> Floats:
        """Return the mean of 1 - loss between people's answers and the value, shape (items,)."""
        frame, seen = Frame(self.schema), {}
        alike, given = np.zeros(len(values)), np.zeros(len(values))
        for row in np.flatnonzero(said.people).tolist():
            item, text = int(said.table.item[row]), said.table.value[row]
            pair = (text, item)
            if pair not in seen:
                seen[pair] = 1.0 - question_loss(
                    said.of[text], values[item], frame=frame, task_of=self.task_of
                )
            alike[item] += seen[pair]
            given[item] += 1.0
        found: Floats = alike / np.maximum(given, 1.0)
        return found


def fit_parts(
    table: AnswerTable, *, schema: LabelSchema, known: Sequence[str | None], task_of: TaskOf
) -> PartModel:
    """Learn how people answer each question.

    Args:
        table: the answers.
        schema: the project's questions.
        known: length items, the known answers of a control item or None.
        task_of: finds the questions' task types.

    Raises:
        InvalidLabel: if an answer or a known label is not one of this project.
    """
    said = _Said(table, schema=schema)
    told = _told(known, items=table.items, schema=schema)
    models, shares = [], []
    for question in schema.questions:
        task = task_of(question.task)
        part = said.part(question, task=task)
        models.append(task.fit(part, schema=question.schema, known=[one.get(question.name) for one in told]))
        shares.append(question.weight * (len(part.value) + 1.0))
    weights = np.array(shares)
    return PartModel(schema, task_of, tuple(models), weights / weights.sum())


def load_parts(data: bytes, *, schema: LabelSchema, task_of: TaskOf) -> PartModel:
    """Read back what `PartModel.to_bytes` wrote; raises `DamagedModel`."""
    head, _, rest = data.partition(b"\n")
    try:
        found = json.loads(head)
        names, lengths, shares = found["questions"], found["lengths"], found["shares"]
        whole = names == [one.name for one in schema.questions] and sum(lengths) == len(rest)
        weights = np.array(shares, dtype=np.float64)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedModel(reason=str(error)) from error
    if not whole or weights.shape != (len(schema.questions),) or not np.isfinite(weights).all():
        raise DamagedModel(reason="it does not fit a model of several questions")
    models, at = [], 0
    for question, length in zip(schema.questions, lengths, strict=True):
        models.append(task_of(question.task).load(rest[at : at + length], schema=question.schema))
        at += length
    if len({len(model.skill()) for model in models}) > 1:
        raise DamagedModel(reason="its questions know different numbers of people")
    return PartModel(schema, task_of, tuple(models), weights)


class _Said:
    """A table of answers, read once: what each text says, and to whom each question was put."""

    def __init__(self, table: AnswerTable, *, schema: LabelSchema) -> None:
        self.table = table
        self.people = ~np.isin(table.person, sorted(table.models))
        read = _reader(schema)
        self.of = {text: read(text) for text in set(table.value)}
        self._asked = {
            text: {one.name for one in asked(schema.questions, value)} for text, value in self.of.items()
        }

    def part(self, question: Question, *, task: TaskType) -> AnswerTable:
        """Return the answers to one question as a table of their own; items and people stand where they did."""
        texts = {}
        for text, value in self.of.items():
            part = value.to(question.name)
            if part is not None:
                texts[text] = task.text(part)
        rows = [row for row, text in enumerate(self.table.value) if text in texts]
        return replace(
            self.table,
            item=self.table.item[rows],
            person=self.table.person[rows],
            value=[texts[self.table.value[row]] for row in rows],
        )

    def wanted(self, question: Question) -> Sequence[bool]:
        """Say of each item whether its answer has this part: always, if it must be answered, else where half of the asked did."""
        if question.required:
            return [True] * self.table.items
        put, given = np.zeros(self.table.items), np.zeros(self.table.items)
        for row, text in enumerate(self.table.value):
            item = int(self.table.item[row])
            put[item] += question.name in self._asked[text]
            given[item] += self.of[text].to(question.name) is not None
        return [bool(one) for one in 2 * given >= put]


def answers_in(text: str, *, schema: LabelSchema) -> Answers:
    """Read what somebody said to the questions of a project, as it is stored; raises `InvalidLabel`."""
    found = read_label(text, Answers, schema=schema)
    assert isinstance(found, Answers)
    return found


@lru_cache(maxsize=_PROJECTS)
def _reader(schema: LabelSchema) -> Callable[[str], Answers]:
    """Return `answers_in` for one project, which remembers what it read last."""

    @lru_cache(maxsize=_REMEMBERED)
    def read(text: str) -> Answers:
        return answers_in(text, schema=schema)

    return read


def _told(known: Sequence[str | None] | None, *, items: int, schema: LabelSchema) -> list[dict[str, str]]:
    """Return the known answers of each item by question."""
    if known is None:
        return [{}] * items
    read, found = _reader(schema), list[dict[str, str]]()
    for text in known:
        value = None if text is None else read(text)
        found.append({} if value is None else {name: write_label(said) for name, said in value.parts})
    return found


def _mean(sure: Mapping[str, float], weights: Mapping[str, float]) -> float:
    weight = sum(weights[name] for name in sure)
    return sum(weights[name] * share for name, share in sure.items()) / weight if weight else 0.0
