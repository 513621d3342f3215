"""Losses by name: how wrong one label is where another is right, as an intake sets it and a certificate signs it.

A loss has a name, a version and parameters. Whoever changes what a loss computes gives it the next version, and leaves
the old one in the code as long as a signed statement may name it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from assay.core.did_you_mean import one_of
from assay.core.labels.item_facts import NOTHING_MEASURED, ItemFacts
from assay.core.labels.label_values import LabelSchema, LabelValue


@dataclass(frozen=True, slots=True)
class Frame:
    """What two labels of one item are compared within.

    Attributes:
        schema: the project's labels, with the parameters of its loss.
        facts: what was measured of the item; nothing where the loss does not ask.
    """

    schema: LabelSchema
    facts: ItemFacts = NOTHING_MEASURED


class Compare(Protocol):
    """A loss: symmetric, 0 for equals, in [0, 1]."""

    def __call__(self, a: LabelValue, b: LabelValue, *, frame: Frame) -> float:
        """Return the loss of saying `a` where `b` is right."""


@dataclass(frozen=True, slots=True)
class LossParameter:
    """A number that a requester may choose about a loss.

    Attributes:
        name: its key in the intake and in statements.
        default: its value where the requester says nothing.
        low: the least value, itself allowed.
        high: the greatest, itself allowed.
        meaning: a sentence about it, without a full stop.
    """

    name: str
    default: float
    low: float
    high: float
    meaning: str

    def of(self, schema: LabelSchema) -> float:
        """Return its value in a project."""
        for name, value in schema.parameters:
            if name == self.name:
                return value
        return self.default


OVERLAP: Final = LossParameter(
    "overlap", 0.5, 0.05, 0.95, "the smallest overlap (IoU) at which two marks are the same object"
)
ATTRIBUTES: Final = LossParameter(
    "attributes", 0.2, 0.0, 1.0, "the share of a matched pair that attributes take, if all of them differ"
)
BRANCH: Final = LossParameter(
    "branch",
    1.0,
    0.0,
    1.0,
    "what the nearest wrong label of the same branch (a/b where a/c is right) counts, 1 being all wrong",
)


@dataclass(frozen=True, slots=True)
class LossRule:
    """A loss that statements can name.

    Attributes:
        name: what statements call it.
        version: counts what it computes, from 1.
        compare: the loss itself.
        parameters: what a requester may choose about it.
        by_question: which losses it is made of, by question; None where it is a loss of its own.
    """

    name: str
    version: int
    compare: Compare
    parameters: tuple[LossParameter, ...] = ()
    by_question: "Callable[[LabelSchema], tuple[tuple[str, StatedLoss], ...]] | None" = None

    def stated(self, schema: LabelSchema) -> "StatedLoss":
        """Return it as a statement names it, with the value of every parameter in a project."""
        return StatedLoss(
            self.name,
            self.version,
            tuple((one.name, one.of(schema)) for one in self.parameters),
            self.by_question(schema) if self.by_question is not None else (),
        )

    def unfit(self, name: str, value: float) -> str:
        """Return what a parameter must be where it is not, else ""."""
        found = next((one for one in self.parameters if one.name == name), None)
        if found is None:
            known = [one.name for one in self.parameters]
            return one_of(name, known) if known else f"nothing: {self.name} has no parameters"
        return "" if found.low <= value <= found.high else f"a number from {found.low:g} to {found.high:g}"


@dataclass(frozen=True, slots=True)
class StatedLoss:
    """A loss as a statement names it; `parameters` are (name, value), `questions` the losses that it is made of."""

    name: str
    version: int
    parameters: tuple[tuple[str, float], ...] = ()
    questions: "tuple[tuple[str, StatedLoss], ...]" = ()

    def as_json(self) -> dict[str, object]:
        """Return it as JSON values; of a loss of its own nothing is said about questions."""
        found = {"name": self.name, "version": self.version, "parameters": dict(self.parameters)}
        if self.questions:
            return {**found, "questions": {name: one.as_json() for name, one in self.questions}}
        return found


def parameters_from(given: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """Return parameters as a schema keeps them: by name."""
    return tuple(sorted((name, float(value)) for name, value in given.items()))
