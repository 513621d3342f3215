"""How simulated people err about what objects carry: each attribute by itself, at their rate of error."""

import numpy as np

from assay.core.labels.attributes import (
    CHOICE,
    CHOICES,
    FLAG,
    NUMBER,
    PLAIN,
    Attribute,
    AttributeValue,
    Details,
    details,
)
from assay.core.labels.label_values import LabelSchema
from assay.core.ports.task_type import Ability


def seen_details(
    true: Details, *, label: str, schema: LabelSchema, person: Ability, chance: np.random.Generator
) -> Details:
    """Return what somebody says of an object that they named `label`, where `true` is right.

    Each attribute is right but for the person's rate of error. Who errs takes the next option (with probability `confusion`,
    else any other), leaves one of several options out or adds one, counts one more, says the contrary of a flag, and
    leaves a text out. Without attributes in the schema nothing is drawn, and what is carried stays.
    """
    allowed = schema.attributes_of(label)
    if not allowed:
        return true if not schema.has_attributes else details({}, id=true.id, group=true.group)
    held, said = dict(true.attributes), {}
    for one in allowed:
        value = held.get(one.name)
        if value is None and one.required and one.options:
            value = one.options[0]  # another label's object never said it
        elif value is not None and chance.random() < 1.0 - person.skill:
            value = _wrong(value, one, person=person, chance=chance)
        if value is not None:
            said[one.name] = value
    found = details(said, id=true.id, group=true.group)
    return PLAIN if found == PLAIN else found


def any_details(*, label: str, schema: LabelSchema, chance: np.random.Generator) -> Details:
    """Return what a guess says of an object that is not there: any option, any flag, nothing else."""
    said: dict[str, AttributeValue] = {}
    for one in schema.attributes_of(label):
        if one.kind == CHOICE:
            said[one.name] = one.options[int(chance.integers(len(one.options)))]
        elif one.kind == FLAG:
            said[one.name] = bool(chance.integers(2))
        elif one.required:
            least: dict[str, AttributeValue] = {NUMBER: 1.0, CHOICES: one.options[:1]}
            said[one.name] = least.get(one.kind, "?")
    return details(said)


def _wrong(
    value: AttributeValue, one: Attribute, *, person: Ability, chance: np.random.Generator
) -> AttributeValue | None:
    if isinstance(value, bool):
        return not value
    if isinstance(value, tuple):
        left = [option for option in one.options if option not in value]
        if left and chance.random() < 0.5:
            return (*value, left[int(chance.integers(len(left)))])
        gone = int(chance.integers(len(value)))
        kept = value[:gone] + value[gone + 1 :]
        return kept or (value if one.required else None)
    if isinstance(value, float):
        return value + 1.0
    if one.kind == CHOICE and len(one.options) > 1:
        step = 1 if chance.random() < person.confusion else 1 + int(chance.integers(len(one.options) - 1))
        return one.options[(one.options.index(value) + step) % len(one.options)]
    return value if one.required else None
