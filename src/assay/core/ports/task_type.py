"""The port of task types: all that is special about one kind of question."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import numpy as np

from assay.core.labels.label_values import LabelSchema, LabelValue
from assay.core.labels.loss_rules import Frame, LossRule
from assay.core.ports.answers import AnswerTable, Consolidator, Floats


class Rows(Enum):
    """What a row of label probabilities means to a task type."""

    ONE = "exactly one label is right: a row sums to 1"
    ANY = "each label is right or not by itself: a row holds their probabilities"
    NONE = "labels alone do not say what an answer is: there are no rows"


class TaskType(Protocol):
    """All that is special about one kind of question.

    Whoever adds one and has only `compare` takes all else from `core.consolidation.task_bases.by_comparison`.
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
    def loss(self) -> LossRule:
        """`compare` by its name, which certificates sign, with what requesters may choose about it."""

    @property
    def older_losses(self) -> tuple[LossRule, ...]:
        """What `compare` was before, oldest first: statements that name one are verified by it."""

    @property
    def rows(self) -> Rows:
        """What a model that knows labels only can say about an item."""

    @property
    def learns_from_known(self) -> bool:
        """Whether people learn from known items, which `Consolidator.consensus` sees as if they were not known."""

    @property
    def has_questions(self) -> bool:
        """Whether the intake asks several questions in place of naming labels."""

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

    def compare(self, a: LabelValue, b: LabelValue, *, frame: Frame) -> float:
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
