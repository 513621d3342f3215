"""The task types that ask several questions about one item, each of them answered as a task type of its own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core.consolidation.values.answers import PartModel, TaskOf, fit_parts, load_parts, question_loss
from assay.core.errors import InvalidLabel
from assay.core.labels.label_text import check_names, read_label, shown, value_from_json, write_label
from assay.core.labels.label_values import (
    Answers,
    Choice,
    Choices,
    Condition,
    LabelSchema,
    LabelValue,
    Question,
    schema_of,
    schema_of_questions,
    without_attributes,
)
from assay.core.labels.loss_rules import Frame, LossRule, StatedLoss
from assay.core.labels.questions import asked, asked_alone
from assay.core.labels.values.answers import parts_in
from assay.core.labels.values.value_kind import Unfit, kinds
from assay.core.ports.answers import AnswerTable, Floats
from assay.core.ports.task_type import Ability, Rows

MOST_WAYS: Final = 50

EXAMPLE: Final = schema_of_questions(
    (
        Question("kind", "classification", schema_of(("a", "b")), "Which of the two is it?", weight=2.0),
        Question(
            "traits",
            "text_classification_multi",
            schema_of(("a", "b", "c")),
            when=Condition("kind", ("a",)),
        ),
        Question("better", "preference_pair", schema_of(("first", "second", "tie")), required=False),
    )
)
"""Questions that the examples answer."""


@dataclass(frozen=True)
class PartByPart:
    """Several questions per item, whatever the media; implements `TaskType`.

    Attributes that are special:
        find: returns a task type by its name: task types know each other by name only.
    """

    name: str
    media: str | None
    find: TaskOf
    manifest_type: str = "groundtruth/custom"
    produces: type[LabelValue] = Answers
    compared: str = (
        "each question counts by its own loss and weight; one that only one of two labels answers is wrong"
    )
    rows: Rows = Rows.NONE
    labels: tuple[str, ...] = ()
    fewest_labels: int = 1
    learns_from_known: bool = True
    has_questions: bool = True
    older_losses: tuple[LossRule, ...] = ()

    def ways(self, schema: LabelSchema) -> int:
        """Return the product of the questions' ways, 50 at most and 2 at least."""
        found = 1
        for one in schema.questions:
            if one.when is None:
                found = min(found * self.find(one.task).ways(one.schema), MOST_WAYS)
        return max(found, 2)

    def parse(self, text: str, *, schema: LabelSchema) -> LabelValue:
        """Read an answer; what is said to questions that are not asked is left out.

        Raises:
            InvalidLabel: naming the question.
        """
        if not schema.questions:
            return read_label(text, Answers, schema=schema)
        try:
            said = _said(text, schema=schema)
        except Unfit as problem:
            raise InvalidLabel(label=shown(text), reason=str(problem)) from None
        parts = [
            (one.name, self._part(one, said[one.name], text)) for one in schema.questions if one.name in said
        ]
        return asked_alone(schema.questions, Answers(tuple(parts)))

    def _part(self, question: Question, said: object, text: str) -> LabelValue:
        kind = self.find(question.task).produces
        try:
            value = value_from_json(said, kind, text=text)
            if not question.schema.has_attributes:
                value = without_attributes(value)
            check_names(value, schema=question.schema, text=text)
        except InvalidLabel as problem:
            raise InvalidLabel(label=shown(text), reason=f"'{question.name}': {problem.reason}") from None
        return value

    def text(self, value: LabelValue) -> str:
        """Write an answer so that `parse` reads it back."""
        return write_label(value)

    def row(self, value: LabelValue, *, schema: LabelSchema) -> Floats:  # noqa: ARG002 - nothing to say
        """Return zeros: labels alone do not say what an answer is."""
        return np.zeros(len(schema.names))

    @property
    def loss(self) -> LossRule:
        """`compare` by its name, with the losses of the questions that it is made of."""
        return LossRule("by_question", 1, self.compare, by_question=self._by_question)

    def _by_question(self, schema: LabelSchema) -> tuple[tuple[str, StatedLoss], ...]:
        return tuple((one.name, self.find(one.task).loss.stated(one.schema)) for one in schema.questions)

    def compare(self, a: LabelValue, b: LabelValue, *, frame: Frame) -> float:
        """Return `question_loss`: the weighted mean of the losses of the questions that either answers."""
        return question_loss(_answers(a), _answers(b), frame=frame, task_of=self.find)

    def fit(
        self,
        table: AnswerTable,
        *,
        schema: LabelSchema,
        known: Sequence[str | None],
        prior: Floats | None = None,  # noqa: ARG002 - a model that knows labels only cannot say an answer
    ) -> PartModel:
        """Learn people from all answers; `known[i]` is the known label of a control item or None."""
        return fit_parts(table, schema=schema, known=known, task_of=self.find)

    def load(self, data: bytes, *, schema: LabelSchema) -> PartModel:
        """Read back what `PartModel.to_bytes` wrote; raises `DamagedModel`."""
        return load_parts(data, schema=schema, task_of=self.find)

    def draw(
        self, value: LabelValue, *, schema: LabelSchema, person: Ability, chance: np.random.Generator
    ) -> LabelValue:
        """Return what a simulated person answers where `value` is true.

        They look at the item or not, once for all questions, and err in each question's own ways. Whoever answers an earlier
        question wrongly may be asked what the truth has no answer to, and guesses.
        """
        true = _answers(value)
        careless = person.spam or chance.random() >= person.care
        guessing = Ability(person.skill, person.confusion, person.care, spam=True, seconds=person.seconds)
        looking = Ability(person.skill, person.confusion, 1.0, spam=False, seconds=person.seconds)
        said: dict[str, LabelValue] = {}
        for question in schema.questions:
            if question not in asked(schema.questions, Answers(tuple(said.items()))):
                continue
            task, right = self.find(question.task), true.to(question.name)
            if right is None and not question.required:
                continue
            said[question.name] = task.draw(
                right or kinds()[task.produces].nothing or task.examples()[0],
                schema=question.schema,
                person=guessing if careless or right is None else looking,
                chance=chance,
            )
        return Answers(tuple(said.items()))

    def examples(self) -> Sequence[LabelValue]:
        """Return a few label values, for tests and documents: answers to `EXAMPLE`."""
        return (
            Answers((("kind", Choice("a")), ("traits", Choices(("a", "c"))))),
            Answers((("kind", Choice("a")), ("traits", Choices(())))),
            Answers((("kind", Choice("b")),)),
        )


def _said(text: str, *, schema: LabelSchema) -> Mapping[str, object]:
    try:
        said = parts_in(json.loads(text))
    except (ValueError, RecursionError):
        raise Unfit("it is no sound JSON") from None
    if not said:
        raise Unfit("it answers no question")
    known = [one.name for one in schema.questions]
    for name in said:
        if name not in known:
            raise Unfit(f"'{shown(name)}' is none of the questions {', '.join(known)}")
    return said


def _answers(value: LabelValue) -> Answers:
    return value if isinstance(value, Answers) else Answers(())
