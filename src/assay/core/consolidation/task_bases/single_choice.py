"""The task types whose answer is one label: all of them but their names is here."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay.core.consolidation.values.choices import ChoiceModel, fit_choices, load_choices
from assay.core.labels.label_text import read_label, write_label
from assay.core.labels.label_values import Choice, LabelSchema, LabelValue
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
    rows: Rows = Rows.ONE
    labels: tuple[str, ...] = ()
    fewest_labels: int = 2
    learns_from_known: bool = True

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

    def compare(self, a: LabelValue, b: LabelValue) -> float:
        """Return 1.0 where the labels differ, else 0.0."""
        return float(a != b)

    def fit(
        self,
        table: AnswerTable,
        *,
        schema: LabelSchema,
        known: Sequence[str | None],
        prior: Floats | None = None,
    ) -> ChoiceModel:
        """Learn people from all answers; `known[i]` is the known label of a control item or None."""
        return fit_choices(table, schema=schema, known=known, prior=prior)

    def load(self, data: bytes, *, schema: LabelSchema) -> ChoiceModel:
        """Read back what `ChoiceModel.to_bytes` wrote; raises `DamagedModel`."""
        return load_choices(data, schema=schema)

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
