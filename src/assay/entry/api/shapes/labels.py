"""Shapes of a project's labels."""

from assay.core.labels.attributes import Attribute
from assay.core.labels.label_values import Condition, LabelClass
from assay.entry.api.shapes.base import Shape
from assay.service.intake.asked_questions import AskedQuestion


class LabelAttribute(Shape, shows=Attribute):
    """What is said about each object of a label; `kind` is choice, choices, number, text or flag."""


class ProjectLabel(Shape, shows=LabelClass):
    """A label, what labellers read about it, and what is said about each of its objects."""


class AskedWhen(Shape, shows=Condition):
    """A question is asked where the answer to an earlier one uses any of these labels; none: where it says anything."""


class ProjectQuestion(Shape, shows=AskedQuestion):
    """One of several questions about each item; `produces` is the label value of its answers."""
