"""Which files of a home belong to its backup, and which folders no backup holds."""

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.service.stored_blobs import MEDIA, VALUES
from assay.service.upkeep.backup_index import DATABASE, FILES, belongs
from assay.store.upkeep.whole_tables import folders_named

BLOBS: Final = "blobs"
SMALL: Final = ("keys", "checkpoints", f"{BLOBS}/{VALUES}")
"""What every backup holds."""
LARGE: Final = {
    "uploads": "uploaded files",
    "shown": "copies of pictures that people see",
    f"{BLOBS}/{MEDIA}": "copies of pictures that people see",
    "deliveries": "deliveries",
}
MOST: Final = 100_000
"""So many files of a folder outside of the home are measured; there may be a whole disk below it."""


@dataclass(frozen=True, slots=True)
class NamedFolders:
    """Folders that rows name, and the last block of the trail, in one state of the database.

    `projects` are those of projects and of the data of their further batches.
    """

    projects: tuple[str, ...]
    batches: tuple[str, ...]
    last_block: int


@dataclass(frozen=True, slots=True)
class LeftBeside:
    """A folder that a backup does not hold; `files` is None where it is not there, `more` where not all were counted."""

    folder: Path
    what: str
    files: int | None
    bytes: int = 0
    more: bool = False


def named_folders(*, last_block: int) -> NamedFolders:
    """Return what rows name now; ask inside the transaction whose rows are backed up."""
    data = dict.fromkeys([*folders_named("project"), *folders_named("further_batch")])
    return NamedFolders(tuple(data), tuple(folders_named("batch")), last_block)


def files_of_home(home: Path, named: NamedFolders, *, large: bool) -> Iterator[tuple[str, Path]]:
    """Yield (name in the archive, file) of everything that rows of this state may need.

    Checkpoints of later blocks and deliveries of later batches stay out: restored rows would contradict them.
    """
    for name in (*SMALL, *(_large(home, named) if large else ())):
        for path, found in _below(home / name):
            inner = path.relative_to(home)
            if _can_be_held(inner, found) and _of_this_state(inner, home, named):
                yield f"{FILES}/{inner.as_posix()}", path


def folder_of(name: str) -> str:
    """Return the folder of the home that a member belongs to, with the kind of blobs where it is one."""
    parts = name.split("/")[1:]
    return "/".join(parts[:2]) if parts[0] == BLOBS else parts[0]


def left_beside(home: Path, named: NamedFolders, *, large: bool) -> list[LeftBeside]:
    """Return the folders that are to be kept beside a backup of a home and its database."""
    found = []
    if not large:
        whats = {name: LARGE.get(name, "data of projects") for name in _large(home, named)}
        found += [
            measured for name, what in whats.items() if (measured := _measured(home / name, what)).files
        ]
    outside = {"data of projects": named.projects, "deliveries": named.batches}
    for what, folders in outside.items():
        beside = [Path(one) for one in folders if _inside(one, home) in (None, Path())]
        found += [
            _measured(one, what) for one in beside if not any(one.is_relative_to(two.folder) for two in found)
        ]
    return [*found, *_not_held(home, named, large=large)]


def checkpoint_number(path: Path) -> int:
    """Return the block that a checkpoint is about by its name, 0 for a file that is none."""
    number = path.stem.rpartition("-")[2]
    return int(number) if path.suffix == ".json" and number.isdecimal() else 0


def _large(home: Path, named: NamedFolders) -> list[str]:
    """Return the names in the home below which large files lie, those that rows name among them."""
    inside = [_inside(one, home) for one in (*named.projects, *named.batches)]
    further = sorted(
        {one.parts[0] for one in inside if one is not None and one.parts} - {*LARGE, *SMALL, BLOBS}
    )
    return [*LARGE, *(name for name in further if not name.startswith((".", DATABASE)))]


def _inside(folder: str, home: Path) -> Path | None:
    """Return where a folder lies below the home, None where it lies elsewhere."""
    path, root = Path(folder).resolve(), home.resolve()
    return path.relative_to(root) if path.is_relative_to(root) else None


def _of_this_state(inner: Path, home: Path, named: NamedFolders) -> bool:
    """Whether a file belongs to the state of the rows, and is no draft of a file."""
    if inner.parts[0] in SMALL and inner.name.startswith("."):
        return False
    if any(part.startswith(".") and part.endswith((".part", ".partial")) for part in inner.parts):
        return False
    if inner.parts[0] == BLOBS and inner.name.startswith("."):
        return False  # the lock of those who write, and what they have not finished
    if inner.parts[0] == "checkpoints":
        return 0 < checkpoint_number(inner) <= named.last_block
    if inner.parts[0] == "deliveries":
        place = home.resolve() / inner
        return any(place.is_relative_to(one) for one in named.batches)
    return True


def _below(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield what lies below a folder and is no folder itself; links are not followed, what vanishes is left out."""
    for place, folders, files in os.walk(folder):
        folders.sort()
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in sorted([*files, *links]):
            with contextlib.suppress(FileNotFoundError):
                yield Path(place) / name, (Path(place) / name).lstat()


def _measured(folder: Path, what: str) -> LeftBeside:
    if not folder.is_dir():
        return LeftBeside(folder, what, None)
    files = size = 0
    for _, found in _below(folder):
        if not stat.S_ISREG(found.st_mode):
            continue
        if files == MOST:
            return LeftBeside(folder, what, files, size, more=True)
        files, size = files + 1, size + found.st_size
    return LeftBeside(folder, what, files, size)


def _not_held(home: Path, named: NamedFolders, *, large: bool) -> list[LeftBeside]:
    """Return what lies among the files that are held and is none that a backup can hold: links, odd names."""
    odd = [
        path
        for name in (*SMALL, *(_large(home, named) if large else ()))
        for path, found in _below(home / name)
        if not _can_be_held(path.relative_to(home), found)
    ]
    what = "links, and files whose names no archive can hold"
    return [LeftBeside(odd[0].parent, what, len(odd))] if odd else []


def _can_be_held(inner: Path, found: os.stat_result) -> bool:
    return stat.S_ISREG(found.st_mode) and belongs(f"{FILES}/{inner.as_posix()}")
