"""The questions of a project as a statement prints them, and read back for verification."""

from collections.abc import Mapping, Sequence
from typing import Any

from assay.core.labels.attributes import Attribute
from assay.core.labels.label_values import Condition, LabelClass, LabelSchema, Question
from assay.core.labels.loss_rules import StatedLoss
from assay.core.labels.values.answers import label_of


class UnfitQuestions(ValueError):
    """Why something states no questions; the sentence is the whole message."""


def questions_as_json(questions: Sequence[Question]) -> list[dict[str, object]]:
    """Return questions as statements print them; their attributes and losses stand with those of all labels."""
    return [
        {
            "name": one.name,
            "task": one.task,
            "ask": one.text,
            "labels": list(one.schema.names),
            "when": None
            if one.when is None
            else {"question": one.when.question, "is": list(one.when.labels)},
            "weight": one.weight,
            "required": one.required,
        }
        for one in questions
    ]


def questions_in(
    found: object, *, attributes: Mapping[str, tuple[Attribute, ...]], loss: StatedLoss
) -> tuple[Question, ...]:
    """Read back what `questions_as_json` gave.

    Args:
        found: the JSON.
        attributes: what is said about objects, by the name of their label among those of all questions.
        loss: the stated loss, with those of the questions.

    Raises:
        UnfitQuestions: if it is none.
    """
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise UnfitQuestions("they are no list of questions")
    losses, questions = dict(loss.questions), list[Question]()
    for one in found:
        name, task, weight = one.get("name"), one.get("task"), one.get("weight")
        if not isinstance(name, str) or not isinstance(task, str) or name not in losses:
            raise UnfitQuestions("a question has no name, no task, or no loss")
        if type(weight) not in (int, float) or not weight > 0.0:
            raise UnfitQuestions(f"the weight of '{name[:80]}' is no positive number")
        labels = _texts(one.get("labels"), of=name)
        stated = losses[name]
        classes = (LabelClass(label, "", attributes.get(label_of(name, label), ())) for label in labels)
        questions.append(
            Question(
                name=name,
                task=task,
                schema=LabelSchema(tuple(classes), stated.parameters),
                when=_condition(one.get("when"), of=name, earlier={known.name for known in questions}),
                weight=float(weight),
                required=one.get("required") is not False,
                loss=(stated.name, stated.version),
            )
        )
    if {one.name for one in questions} != {*losses} or len(questions) != len(losses):
        raise UnfitQuestions("they are not those that the loss is made of")
    return tuple(questions)


def _condition(found: Any, *, of: str, earlier: set[str]) -> Condition | None:
    if found is None:
        return None
    if not isinstance(found, Mapping) or found.get("question") not in earlier:
        raise UnfitQuestions(f"the condition of '{of[:80]}' names no question above it")
    return Condition(found["question"], tuple(_texts(found.get("is"), of=of)))


def _texts(found: Any, *, of: str) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise UnfitQuestions(f"the labels of '{of[:80]}' are no list of texts")
    return found
