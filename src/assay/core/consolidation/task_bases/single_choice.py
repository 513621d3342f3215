"""The task types whose answer is one label: all of them but their names is here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from assay.core.consolidation.values.choices import ChoiceModel, fit_choices, load_choices
from assay.core.labels.label_text import read_label, write_label
from assay.core.labels.label_values import Choice, LabelSchema, LabelValue
from assay.core.labels.loss_rules import BRANCH, Frame, LossParameter, LossRule
from assay.core.ports.answers import AnswerTable, Floats
from assay.core.ports.task_type import Ability, Rows

MOST_WAYS = 50


@dataclass(frozen=True)
class SingleChoice:
    """One label per item, whatever the media; implements `TaskType`."""

    name: str
    media: str | None
    manifest_type: str
    produces: type[LabelValue] = Choice
    compared: str = "a label is right or wrong"
    parameters: tuple[LossParameter, ...] = (BRANCH,)
    rows: Rows = Rows.ONE
    labels: tuple[str, ...] = ()
    fewest_labels: int = 2
    learns_from_known: bool = True
    has_questions: bool = False

    def ways(self, schema: LabelSchema) -> int:
        """Return the number of labels, 50 at most."""
        return min(len(schema.names), MOST_WAYS)

    def parse(self, text: str, *, schema: LabelSchema) -> LabelValue:
        """Read an answer; raises `InvalidLabel`."""
        return read_label(text, Choice, schema=schema)

    def text(self, value: LabelValue) -> str:
        """Write an answer so that `parse` reads it back."""
        return write_label(value)

    def row(self, value: LabelValue, *, schema: LabelSchema) -> Floats:
        """Return 1 for the label and 0 for the others, shape (labels,)."""
        return np.array([float(name == write_label(value)) for name in schema.names])

    @property
    def loss(self) -> LossRule:
        """`compare` by its name."""
        return LossRule("one_label", 2, self.compare, self.parameters)

    @property
    def older_losses(self) -> tuple[LossRule, ...]:
        """What `compare` was in 0.1.0: right or wrong, whatever the branch."""
        return (LossRule("one_label", 1, right_or_wrong),)

    def compare(self, a: LabelValue, b: LabelValue, *, frame: Frame) -> float:
        """Return 1.0 where the labels differ, else 0.0; less within a branch where the intake's `branch` says so.

        With c steps from the root in common (`a/b/x` and `a/b/y` have 2) and d the steps of the deeper label, it is
        1 - (1 - branch) c / (d - 1).
        """
        if a == b:
            return 0.0
        near = BRANCH.of(frame.schema)
        if near >= 1.0:
            return 1.0
        one, two = write_label(a).split("/"), write_label(b).split("/")
        alike = min(len(one), len(two))  # all of the shorter one, where it names the branch itself
        common = next((at for at, (x, y) in enumerate(zip(one, two, strict=False)) if x != y), alike)
        return 1.0 - (1.0 - near) * common / max(len(one) - 1, len(two) - 1, 1)

    def fit(
        self,
        table: AnswerTable,
        *,
        schema: LabelSchema,
        known: Sequence[str | None],
        prior: Floats | None = None,
    ) -> ChoiceModel:
        """Learn people from all answers; `known[i]` is the known label of a control item or None."""
        return self._judging(fit_choices(table, schema=schema, known=known, prior=prior), schema=schema)

    def load(self, data: bytes, *, schema: LabelSchema) -> ChoiceModel:
        """Read back what `ChoiceModel.to_bytes` wrote; raises `DamagedModel`."""
        return self._judging(load_choices(data, schema=schema), schema=schema)

    def draw(
        self, value: LabelValue, *, schema: LabelSchema, person: Ability, chance: np.random.Generator
    ) -> LabelValue:
        """Return what a simulated person answers where `value` is true.

        Careless people and spammers guess evenly. Others are right with their skill; their errors go
        to the favourite wrong label (the next one in the schema, the first after the last) with
        probability `confusion`, else to any wrong label evenly.
        """
        names = schema.names
        if person.spam or chance.random() >= person.care:
            return Choice(names[int(chance.integers(len(names)))])
        if len(names) == 1 or chance.random() < person.skill:
            return value
        true = schema.index(write_label(value))
        if chance.random() < person.confusion:
            return Choice(names[(true + 1) % len(names)])
        return Choice(names[(true + 1 + int(chance.integers(len(names) - 1))) % len(names)])

    def examples(self) -> Sequence[LabelValue]:
        """Return a few label values, for tests and documents."""
        return (Choice("a"), Choice("b"), Choice("c"))

    def _judging(self, model: ChoiceModel, *, schema: LabelSchema) -> ChoiceModel:
        """Return the model with the losses between labels, where not all wrong labels are equally wrong."""
        if BRANCH.of(schema) >= 1.0:
            return model
        labels, frame = [Choice(name) for name in schema.names], Frame(schema)
        return replace(
            model, loss=np.array([[self.compare(a, b, frame=frame) for b in labels] for a in labels])
        )


def right_or_wrong(a: LabelValue, b: LabelValue, *, frame: Frame) -> float:  # noqa: ARG001 - it asks for nothing
    """Return 1.0 where the values differ, else 0.0."""
    return float(a != b)
