"""Shapes of a project's labels."""

from assay.core.labels.attributes import Attribute
from assay.core.labels.label_values import LabelClass
from assay.entry.api.shapes.base import Shape


class LabelAttribute(Shape, shows=Attribute):
    """What is said about each object of a label; `kind` is choice, choices, number, text or flag."""


class ProjectLabel(Shape, shows=LabelClass):
    """A label, what labellers read about it, and what is said about each of its objects."""
