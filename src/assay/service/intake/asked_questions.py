"""The questions of a project as people see them who answer or read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.core.labels.label_values import Condition, LabelClass, LabelSchema
from assay.tasktypes import TASK_TYPES


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One of several questions about each item.

    Attributes:
        name: what its answer is called.
        ask: what people are asked; the name where the requester wrote nothing more.
        task: the task type whose answer it is.
        produces: the label value of its answers, in lower case.
        labels: its own labels.
        when: the condition under which it is asked; None: always.
        weight: how much it counts against the others.
        required: whether it must be answered where it is asked.
    """

    name: str
    ask: str
    task: str
    produces: str
    labels: Sequence[LabelClass]
    when: Condition | None
    weight: float
    required: bool

    @property
    def asked_when(self) -> str:
        """In words, when it is asked; empty where it always is."""
        if self.when is None:
            return ""
        labels = " or ".join(self.when.labels)
        return (
            f"{self.when.question} is {labels}"
            if labels
            else f"{self.when.question} is answered with something"
        )


def asked_questions(schema: LabelSchema) -> tuple[AskedQuestion, ...]:
    """Return the questions of a project in their order; none where it asks one."""
    return tuple(
        AskedQuestion(
            name=one.name,
            ask=one.text or one.name,
            task=one.task,
            produces=TASK_TYPES.get(one.task).produces.__name__.lower(),
            labels=one.schema.classes,
            when=one.when,
            weight=one.weight,
            required=one.required,
        )
        for one in schema.questions
    )
