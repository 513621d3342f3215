"""A task type double for tests below the task types: choices, drawn as `core.ports.task_type.Ability` says."""

import numpy as np

from assay.core.errors import InvalidLabel
from assay.core.labels.label_values import Choice, LabelClass, LabelSchema
from assay.core.labels.loss_rules import Frame
from assay.core.ports.task_type import Ability

ANIMALS = LabelSchema(classes=tuple(LabelClass(name=name) for name in ("cat", "dog", "hen", "cow")))


class Choosing:
    """Only what a simulated workforce asks for."""

    name = "choosing"
    media = None
    manifest_type = "groundtruth/custom"

    def parse(self, text: str, *, schema: LabelSchema) -> Choice:
        if text not in schema.names:
            raise InvalidLabel(label=text, reason="it is not in the label set")
        return Choice(text)

    def text(self, value: Choice) -> str:
        return value.name

    def compare(self, a: Choice, b: Choice, *, frame: Frame) -> float:
        return float(a != b)

    def draw(
        self, value: Choice, *, schema: LabelSchema, person: Ability, chance: np.random.Generator
    ) -> Choice:
        if person.spam or chance.random() >= person.care:
            return Choice(schema.names[chance.integers(len(schema.names))])
        if chance.random() < person.skill:
            return value
        wrong = [name for name in schema.names if name != value.name]
        favourite = chance.random() < person.confusion
        return Choice(wrong[0] if favourite else wrong[chance.integers(len(wrong))])
