"""Label values: the small closed set of what an answer can say.

A task type says which of them it produces, a format which it accepts. Only these are matched
with `match`, closed by `assert_never`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One label out of the project's label set."""

    name: str


LabelValue = Choice


@dataclass(frozen=True, slots=True)
class LabelClass:
    """One label that answers may use, with the help that labellers see."""

    name: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class LabelSchema:
    """The labels of a project, in the requester's order (the order is the class id in manifests)."""

    classes: tuple[LabelClass, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The label names in order."""
        return tuple(label.name for label in self.classes)

    def index(self, name: str) -> int:
        """Return the position of a label; raises ValueError if it is none of the project's."""
        return self.names.index(name)


@dataclass(frozen=True, slots=True)
class LabelledItem:
    """One delivered item with its label, as formats write it.

    Attributes:
        key: the requester's id of the item, unique in the batch.
        media: where the item's media lie (as the requester wrote it), or None for text.
        text: the item's text, or None.
        extra: the requester's other columns or manifest keys, passed through unchanged, in order.
        value: the label.
        confidence: calibrated probability in [0, 1] that the label is right.
        human: whether a person decided it (False: labelled by a model alone).
        made_at: when the label was made, UTC, ISO 8601 with microseconds and without zone.
        control: whether this was a control item, delivered with its known label.
    """

    key: str
    media: str | None
    text: str | None
    extra: dict[str, object]
    value: LabelValue
    confidence: float
    human: bool
    made_at: str
    control: bool = False
