"""The ports: what a task type, a format, a pre-labeller and a workforce must be able to do.

They live here and not beside their members, so that members never need one another.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from assay.core.labels import LabelledItem, LabelSchema, LabelValue

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


# --- answers and consensus -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """Answers in columns, in the order in which they were given.

    Attributes:
        item: shape (answers,), position of the answered item, 0 <= item < items.
        person: shape (answers,), position of the person, 0 <= person < people.
        value: the answers as text (`TaskType.text`), length answers.
        items: how many items there are (some may have no answer).
        people: how many people there are.
    """

    item: Ints
    person: Ints
    value: Sequence[str]
    items: int
    people: int


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the answers to each item say together.

    Attributes:
        value: the consolidated answer per item as text, "" where there is neither answer nor prior.
        right: shape (items,), probability that `value` is right (as the model believes; calibrate it).
        agreement: shape (items,), share of an item's answers that equal `value` (0 without answers).
        count: shape (items,), answers per item.
    """

    value: Sequence[str]
    right: Floats
    agreement: Floats
    count: Ints


class Consolidator(Protocol):
    """A fitted model of people: turns answers into consensus and survives storage."""

    def consensus(self, table: AnswerTable, *, prior: Floats | None = None) -> Consensus:
        """Consolidate answers with the people's parameters held fixed.

        `prior` has shape (items, classes): a model's calibrated class probabilities, or None;
        a row of NaN means the model says nothing about that item.
        """

    def posteriors(self, table: AnswerTable, *, prior: Floats | None = None) -> Floats:
        """Return class probabilities per item, shape (items, classes)."""

    def skill(self) -> Floats:
        """Return each person's expected rate of right answers, shape (people,)."""

    def grown(self, people: int) -> "Consolidator":
        """Return the same model with room for more people, who start as the pooled person."""

    def to_bytes(self) -> bytes:
        """Return the model in a form that the task type's `load` reads back."""


class TaskType(Protocol):
    """All that is special about one kind of question."""

    @property
    def name(self) -> str:
        """The name that intakes use."""

    @property
    def media(self) -> str | None:
        """`image`, `text` or None where the items' media do not matter."""

    @property
    def manifest_type(self) -> str:
        """The `type` of Ground Truth's metadata, for example `groundtruth/image-classification`."""

    def parse(self, text: str, *, schema: LabelSchema) -> LabelValue:
        """Read an answer; raises `InvalidLabel`."""

    def text(self, value: LabelValue) -> str:
        """Write an answer so that `parse` reads it back."""

    def compare(self, a: LabelValue, b: LabelValue) -> float:
        """Return the loss in [0, 1] of saying `a` where `b` is right: symmetric, 0 for equals."""

    def fit(
        self,
        table: AnswerTable,
        *,
        schema: LabelSchema,
        known: Sequence[str | None],
        prior: Floats | None = None,
    ) -> Consolidator:
        """Learn people from all answers; `known[i]` is the known label of a control item or None."""

    def load(self, data: bytes, *, schema: LabelSchema) -> Consolidator:
        """Read back what `Consolidator.to_bytes` wrote."""

    def draw(
        self, value: LabelValue, *, schema: LabelSchema, person: "Ability", chance: np.random.Generator
    ) -> LabelValue:
        """Return what a simulated person of that ability answers where `value` is true."""

    def examples(self) -> Sequence[LabelValue]:
        """Return a few label values, for tests and documents; labels `a`, `b`, `c` exist."""


@dataclass(frozen=True, slots=True)
class Ability:
    """How a simulated person answers.

    Attributes:
        skill: probability of the right answer on an item of ordinary difficulty.
        confusion: share of the errors that go to the person's favourite wrong answer.
        care: probability of looking at all; without it the answer is a guess.
        spam: whether the person always guesses.
        seconds: median seconds per answer.
    """

    skill: float
    confusion: float
    care: float
    spam: bool
    seconds: float


# --- files -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RawItem:
    """One received row, as a reader found it.

    Attributes:
        line: 1-based line or row in its file (position in the sorted listing for a folder).
        key: the item's id as given, or None (then the media name or the line number serves).
        media: reference to the media as written, or None.
        text: the text, or None.
        extra: every other column or key, in order.
    """

    line: int
    key: str | None
    media: str | None
    text: str | None
    extra: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BadRow:
    """One received row that cannot be an item, with the reason in a sentence."""

    line: int
    reason: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns or keys of a source hold the id, the media and the text; None: guess."""

    id: str | None = None
    media: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Naming:
    """What a label file needs to know about its project.

    Attributes:
        attribute: the label attribute's name, for example the project's name.
        job: the job name printed in metadata.
        manifest_type: the task type's `manifest_type`.
        schema: the project's labels.
    """

    attribute: str
    job: str
    manifest_type: str
    schema: LabelSchema


class Format(Protocol):
    """Reads and/or writes one file layout. What a format cannot do it leaves as None-returning flags."""

    name: str
    suffix: str
    """File ending of what `write` makes, with the dot."""

    reads_items: bool
    writes_labels: bool

    def guess(self, path: Path) -> bool:
        """Say whether this path looks like this format (by its name, never by loading it all)."""

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream rows in file order, after leaving out the first `skip`; never raises for one bad row.

        Raises:
            NotReadable: if the file as a whole cannot be read.
            BadValue: if a named column does not exist.
        """

    def write(self, items: Iterable[LabelledItem], out: BinaryIO, *, naming: Naming) -> int:
        """Write labelled items, streaming; return how many."""


# --- providers -------------------------------------------------------------------------------


class Prelabeller(Protocol):
    """A model that proposes labels and learns from labels as they come."""

    name: str
    media: str
    """Which kind of media it reads: `image` or `text`."""

    def features(self, path: Path | None, text: str | None) -> NDArray[np.float32] | None:
        """Return one item's features, shape (d,), or None where the item cannot be read."""

    def predict(
        self, features: NDArray[np.float32], *, soft: Floats, answered: NDArray[np.bool_], fold: Ints
    ) -> Floats:
        """Return calibrated class probabilities for every item, shape (items, classes).

        Args:
            features: shape (items, d).
            soft: shape (items, classes), what the people's answers alone say; read where `answered`.
            answered: shape (items,).
            fold: shape (items,), the cross-fitting fold of each item: an item's row comes from a model
                that has not seen the item's own answers.
        """


@dataclass(frozen=True, slots=True)
class SimulatedPerson:
    """One person of a simulated or recorded workforce."""

    code: str
    expert: bool
    ability: Ability


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What a simulated or recorded person does with an item.

    Attributes:
        value: the answer as text, or None for a skip.
        seconds: how long it took.
        skip_reason: why the person skipped.
        abandons: the person closes the page: the lease runs out.
    """

    value: str | None
    seconds: float
    skip_reason: str = ""
    abandons: bool = False


class Workforce(Protocol):
    """People whom the sequencer can ask: simulated, or recorded."""

    def people(self) -> Sequence[SimulatedPerson]:
        """Return everybody, in a fixed order."""

    def able(self, key: str) -> Sequence[str] | None:
        """Return the labellers who can answer this item, in a fixed order; None: all of them can.

        Recorded people can only repeat what they once said, so tasks are routed to them.
        """

    def give(self, person: str, key: str, *, expert: bool) -> GivenAnswer:
        """Return what the person says; the same for the same arguments."""
