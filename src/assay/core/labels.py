"""Label values: the small closed set of what an answer can say.

A task type says which of them it produces, a format which it accepts. Only these are matched
with `match`, closed by `assert_never`.

Coordinates are pixels from the top left corner of the picture, rounded to hundredths; text offsets are
code points. The objects of a value stand in one canonical order, so that values are equal where they
say the same, whatever order somebody drew in.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

Size = tuple[int, int]
"""Width and height of a picture in pixels."""


# --- values --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """One label out of the project's label set."""

    name: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Any number of labels out of the project's label set, none included; in alphabetical order."""

    names: tuple[str, ...]

    def __post_init__(self) -> None:
        """Put the names in order."""
        object.__setattr__(self, "names", tuple(sorted(set(self.names))))


class Box(NamedTuple):
    """One object in a picture: its upright rectangle, in pixels."""

    label: str
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Boxes:
    """The objects in a picture, ordered by left, top, width, height and label.

    Attributes:
        boxes: the objects.
        size: the picture's size where it is known; no part of what the answer says.
    """

    boxes: tuple[Box, ...]
    size: Size | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Round, and put the boxes in order."""
        object.__setattr__(self, "boxes", tuple(sorted(map(_rounded_box, self.boxes), key=_place)))


class Point(NamedTuple):
    """One key point in a picture, in pixels; `visible` is False where it is hidden behind something."""

    label: str
    x: float
    y: float
    visible: bool = True


@dataclass(frozen=True, slots=True)
class Points:
    """The key points in a picture, ordered by label, x and y.

    Attributes:
        points: the key points.
        size: the picture's size where it is known; no part of what the answer says.
    """

    points: tuple[Point, ...]
    size: Size | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Round, and put the points in order."""
        rounded = (Point(p.label, round(p.x, 2), round(p.y, 2), p.visible) for p in self.points)
        object.__setattr__(self, "points", tuple(sorted(rounded)))


class Span(NamedTuple):
    """One stretch of a text: code points from `start` up to, not including, `end`."""

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Spans:
    """The marked stretches of a text, ordered by start, end and label."""

    spans: tuple[Span, ...]

    def __post_init__(self) -> None:
        """Put the spans in order."""
        ordered = sorted(set(self.spans), key=lambda span: (span.start, span.end, span.label))
        object.__setattr__(self, "spans", tuple(ordered))


FIRST, SECOND, TIE = "first", "second", "tie"


@dataclass(frozen=True, slots=True)
class Preference:
    """Which of two responses is better: `first`, `second`, or `tie`."""

    winner: str


LabelValue = Choice | Choices | Boxes | Points | Spans | Preference


def object_count(value: LabelValue) -> int:
    """Return how many objects a value holds, each with a confidence of its own; 0 for the others."""
    match value:
        case Boxes(found):
            return len(found)
        case Points(points):
            return len(points)
        case Spans(spans):
            return len(spans)
        case Choices(names):
            return len(names)
        case Choice() | Preference():
            return 0


def _rounded_box(box: Box) -> Box:
    return Box(box[0], round(box[1], 2), round(box[2], 2), round(box[3], 2), round(box[4], 2))


def _place(box: Box) -> tuple[float, float, float, float, str]:
    return box[1], box[2], box[3], box[4], box[0]


# --- the project's labels ------------------------------------------------------------------------


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


def schema_of(names: "tuple[str, ...] | list[str]") -> LabelSchema:
    """Return a schema of labels without help."""
    return LabelSchema(tuple(LabelClass(name) for name in names))


# --- labelled items ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GivenLabel:
    """What one person said about an item, as files of worker responses keep it.

    Attributes:
        person: the person's pseudonym.
        value: the answer.
        seconds: how long it took.
        at: when it was given, UTC, ISO 8601 with microseconds and without zone.
    """

    person: str
    value: LabelValue
    seconds: float
    at: str


@dataclass(frozen=True, slots=True)
class LabelledItem:
    """One item with its label, as formats write and read it.

    Attributes:
        key: the requester's id of the item, unique in the batch.
        media: where the item's media lie (as the requester wrote it), or None for text.
        text: the item's text, or None.
        extra: the requester's other columns or manifest keys, passed through unchanged, in order.
        value: the label.
        confidence: calibrated probability in [0, 1] that the label is right; for labels that can be right
            in part, the expected share that is.
        human: whether a person decided it (False: labelled by a model alone).
        made_at: when the label was made, UTC, ISO 8601 with microseconds and without zone.
        control: whether this was a control item, delivered with its known label.
        parts: the confidence of each object of the value, in the value's order; empty where unknown.
        answers: what people said, where the format asks for it (`Format.answers_for`).
        adjusted: where an earlier label was looked at again: whether it was changed.
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
    parts: tuple[float, ...] = ()
    answers: tuple[GivenLabel, ...] = ()
    adjusted: bool | None = None
