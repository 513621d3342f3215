"""Label values: the small closed set of what an answer can say.

A task type says which of them it produces, a format which it accepts. Only these are matched
with `match`, closed by `assert_never`.

Coordinates are pixels from the top left corner of the picture, rounded to hundredths; text offsets are
code points. The objects of a value stand in one canonical order, so that values are equal where they
say the same, whatever order somebody drew in.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeVar

from assay.core.ids import canonical
from assay.core.labels.attributes import PLAIN, Attribute, Details, details, details_as_json

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
    details: Details = PLAIN


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
        object.__setattr__(self, "boxes", _in_order(map(_rounded_box, self.boxes), _BY_PLACE))


def boxes_in_order(boxes: tuple[Box, ...], *, size: Size | None = None) -> Boxes:
    """Return a value of boxes that are whole hundredths and in the order of `Boxes` already.

    For readers of a million boxes, who put them in order in bulk; whoever does not know it uses `Boxes`.
    """
    value = object.__new__(Boxes)
    object.__setattr__(value, "boxes", boxes)
    object.__setattr__(value, "size", size)
    return value


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
        object.__setattr__(self, "points", tuple(sorted(map(_rounded_point, self.points))))


class Span(NamedTuple):
    """One stretch of a text: code points from `start` up to, not including, `end`."""

    label: str
    start: int
    end: int
    details: Details = PLAIN


@dataclass(frozen=True, slots=True)
class Spans:
    """The marked stretches of a text, ordered by start, end and label."""

    spans: tuple[Span, ...]

    def __post_init__(self) -> None:
        """Put the spans in order."""
        object.__setattr__(self, "spans", _in_order(set(self.spans), _BY_START))


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


def details_of(value: LabelValue) -> tuple[Details, ...]:
    """Return what each object of a value carries, in the value's order; nothing where none carries anything."""
    match value:
        case Boxes(boxes):
            carried = tuple(box.details for box in boxes)
        case Spans(spans):
            carried = tuple(span.details for span in spans)
        case Choice() | Choices() | Points() | Preference():
            return ()
    return carried if any(one is not PLAIN for one in carried) else ()


def without_attributes(value: LabelValue) -> LabelValue:
    """Return a value whose objects carry no attributes: for a project that has none; ids and groups stay."""
    return _carrying(value, lambda carried: details({}, id=carried.id, group=carried.group))


def attributes_alone(value: LabelValue) -> LabelValue:
    """Return a value whose objects carry their attributes and nothing else: for files that have ids of their own."""
    return _carrying(value, lambda carried: details(dict(carried.attributes)))


def without_details(value: LabelValue) -> LabelValue:
    """Return a value whose objects carry nothing beside place and label: for files that have no room for more."""
    return _carrying(value, lambda _: PLAIN)


def _carrying(value: LabelValue, changed: "Callable[[Details], Details]") -> LabelValue:
    if not details_of(value):
        return value
    match value:
        case Boxes(boxes, size):
            return Boxes(tuple(box._replace(details=changed(box.details)) for box in boxes), size)
        case Spans(spans):
            return Spans(tuple(span._replace(details=changed(span.details)) for span in spans))
        case _:
            return value


_Marked = TypeVar("_Marked", Box, Span)
_BY_PLACE: Final = itemgetter(1, 2, 3, 4, 0)
_BY_START: Final = itemgetter(1, 2, 0)


def place_in_order(marked: Box | Span) -> tuple[object, ...]:
    """Return by what an object stands among those of its value: its place, its label, what it carries."""
    by: tuple[object, ...] = _BY_PLACE(marked) if isinstance(marked, Box) else _BY_START(marked)
    return (by, canonical(details_as_json(marked.details)))


def _in_order(objects: Iterable[_Marked], by: Callable[[_Marked], Any]) -> tuple[_Marked, ...]:
    """Return objects in their canonical order; of those that lie alike what they carry decides."""
    found = sorted(objects, key=by)
    if any(one.details is not PLAIN for one in found):
        found.sort(key=place_in_order)
    return tuple(found)


def _rounded_box(box: Box) -> Box:
    """Return the box itself where it is rounded already: that is seen in a third of the time of rounding."""
    label, left, top, width, height, carried = box
    try:
        if (
            round(left * 100) / 100 == left
            and round(top * 100) / 100 == top
            and round(width * 100) / 100 == width
            and round(height * 100) / 100 == height
            and type(box) is Box
        ):
            return box
    except (ValueError, OverflowError):
        pass  # no finite number: it stays what it is
    return Box(label, round(left, 2), round(top, 2), round(width, 2), round(height, 2), carried)


def _rounded_point(point: Point) -> Point:
    label, x, y, visible = point
    return Point(label, round(x, 2), round(y, 2), visible)


# --- the project's labels ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LabelClass:
    """One label that answers may use, with the help that labellers see, and what is said about each of its objects."""

    name: str
    help: str = ""
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelSchema:
    """The labels of a project, in the requester's order (the order is the class id in manifests).

    Attributes:
        classes: the labels.
        parameters: what the requester chose about how they are compared, (name, value) by name; see `loss_rules`.
    """

    classes: tuple[LabelClass, ...]
    parameters: tuple[tuple[str, float], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The label names in order."""
        return tuple(label.name for label in self.classes)

    @property
    def has_attributes(self) -> bool:
        """Whether anything is to be said about objects beside their label."""
        return any(label.attributes for label in self.classes)

    def attributes_of(self, name: str) -> tuple[Attribute, ...]:
        """Return what is said about each object of a label."""
        return next((label.attributes for label in self.classes if label.name == name), ())

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
