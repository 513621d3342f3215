"""Which of two responses is better: the first, the second, or neither.

People favour places: many say "first" more often than it is true. The order of a pair is taken to be
chance, so that first and second are equally often right; whatever is said beyond that is learnt as a habit,
of everybody (the pooled confusion matrix) and of each person. A model's guess about labels is not heard:
judges who know it are no longer independent of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from assay.core.consolidation.methods.dawid_skene import DEFAULTS
from assay.core.consolidation.values.choices import ChoiceModel, fit_choices, load_choices
from assay.core.labels.label_text import read_label, write_label
from assay.core.labels.label_values import FIRST, SECOND, TIE, LabelSchema, LabelValue, Preference, schema_of
from assay.core.labels.loss_rules import Frame, LossRule
from assay.core.ports.answers import AnswerTable, Floats
from assay.core.ports.task_type import Ability, Rows

MOST_WAYS: Final = 50

FAVOURED: Final = 0.7
"""Of the errors on a pair whose second response is better, or where both are as good, so many say "first"."""


@dataclass(frozen=True)
class PreferencePair:
    """A winner or a tie; implements `TaskType`."""

    name: str = "preference_pair"
    media: str | None = None
    manifest_type: str = "groundtruth/custom"
    produces: type[LabelValue] = Preference
    compared: str = "another winner is wrong; a tie against a winner is half wrong"
    rows: Rows = Rows.NONE
    labels: tuple[str, ...] = (FIRST, SECOND, TIE)
    fewest_labels: int = 2
    learns_from_known: bool = True
    has_questions: bool = False
    older_losses: tuple[LossRule, ...] = ()

    def ways(self, schema: LabelSchema) -> int:
        """Return how many answers there are: three, or two where ties are not allowed."""
        return min(len(schema.names), MOST_WAYS)

    def parse(self, text: str, *, schema: LabelSchema) -> LabelValue:
        """Read an answer; raises `InvalidLabel`."""
        return read_label(text, Preference, schema=schema)

    def text(self, value: LabelValue) -> str:
        """Write an answer so that `parse` reads it back."""
        return write_label(value)

    def row(self, value: LabelValue, *, schema: LabelSchema) -> Floats:
        """Return 1 for the winner and 0 for the others, shape (labels,)."""
        return np.array([float(value == Preference(name)) for name in schema.names])

    @property
    def loss(self) -> LossRule:
        """`compare` by its name."""
        return LossRule("preference", 1, self.compare)

    def compare(self, a: LabelValue, b: LabelValue, *, frame: Frame) -> float:  # noqa: ARG002 - it asks for nothing
        """Return 0 for the same winner, 0.5 for a tie against a winner, 1 for the other winner."""
        if a == b:
            return 0.0
        return 0.5 if Preference(TIE) in (a, b) else 1.0

    def fit(
        self,
        table: AnswerTable,
        *,
        schema: LabelSchema,
        known: Sequence[str | None],
        prior: Floats | None = None,  # noqa: ARG002 - see above: a guess is not heard
    ) -> ChoiceModel:
        """Learn people from all answers; `known[i]` is the known label of a control item or None."""
        places = (FIRST, SECOND)
        alike = tuple(schema.index(name) for name in places if name in schema.names)
        settings = replace(DEFAULTS, alike=alike)
        return self._judging(
            fit_choices(table, schema=_texts(schema), known=known, settings=settings), schema=schema
        )

    def load(self, data: bytes, *, schema: LabelSchema) -> ChoiceModel:
        """Read back what `ChoiceModel.to_bytes` wrote; raises `DamagedModel`."""
        return self._judging(load_choices(data, schema=_texts(schema)), schema=schema)

    def draw(
        self, value: LabelValue, *, schema: LabelSchema, person: Ability, chance: np.random.Generator
    ) -> LabelValue:
        """Return what a simulated person answers where `value` is true.

        Careless people and spammers guess, the first of a pair as often as all the others together. Others
        are right with their skill; errors favour the first response, or else call a tie.
        """
        others = [Preference(name) for name in schema.names if Preference(name) != value]
        if person.spam or chance.random() >= person.care:
            everything = [Preference(name) for name in schema.names]
            at = 0 if chance.random() < 0.5 else int(chance.integers(len(everything)))
            return everything[at]
        if not others or chance.random() < person.skill:
            return value
        return others[0 if chance.random() < FAVOURED else int(chance.integers(len(others)))]

    def examples(self) -> Sequence[LabelValue]:
        """Return a few label values, for tests and documents."""
        return (Preference(FIRST), Preference(SECOND), Preference(TIE))

    def _judging(self, model: ChoiceModel, *, schema: LabelSchema) -> ChoiceModel:
        winners = [Preference(name) for name in schema.names]
        frame = Frame(schema)
        loss = np.array([[self.compare(a, b, frame=frame) for b in winners] for a in winners])
        return replace(model, loss=loss, soft=False)


def _texts(schema: LabelSchema) -> LabelSchema:
    """Return the schema whose labels are the answers' texts."""
    return schema_of([write_label(Preference(name)) for name in schema.names])


MEMBER: Final = PreferencePair()
