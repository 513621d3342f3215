"""The task types whose answer is a set of labels: all of them but their names is here."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay.core.consolidation.values.label_sets import LabelSetModel, fit_label_sets, load_label_sets
from assay.core.labels.label_text import read_label, write_label
from assay.core.labels.label_values import Choices, LabelSchema, LabelValue
from assay.core.labels.loss_rules import Frame, LossRule
from assay.core.ports.answers import AnswerTable, Floats
from assay.core.ports.task_type import Ability, Rows

MOST_WAYS = 50


@dataclass(frozen=True)
class MultipleChoice:
    """Any number of labels per item, none included, whatever the media; implements `TaskType`."""

    name: str
    media: str | None
    manifest_type: str
    produces: type[LabelValue] = Choices
    compared: str = "a set of labels counts by the share of all labels of both sets that they have in common"
    rows: Rows = Rows.ANY
    labels: tuple[str, ...] = ()
    fewest_labels: int = 1
    learns_from_known: bool = False
    has_questions: bool = False
    older_losses: tuple[LossRule, ...] = ()

    def ways(self, schema: LabelSchema) -> int:
        """Return the number of label sets, 50 at most."""
        return int(min(2 ** min(len(schema.names), 6), MOST_WAYS))

    def parse(self, text: str, *, schema: LabelSchema) -> LabelValue:
        """Read an answer; raises `InvalidLabel`."""
        return read_label(text, Choices, schema=schema)

    def text(self, value: LabelValue) -> str:
        """Write an answer so that `parse` reads it back."""
        return write_label(value)

    def row(self, value: LabelValue, *, schema: LabelSchema) -> Floats:
        """Return 1 for the labels of the set and 0 for the others, shape (labels,)."""
        said = _names(value)
        return np.array([float(name in said) for name in schema.names])

    @property
    def loss(self) -> LossRule:
        """`compare` by its name."""
        return LossRule("label_set", 1, self.compare)

    def compare(self, a: LabelValue, b: LabelValue, *, frame: Frame) -> float:  # noqa: ARG002 - it asks for nothing
        """Return 1 - Jaccard: the share of the labels in either set that are not in both; 0 for two empties."""
        one, two = _names(a), _names(b)
        either = len(one | two)
        return 1.0 - len(one & two) / either if either else 0.0

    def fit(
        self,
        table: AnswerTable,
        *,
        schema: LabelSchema,
        known: Sequence[str | None],
        prior: Floats | None = None,
    ) -> LabelSetModel:
        """Learn people from all answers; `known[i]` is the known label of a control item or None."""
        return fit_label_sets(table, schema=schema, known=known, prior=prior)

    def load(self, data: bytes, *, schema: LabelSchema) -> LabelSetModel:
        """Read back what `LabelSetModel.to_bytes` wrote; raises `DamagedModel`."""
        return load_label_sets(data, schema=schema)

    def draw(
        self, value: LabelValue, *, schema: LabelSchema, person: Ability, chance: np.random.Generator
    ) -> LabelValue:
        """Return what a simulated person answers where `value` is true.

        Careless people and spammers toss a coin for each label. Others overlook each true label with
        half their rate of error, and as often add one that is not true: the next one in the schema with
        probability `confusion`, else any. On an empty set a whole error adds one label.
        """
        names, true = schema.names, _names(value)
        if person.spam or chance.random() >= person.care:
            return Choices(tuple(name for name in names if chance.random() < 0.5))
        error = 1.0 - person.skill
        said = {name for name in names if name in true and chance.random() >= 0.5 * error}
        for place in [names.index(name) for name in sorted(true)] or [-1]:
            rate = 0.5 * error if true else error
            if chance.random() < rate and len(true) < len(names):
                said.add(_invented(place, names, true=true, person=person, chance=chance))
        return Choices(tuple(said))

    def examples(self) -> Sequence[LabelValue]:
        """Return a few label values, for tests and documents."""
        return (Choices(("a",)), Choices(("a", "c")), Choices(("b", "c")), Choices(()))


def _invented(
    place: int,
    names: Sequence[str],
    *,
    true: frozenset[str],
    person: Ability,
    chance: np.random.Generator,
) -> str:
    """Return a label that is not true: the first one after `place`, or any."""
    after = [names[(place + 1 + step) % len(names)] for step in range(len(names))]
    wrong = [name for name in after if name not in true]
    return wrong[0] if chance.random() < person.confusion else wrong[int(chance.integers(len(wrong)))]


def _names(value: LabelValue) -> frozenset[str]:
    return frozenset(value.names) if isinstance(value, Choices) else frozenset()
