"""Where items' media lie: below the data folder, wherever a name may try to lead (SEC-17); and what people see of them.

What people see is a copy made when the item was received, or the file itself where a copy would be the same. Copies
lie below the home, a folder for each batch, named by the fingerprints of the files they were made of.
"""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from assay.core.errors import AssayError, InputError
from assay.core.layouts.media_paths import path_ends
from assay.core.project.intake import Intake
from assay.service.intake.data_source import place_of_source
from assay.service.working_set.batch_at_hand import Work
from assay.store.items.items import BodyRow

SHOWN_COPIES: Final = "shown"
"""The folder in the home that holds the copies which people see."""


@dataclass(eq=False, kw_only=True)
class RefusedMedia(InputError):
    """The row cannot be an item: {reason}."""

    reason: str


@dataclass(eq=False, kw_only=True)
class CopyNotWritten(AssayError):
    """The copies of pictures that people see cannot be written to {folder}: {reason}."""

    exit_code = 4
    folder: str
    reason: str


def media_root(work: Work) -> Path:
    """Return the folder that media names are relative to: the source itself, or the folder it lies in."""
    return root_of(work.folder, work.intake)


def root_of(folder: Path, intake: Intake) -> Path:
    """Return the same for a stored project's folder and intake."""
    source = place_of_source(intake.data, folder=folder).resolve()
    return source if source.is_dir() else source.parent


def media_path(root: Path, name: str) -> Path:
    """Return where an item's media lie; raises `RefusedMedia` for a name that leads out of the folder.

    Of a path that starts at the root of some machine the longest end that is there is taken.
    """
    if "://" in name and not name.lower().startswith("file:"):
        raise RefusedMedia(reason=f"'{name}' is not a file in the data folder; other places are not read yet")
    ends = [] if "\x00" in name else path_ends(name)
    found = [one for one in ((root / end).resolve() for end in ends) if one.is_relative_to(root)]
    there = next((one for one in found if one.exists()), None)
    if there is not None:
        return there
    if not found or PurePosixPath(name.replace("\\", "/")).is_absolute() or "://" in name:
        raise RefusedMedia(reason=f"'{name}' leads out of the data folder")
    return found[0]


def keep_shown_copy(home: Path, *, batch: int, fingerprint: str, content: bytes) -> str:
    """Write the copy of a file that people see, and return its name; the same file's copy is simply written again."""
    name = f"{batch}/{fingerprint[:2]}/{fingerprint}"
    path = home / SHOWN_COPIES / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_bytes(content)
    except OSError as problem:
        raise CopyNotWritten(
            folder=str(home / SHOWN_COPIES), reason=problem.strerror or "no reason"
        ) from None
    return name


def shown_path(body: BodyRow, *, root: Path, home: Path) -> Path:
    """Return the file that people and models see of an item; raises `RefusedMedia` as `media_path`."""
    return home / SHOWN_COPIES / body.shown if body.shown else media_path(root, body.media or "")
