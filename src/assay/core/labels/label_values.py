"""Label values: the closed set of what an answer can say, and the labels of a project.

A task type says which of them it produces, a format which it carries. What has to be known about a kind of value stands in
its file below `core/labels/values`, as one row of a table; nobody else tells kinds apart but formats and task types.

Coordinates are pixels from the top left corner of the picture, rounded to hundredths; text offsets are
code points. The objects of a value stand in one canonical order, so that values are equal where they
say the same, whatever order somebody drew in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assay.core.labels.attributes import PLAIN, Attribute, Details, details
from assay.core.labels.item_facts import Size
from assay.core.labels.values.answers import Answers, label_of
from assay.core.labels.values.boxes import BY_PLACE, Box, Boxes, boxes_in_order
from assay.core.labels.values.canonical_order import carried_text
from assay.core.labels.values.choice import Choice
from assay.core.labels.values.choices import Choices
from assay.core.labels.values.points import Point, Points
from assay.core.labels.values.preference import FIRST, SECOND, TIE, Preference
from assay.core.labels.values.spans import BY_START, Span, Spans
from assay.core.labels.values.value_kind import LabelValue, kind_of_value, kinds

__all__ = [
    "FIRST",
    "SECOND",
    "TIE",
    "Answers",
    "Box",
    "Boxes",
    "Choice",
    "Choices",
    "Condition",
    "GivenLabel",
    "LabelClass",
    "LabelSchema",
    "LabelValue",
    "LabelledItem",
    "OlderName",
    "Point",
    "Points",
    "Preference",
    "Question",
    "Size",
    "Span",
    "Spans",
    "attributes_alone",
    "boxes_in_order",
    "details_of",
    "label_names",
    "marked_count",
    "marks_objects",
    "object_count",
    "objects_of",
    "place_in_order",
    "schema_of",
    "schema_of_questions",
    "without_attributes",
    "without_details",
]


# --- what holds for every value ------------------------------------------------------------------


def objects_of(value: LabelValue) -> Sequence[object]:
    """Return what of a value has a confidence of its own, in the value's order; nothing for single answers."""
    return kind_of_value(value).objects(value)


def object_count(value: LabelValue) -> int:
    """Return how many objects a value holds, each with a confidence of its own; 0 for single answers."""
    return len(kind_of_value(value).objects(value))


def marked_count(value: LabelValue) -> int:
    """Return how many objects somebody marked, each with a place in its item; of several answers in all of them together."""
    kind = kind_of_value(value)
    if kind.parts(value):
        return sum(map(marked_count, kind.parts(value)))
    return object_count(value) if kind.bounded else 0


def marks_objects(kind: type[LabelValue]) -> bool:
    """Return whether values of a kind hold objects with a place in their item, themselves or in their parts."""
    return kinds()[kind].bounded


def label_names(value: LabelValue) -> tuple[str, ...]:
    """Return the labels that a value uses, one for each object."""
    return kind_of_value(value).names(value)


def details_of(value: LabelValue) -> tuple[Details, ...]:
    """Return what each named object of a value carries, in the value's order; nothing where none carries anything."""
    carried = kind_of_value(value).details(value)
    return carried if any(one != PLAIN for one in carried) else ()


def without_attributes(value: LabelValue) -> LabelValue:
    """Return a value whose objects carry no attributes: for a project that has none; ids and groups stay."""
    return _carrying(value, lambda carried: details({}, id=carried.id, group=carried.group))


def attributes_alone(value: LabelValue) -> LabelValue:
    """Return a value whose objects carry their attributes and nothing else: for files that have ids of their own."""
    return _carrying(value, lambda carried: details(dict(carried.attributes)))


def without_details(value: LabelValue) -> LabelValue:
    """Return a value whose objects carry nothing beside place and label: for files that have no room for more."""
    return _carrying(value, lambda _: PLAIN)


def _carrying(value: LabelValue, changed: Callable[[Details], Details]) -> LabelValue:
    if not details_of(value):
        return value
    found: LabelValue = kind_of_value(value).carrying(value, changed)
    return found


def place_in_order(marked: Box | Span) -> tuple[object, ...]:
    """Return by what an object stands among those of its value: its place, its label, what it carries."""
    by: tuple[object, ...] = BY_PLACE(marked) if isinstance(marked, Box) else BY_START(marked)
    return (by, carried_text(marked))


# --- the project's labels ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LabelClass:
    """One label that answers may use, with the help that labellers see, and what is said about each of its objects.

    `number` is its id, which it keeps through every version of the labels; None: its position, as in their first version.
    """

    name: str
    help: str = ""
    attributes: tuple[Attribute, ...] = ()
    number: int | None = None


@dataclass(frozen=True, slots=True)
class OlderName:
    """A name that a label had in an earlier version of a project's labels, and has no longer.

    Attributes:
        name: the name; it stays that label's, and is given to no other.
        number: the id of the label.
        now: the id of the label as which it is read; None: what was said under it has to be asked again.
        why: what became of it, as the rest of a sentence that begins with the name; empty where it is read as another.
    """

    name: str
    number: int
    now: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """When a question is asked: where an earlier one was, and its answer uses one of these labels (none named: any).

    Attributes:
        question: the earlier question.
        labels: labels of it.
    """

    question: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One of several questions about an item.

    Attributes:
        name: what its answer is called, in files too.
        task: the task type whose answer it is.
        schema: its own labels, with the parameters of its own loss.
        text: what people are asked; empty: its name.
        when: the condition under which it is asked; None: always.
        weight: how much its answer counts in the loss, relative to others.
        required: whether it must be answered where it is asked.
        loss: name and version of the loss that compares its answers; None: what its task type has now.
    """

    name: str
    task: str
    schema: "LabelSchema"
    text: str = ""
    when: Condition | None = None
    weight: float = 1.0
    required: bool = True
    loss: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class LabelSchema:
    """The labels of a project, in the requester's order.

    Their order is their class id in manifests, until the labels change: from then on each has a number of its own.

    Attributes:
        classes: the labels.
        parameters: what the requester chose about how they are compared, (name, value) by name; see `loss_rules`.
        questions: the questions of a project that asks several, in the order in which they are asked; its `classes` are the
            labels of all of them, each named with its question.
        version: which version of the project's labels this is, from 1; see `schema_versions`.
        older: the names that labels had before, in the order in which they lost them.
    """

    classes: tuple[LabelClass, ...]
    parameters: tuple[tuple[str, float], ...] = ()
    questions: tuple[Question, ...] = ()
    version: int = 1
    older: tuple[OlderName, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The label names in order."""
        return tuple(label.name for label in self.classes)

    @property
    def numbers(self) -> dict[str, int]:
        """The id of each label by its name: its class number in files, from 0."""
        return {
            label.name: place if label.number is None else label.number
            for place, label in enumerate(self.classes)
        }

    @property
    def every_number(self) -> dict[int, str]:
        """Every id that a label of the project ever had, rising, with the last name of the label."""
        found = {one.number: one.name for one in self.older}
        found |= {number: name for name, number in self.numbers.items()}
        return dict(sorted(found.items()))

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


def schema_of_questions(questions: Sequence[Question]) -> LabelSchema:
    """Return the schema of a project that asks several questions."""
    classes = tuple(
        LabelClass(label_of(question.name, label.name), label.help, label.attributes)
        for question in questions
        for label in question.schema.classes
    )
    return LabelSchema(classes, questions=tuple(questions))


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
