"""Where items' media lie: below the data folder, wherever a name may try to lead (SEC-17)."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assay.core.errors import InputError
from assay.core.project.intake import Intake
from assay.service.work import Work


@dataclass(eq=False, kw_only=True)
class RefusedMedia(InputError):
    """The row cannot be an item: {reason}."""

    reason: str


def media_root(work: Work) -> Path:
    """Return the folder that media names are relative to: the source itself, or the folder it lies in."""
    return root_of(work.folder, work.intake)


def root_of(folder: Path, intake: Intake) -> Path:
    """Return the same for a stored project's folder and intake."""
    source = (folder / intake.data.path).resolve()
    return source if source.is_dir() else source.parent


def media_path(root: Path, name: str) -> Path:
    """Return where an item's media lie; raises `RefusedMedia` for a name that leads out of the folder."""
    if "://" in name:
        raise RefusedMedia(reason=f"'{name}' is not a file in the data folder; other places are not read yet")
    plain = PurePosixPath(name.replace("\\", "/"))
    outside = RefusedMedia(reason=f"'{name}' leads out of the data folder")
    if plain.is_absolute() or ".." in plain.parts or "\x00" in name:
        raise outside
    found = (root / plain).resolve()
    if not found.is_relative_to(root):
        raise outside
    return found
