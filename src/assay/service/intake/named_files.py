"""The files beside its data that an intake names: whether they are there is looked at before anything is stored."""

from pathlib import Path

from assay.core.errors import BadValue, InputError
from assay.core.project.intake import Intake


def missing_files(intake: Intake, *, folder: Path) -> list[InputError]:
    """Return an error for each file that an intake names and that is not there."""
    named = {
        "instructions": intake.instructions,
        "known.path": intake.known,
        "examples.path": intake.examples,
        "workforce.truth": intake.workforce.truth,
        "workforce.answers": intake.workforce.answers,
    }
    return [
        BadValue(
            where="the intake",
            key=key,
            found=f"'{name}'",
            expected=f"a file in {folder}, where there is none",
        )
        for key, name in named.items()
        if name is not None and not (folder / name).is_file()
    ]
