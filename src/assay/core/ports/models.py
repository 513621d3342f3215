"""The ports of models: those that learn from labels as they come, and those that propose whole answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assay.core.errors import AssayError
from assay.core.labels.label_values import LabelSchema, LabelValue
from assay.core.ports.answers import Floats, Ints
from assay.core.ports.blobs import Content
from assay.core.ports.outbound import Outbound
from assay.core.ports.task_type import Rows, TaskType


class Prelabeller(Protocol):
    """A model that proposes labels and learns from labels as they come."""

    name: str
    media: str
    """Which kind of media it reads: `image` or `text`."""
    auto: bool
    """Whether it is used where the intake names no model; else an intake must name it."""

    def check_installed(self) -> None:
        """Raise `NotInstalled` where a package that it needs is not there."""

    def features(self, picture: Content | None, text: str | None) -> NDArray[np.float32] | None:
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
    """One item as a suggesting model sees it: its id, its picture, its text."""

    key: str
    picture: Content | None
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


class SuggesterKind(Protocol):
    """A kind of suggesting model: opened with what the intake says about it."""

    media: frozenset[str]
    """Which kinds of media it can look at: `image`, `text`."""

    def open(self, plan: ModelPlan, *, outbound: Outbound) -> Suggester:
        """Return the model, asking nothing yet; raises an `InputError` where the plan lacks something."""
