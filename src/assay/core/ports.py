"""The ports: what a task type, a format, a pre-labeller and a workforce must be able to do.

They live here and not beside their members, so that members never need one another.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from assay.core.errors import AssayError
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
        models: positions of those "people" that are models: their proposals are weighed like answers, but
            they are nobody's word (`Consensus.count` counts people).
    """

    item: Ints
    person: Ints
    value: Sequence[str]
    items: int
    people: int
    models: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the answers to each item say together.

    Attributes:
        value: the consolidated answer per item as text, "" where there is neither answer nor prior.
        right: shape (items,), probability that `value` is right, or expected 1 - loss where labels can be
            right in part (as the model believes; calibrate it).
        agreement: shape (items,), mean of 1 - loss between an item's answers and `value` (0 without answers).
        count: shape (items,), people's answers per item.
        parts: confidence of each object of each value, in the value's order; empty where there are none.
    """

    value: Sequence[str]
    right: Floats
    agreement: Floats
    count: Ints
    parts: Sequence[tuple[float, ...]] = ()


class Consolidator(Protocol):
    """A fitted model of people: turns answers into consensus and survives storage."""

    def consensus(
        self, table: AnswerTable, *, prior: Floats | None = None, known: Sequence[str | None] | None = None
    ) -> Consensus:
        """Consolidate answers with the people's parameters held fixed.

        `prior` has shape (items, labels): a model's calibrated probabilities of the labels, or None; a row
        of NaN means the model says nothing about that item. Task types without `Rows` ignore it.

        `known[i]` is what `fit` was told of an item, if anything: it is looked at by people as if they had not
        learnt from it (only where `TaskType.learns_from_known`).
        """

    def posteriors(self, table: AnswerTable, *, prior: Floats | None = None) -> Floats | None:
        """Return the probability of each label per item, shape (items, labels); None without `Rows`."""

    def skill(self) -> Floats:
        """Return each person's expected rate of right answers (or mean 1 - loss), shape (people,)."""

    def grown(self, people: int) -> "Consolidator":
        """Return the same model with room for more people, who start as the pooled person."""

    def to_bytes(self) -> bytes:
        """Return the model in a form that the task type's `load` reads back."""


@runtime_checkable
class KnowsRows(Consolidator, Protocol):
    """A model of people that knows with which probability somebody says a label where another is right."""

    def rows_of_people(self) -> Floats:
        """Return these probabilities, shape (people, labels, labels), the right label second."""


class Rows(Enum):
    """What a row of label probabilities means to a task type."""

    ONE = "exactly one label is right: a row sums to 1"
    ANY = "each label is right or not by itself: a row holds their probabilities"
    NONE = "labels alone do not say what an answer is: there are no rows"


class TaskType(Protocol):
    """All that is special about one kind of question.

    Whoever adds one and has only `compare` takes all else from `core.consolidation.by_comparison`.
    """

    @property
    def name(self) -> str:
        """The name that intakes use."""

    @property
    def media(self) -> str | None:
        """`image`, `text` or None where the items' media do not matter."""

    @property
    def manifest_type(self) -> str:
        """The `type` of Ground Truth's metadata, for example `groundtruth/image-classification`."""

    @property
    def produces(self) -> type[LabelValue]:
        """The label value that its answers are."""

    @property
    def compared(self) -> str:
        """How two labels are compared, in a sentence for the data sheet."""

    @property
    def rows(self) -> Rows:
        """What a model that knows labels only can say about an item."""

    @property
    def learns_from_known(self) -> bool:
        """Whether people learn from known items, which `Consolidator.consensus` sees as if they were not known."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels where the intake names none; empty where it must name them."""

    @property
    def fewest_labels(self) -> int:
        """How many labels the intake must name at least."""

    def ways(self, schema: LabelSchema) -> int:
        """Return from how many different answers somebody who guesses would choose, 50 at most."""

    def parse(self, text: str, *, schema: LabelSchema) -> LabelValue:
        """Read an answer; raises `InvalidLabel`."""

    def text(self, value: LabelValue) -> str:
        """Write an answer so that `parse` reads it back; equal values have equal texts."""

    def row(self, value: LabelValue, *, schema: LabelSchema) -> Floats:
        """Return a value as label probabilities of 0 and 1, shape (labels,); unused without `Rows`."""

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
        """Read back what `Consolidator.to_bytes` wrote; raises `DamagedModel`."""

    def draw(
        self, value: LabelValue, *, schema: LabelSchema, person: "Ability", chance: np.random.Generator
    ) -> LabelValue:
        """Return what a simulated person of that ability answers where `value` is true.

        Its own kinds of error: a wrong label, an object missed, invented or shifted, a boundary that slips.
        """

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


@dataclass(frozen=True, slots=True)
class LabelContents:
    """What a first look at a label file found.

    Attributes:
        kind: which label values it holds.
        schema: the labels that it names, in its own order.
        attribute: of several labels per item, the one that is read; "" where a format has no names for them.
        manifest_type: what its metadata call the task, or "".
    """

    kind: type[LabelValue]
    schema: LabelSchema
    attribute: str = ""
    manifest_type: str = ""


