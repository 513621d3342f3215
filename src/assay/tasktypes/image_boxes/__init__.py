"""Upright boxes around the objects in an image."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from assay.core.consolidation.objects.object_clusters import Kind
from assay.core.consolidation.task_bases.by_objects import ByObjects
from assay.core.consolidation.task_bases.drawn_attributes import any_details, seen_details
from assay.core.consolidation.values.boxes import BOXES, box_kind, box_loss
from assay.core.labels.label_values import Box, Boxes, LabelSchema, LabelValue
from assay.core.labels.loss_rules import ATTRIBUTES, OVERLAP, Frame, LossRule
from assay.core.ports.task_type import Ability

MISSED, ADDED, MISNAMED, LOOSE = 0.2, 0.2, 0.15, 0.7
"""Of a person's errors so much goes to each kind; 0.2 of misses and additions cost half of that each."""

_EDGE: Final = 1.0 / 3.2
"""Four edges off by a normal error of s each, as a share of the side, cost an IoU of 4 x 0.8 s."""

_ROOM: Final = 100.0

Room = tuple[float, float]
"""Width and height within which boxes are drawn."""


class ImageBoxes(ByObjects):
    """Any number of labelled boxes per image, none included; implements `TaskType`."""

    name = "image_boxes"
    media = "image"
    manifest_type = "groundtruth/object-detection"
    produces = Boxes
    compared = (
        "boxes of the same label are matched where their overlap (IoU) is enough; a matched pair counts by its"
        " overlap, less for attributes that differ, a missed or invented box as wrong"
    )
    kind = BOXES
    loss_name = "box_overlap"
    loss_version = 2
    parameters = (OVERLAP, ATTRIBUTES)

    @property
    def older_losses(self) -> tuple[LossRule, ...]:  # type: ignore[override]
        """What `compare` was in 0.1.0."""
        return (LossRule("box_overlap", 1, _overlap_by_half),)

    def kind_in(self, schema: LabelSchema) -> Kind:
        """Return boxes that are found where the project says."""
        return box_kind(OVERLAP.of(schema), rules=self.rules_in(schema))

    def compare(self, a: LabelValue, b: LabelValue, *, frame: Frame) -> float:
        """Return `box_loss`: 1 - 2 sum(IoU) / (n + m) over boxes matched within labels at the project's overlap."""
        rules = self.rules_in(frame.schema)
        return box_loss(_boxes(a), _boxes(b), found=OVERLAP.of(frame.schema), rules=rules)

    def draw(
        self, value: LabelValue, *, schema: LabelSchema, person: Ability, chance: np.random.Generator
    ) -> LabelValue:
        """Return what a simulated person answers where `value` is true.

        Careless people and spammers draw one box anywhere. Others overlook, misname and invent boxes, and
        draw edges loosely, each with its share of their rate of error; a wrong label is the next one in
        the schema with probability `confusion`, else any. On an empty image a whole error invents a box.
        """
        true = _boxes(value)
        frame = _frame(true)
        if person.spam or chance.random() >= person.care:
            return Boxes((_anywhere(frame, schema=schema, chance=chance),), size=true.size)
        error, said = 1.0 - person.skill, []
        for box in true.boxes:
            if chance.random() >= MISSED * error:
                said.append(_seen(box, frame, error=error, schema=schema, person=person, chance=chance))
            if chance.random() < ADDED * error:
                said.append(_anywhere(frame, schema=schema, chance=chance))
        if not true.boxes and chance.random() < error:
            said.append(_anywhere(frame, schema=schema, chance=chance))
        return Boxes(tuple(said), size=true.size)

    def examples(self) -> Sequence[LabelValue]:
        """Return a few label values, for tests and documents."""
        return (
            Boxes((Box("a", 10, 20, 30, 40),)),
            Boxes((Box("a", 12.5, 20, 60, 40), Box("b", 70, 10, 25, 80))),
            Boxes((Box("c", 0, 0, 200, 100), Box("a", 150, 60, 40, 40), Box("a", 20, 50, 30, 30))),
            Boxes(()),
        )


def _seen(
    box: Box,
    frame: Room,
    *,
    error: float,
    schema: LabelSchema,
    person: Ability,
    chance: np.random.Generator,
) -> Box:
    """Return a box as somebody draws and names it."""
    label, names = box.label, schema.names
    if len(names) > 1 and chance.random() < MISNAMED * error:
        step = 1 if chance.random() < person.confusion else 1 + int(chance.integers(len(names) - 1))
        label = names[(names.index(label) + step) % len(names)]
    off = chance.normal(0.0, 1.0, 4) * LOOSE * error * _EDGE
    left, right = box.left + off[0] * box.width, box.left + box.width * (1.0 + off[1])
    top, bottom = box.top + off[2] * box.height, box.top + box.height * (1.0 + off[3])
    carried = seen_details(box.details, label=label, schema=schema, person=person, chance=chance)
    return _inside(Box(label, left, top, right - left, bottom - top, carried), frame)


def _anywhere(frame: Room, *, schema: LabelSchema, chance: np.random.Generator) -> Box:
    """Return a box somewhere in the frame, between a tenth and a half of its sides."""
    width, height = frame[0] * chance.uniform(0.1, 0.5), frame[1] * chance.uniform(0.1, 0.5)
    left, top = chance.uniform(0.0, frame[0] - width), chance.uniform(0.0, frame[1] - height)
    label = schema.names[int(chance.integers(len(schema.names)))]
    carried = any_details(label=label, schema=schema, chance=chance)
    return _inside(Box(label, left, top, width, height, carried), frame)


def _inside(box: Box, frame: Room) -> Box:
    """Return the box within the frame, at least a tenth of a pixel wide and high."""
    left, top = min(max(box.left, 0.0), frame[0] - 0.1), min(max(box.top, 0.0), frame[1] - 0.1)
    right = min(max(box.left + box.width, left + 0.1), frame[0])
    bottom = min(max(box.top + box.height, top + 0.1), frame[1])
    width, height = round(right - left, 2), round(bottom - top, 2)
    return Box(box.label, round(left, 2), round(top, 2), width, height, box.details)


def _frame(value: Boxes) -> Room:
    """Return the picture's size, or as much as the true boxes are known to need."""
    if value.size is not None:
        return value.size
    return (
        max([box.left + box.width for box in value.boxes], default=_ROOM),
        max([box.top + box.height for box in value.boxes], default=_ROOM),
    )


def _overlap_by_half(a: LabelValue, b: LabelValue, *, frame: Frame) -> float:  # noqa: ARG001 - it had no parameters
    return box_loss(_boxes(a), _boxes(b), found=0.5)


def _boxes(value: LabelValue) -> Boxes:
    return value if isinstance(value, Boxes) else Boxes(())


MEMBER: Final = ImageBoxes()
