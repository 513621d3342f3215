"""Shapes of a project's labels."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from assay.core.labels.attributes import Attribute
from assay.core.labels.label_values import Condition, LabelClass
from assay.entry.api.shapes.base import Shape
from assay.entry.api.shapes.texts import Comment, plain
from assay.service.intake.asked_questions import AskedQuestion
from assay.service.projects import foretell_label_change
from assay.service.projects.project_labels import BatchVersion, LabelChange, LabelNow, ProjectLabels

LabelName = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(plain)]
"""The name of a label."""


class LabelAttribute(Shape, shows=Attribute):
    """What is said about each object of a label; `kind` is choice, choices, number, text or flag."""


class ProjectLabel(Shape, shows=LabelClass, without={"number"}):
    """A label, what labellers read about it, and what is said about each of its objects."""


class AskedWhen(Shape, shows=Condition):
    """A question is asked where the answer to an earlier one uses any of these labels; none: where it says anything."""


class ProjectQuestion(Shape, shows=AskedQuestion):
    """One of several questions about each item; `produces` is the label value of its answers."""


class WantedLabels(Shape):
    """A change to a project's labels, by their names.

    `labels` are those it is about: one for `rename`, `split` and `retire`, two or more for `merge`, none for `add`. `names`
    are what they become: one for `rename`, `merge` and `add`, two or more for `split`, one label or none for `retire`.
    """

    kind: Literal["rename", "merge", "split", "add", "retire"]
    labels: Annotated[list[LabelName], Field(max_length=1_000, default_factory=list)]
    names: Annotated[list[LabelName], Field(max_length=1_000, default_factory=list)]
    help: Annotated[str, Field(max_length=2_000), AfterValidator(plain)] = ""


class ChangeLabels(WantedLabels):
    """A change with its reason, and an id that names it: the same id again is the same change."""

    reason: Comment
    request_id: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(plain)]


class LabelChanged(Shape):
    """The version that a change made, and what it did in one sentence."""

    project: str
    version: int
    sentence: str


class NumberedLabel(Shape, shows=LabelNow):
    """A label with its id, which is its class number in files."""


class MadeChange(Shape, shows=LabelChange):
    """A change that was made to a project's labels."""


class VersionOfBatch(Shape, shows=BatchVersion):
    """Which version of the labels a batch is read in."""


class Labels(Shape, shows=ProjectLabels):
    """A project's labels in their newest version, its changes oldest first, and the versions of its batches."""


class BatchForetold(Shape, shows=foretell_label_change.BatchForetold):
    """What a change would do to one batch; money in cents."""


class Foretold(Shape, shows=foretell_label_change.Foretold, without={"what"}):
    """What a change would do to each batch, and which version it would make; `sentence` says what it does."""

    sentence: str
