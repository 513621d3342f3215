"""Data that must be de-identified before labelling are refused until Assay can do that, at every door."""

from dataclasses import dataclass
from typing import Final

from assay.core.errors import InputError
from assay.core.project.intake import Intake

NEEDS_DEIDENTIFICATION: Final = ("personal", "health")


@dataclass(eq=False, kw_only=True)
class CannotDeidentify(InputError):
    """Data of class '{data_class}' must be de-identified before labelling, which Assay cannot do yet."""

    data_class: str


def refuse_unprotected(intake: Intake) -> None:
    """Raise `CannotDeidentify` for an intake whose data class asks for what does not exist yet."""
    if intake.data_class in NEEDS_DEIDENTIFICATION:
        raise CannotDeidentify(data_class=intake.data_class)
