"""The home while a backup is restored into it: a marker, a hidden folder of unpacked files, and moves from it."""

import contextlib
import errno
import filecmp
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.core.errors import AssayError
from assay.service.unfinished_restore import RESTORING, backup_being_restored

STAGED: Final = ".restored"


@dataclass(eq=False, kw_only=True)
class AnotherBackup(AssayError):
    """The restore of {begun} into {home} was interrupted: repeat it, or begin with an empty home and database; nothing was changed."""

    exit_code = 4
    home: str
    begun: str


@dataclass(eq=False, kw_only=True)
class PlaceHeld(AssayError):
    """The home {home} holds {file} already, which is another than the backup's; nothing was restored."""

    exit_code = 4
    home: str
    file: str


def begun(home: Path, *, digest: str) -> bool:
    """Whether the restore of this backup was begun here; raises `AnotherBackup` where that of another one was."""
    marker = home / RESTORING
    if not marker.exists():
        return False
    try:
        found = str(json.loads(marker.read_bytes())["digest"])
    except (ValueError, LookupError, TypeError):
        found = ""
    if found != digest:
        raise AnotherBackup(home=str(home), begun=backup_being_restored(home) or "a backup")
    return True


def begin(home: Path, *, digest: str, source: Path) -> None:
    """Put the marker into the home, whole or not at all; it is on the disk before anything else is."""
    partial = home / f"{RESTORING}.partial"
    with partial.open("wb") as out:
        out.write(json.dumps({"digest": digest, "source": str(source.absolute())}).encode())
        out.flush()
        os.fsync(out.fileno())
    os.replace(partial, home / RESTORING)  # noqa: PTH105 - atomic on every system
    _sync_folder(home)


def fresh_folder(home: Path) -> Path:
    """Return an empty folder for unpacked files."""
    staged = home / STAGED
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(mode=0o700)
    return staged


def require_room(home: Path, staged: Path) -> None:
    """Raise `PlaceHeld` where a file would replace another one; equal ones are from a restore that was interrupted."""
    for place, _, files in os.walk(staged):
        for name in files:
            unpacked = Path(place) / name
            target = home / unpacked.relative_to(staged)
            if target.is_symlink() or (
                target.exists() and not (target.is_file() and filecmp.cmp(unpacked, target, shallow=False))
            ):
                raise PlaceHeld(home=str(home), file=str(target.relative_to(home)))


def flush() -> None:
    """Have everything written reach the disk: one call for all, instead of one for each of many small files."""
    os.sync()


def put_in_place(home: Path, names: Iterable[str]) -> None:
    """Move members from the folder of unpacked files to where they belong."""
    for name in names:
        unpacked = home / STAGED / name
        target = home.joinpath(*name.split("/")[1:])
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            os.replace(unpacked, target)  # noqa: PTH105 - atomic on every system
        except OSError as problem:
            if problem.errno != errno.EXDEV:
                raise
            partial = target.with_name(f".{target.name}.partial")  # a volume of its own is mounted there
            shutil.copyfile(unpacked, partial)
            partial.chmod(0o600)
            os.replace(partial, target)  # noqa: PTH105 - atomic on every system
    flush()


def forget(home: Path) -> None:
    """Remove what was unpacked, and last of all the marker."""
    shutil.rmtree(home / STAGED, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        (home / RESTORING).unlink()
    _sync_folder(home)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
