"""The port of people whom the sequencer can ask: simulated, or recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assay.core.ports.task_type import Ability


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