LeftOut = Counter[str]
"""What a format could not carry, as nouns in the plural with their number: `outlines`, `confidences`."""


class Format(Protocol):
    """Reads and/or writes one file layout. What a format cannot do it leaves as None-returning flags."""

    name: str
    suffix: str
    """File ending of what `write` makes, with the dot; "" where it makes a folder."""
    reads_items: bool
    values: frozenset[type[LabelValue]]
    """The label values that its files carry, written and read; empty where it holds no labels."""
    keyed: bool
    """Whether its files hold the items' ids; else the order of items stands for them."""
    answers_for: frozenset[type[LabelValue]]
    """The label values for which it also writes who said what (`LabelledItem.answers`)."""

    def guess(self, path: Path) -> bool:
        """Say whether this path looks like this format (by its name, never by loading it all)."""

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream rows in file order, after leaving out the first `skip`; never raises for one bad row.

        Raises:
            NotReadable: if the file as a whole cannot be read.
            BadValue: if a named column does not exist.
        """

    def look(self, path: Path, *, attribute: str | None = None) -> LabelContents:
        """Say which labels a file holds; `attribute` chooses where items have several.

        Raises:
            NotReadable: if the file as a whole cannot be read, or holds no labels.
        """

    def read_labels(
        self, path: Path, *, contents: LabelContents, left_out: LeftOut
    ) -> Iterator[LabelledItem | BadRow]:
        """Stream labelled items in file order; never raises for one bad row.

        Labels that `contents.schema` does not know make a bad row. What the file holds and label values
        cannot carry is counted in `left_out`.

        Raises:
            NotReadable: if the file as a whole cannot be read.
        """

    def write(self, items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
        """Write labelled items, streaming, to a file (or folder) that does not exist yet; return how many.

        Side files lie in folders beside the file. What the format cannot carry is counted in `left_out`.
        """

    def carried(self, value: LabelValue) -> LabelValue:
        """Return the value as a file of this format holds it: mostly the same."""


# --- providers -------------------------------------------------------------------------------


class Prelabeller(Protocol):
    """A model that proposes labels and learns from labels as they come."""

    name: str
    media: str
    """Which kind of media it reads: `image` or `text`."""
    auto: bool
    """Whether it is used where the intake names no model; else an intake must name it."""

    def check_installed(self) -> None:
        """Raise `NotInstalled` where a package that it needs is not there."""

    def features(self, path: Path | None, text: str | None) -> NDArray[np.float32] | None:
        """Return one item's features, shape (d,), or None where the item cannot be read."""

    def predict(
        self,
        features: NDArray[np.float32],
        *,
        soft: Floats,
        answered: NDArray[np.bool_],
        fold: Ints,
        rows: Rows = Rows.ONE,
    ) -> Floats:
        """Return calibrated label probabilities for every item, shape (items, labels).

        Args:
            features: shape (items, d).
            soft: shape (items, labels), what is believed of each label; read where `answered`.
            answered: shape (items,).
            fold: shape (items,), the cross-fitting fold of each item: an item's row comes from a model
                that has not seen the item's own answers.
            rows: whether one label is right, or each by itself.
        """


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """One item as a suggesting model sees it: its id, where its media lie on this machine, its text."""

    key: str
    path: Path | None
    text: str | None
    extra: Mapping[str, object]


class Suggester(Protocol):
    """A model that proposes whole answers and does not learn from this project: a lexicon, an endpoint."""

    name: str

    def suggest(
        self, items: Sequence[Unlabelled], *, task: TaskType, schema: LabelSchema
    ) -> Sequence[LabelValue | None]:
        """Return one proposal per item, None where the model abstains.

        Every proposal is one that `task` accepts under `schema`; what a model says beyond that is dropped.

        Raises:
            SuggesterFailed: if the model cannot be asked at all.
        """


@dataclass(eq=False, kw_only=True)
class SuggesterFailed(AssayError):
    """The pre-labelling model '{model}' cannot be asked: {reason}; the work goes on without it."""

    model: str
    reason: str


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """A suggesting model that the intake names.

    Attributes:
        kind: the name of a `Suggester`'s folder.
        url: where it listens, or None.
        model: which model it is to use, or None.
        key_file: the file with its access key, or None.
    """

    kind: str
    url: str | None
    model: str | None
    key_file: Path | None


class Outbound(Protocol):
    """The way out to models and other services: one client that checks where it connects to."""

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str]) -> bytes:
        """Post a body and return what came back; raises `OutboundFailed`."""


@dataclass(eq=False, kw_only=True)
class OutboundFailed(AssayError):
    """{url} cannot be reached: {reason}."""

    url: str
    reason: str


class SuggesterKind(Protocol):
    """A kind of suggesting model: opened with what the intake says about it."""

    media: frozenset[str]
    """Which kinds of media it can look at: `image`, `text`."""

    def open(self, plan: ModelPlan, *, outbound: Outbound) -> Suggester:
        """Return the model, asking nothing yet; raises an `InputError` where the plan lacks something."""


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
