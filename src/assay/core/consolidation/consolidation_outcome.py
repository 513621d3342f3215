"""What the consolidation of a whole table of answers gives: the labels, and how good people are."""

from dataclasses import dataclass

from assay.core.ports.answers import Consensus, Floats


@dataclass(frozen=True, slots=True)
class Outcome:
    """Labels with confidence, and people.

    Attributes:
        consensus: the labels (see `Consensus`).
        skill: shape (people,), each person's expected 1 - loss, or what the method says instead.
        method: which of several methods was used, where there are several.
    """

    consensus: Consensus
    skill: Floats
    method: str = ""
