"""What lies below the home is its owner's alone; what is written elsewhere has the modes that its owner is used to.

Every process that opens a home has the umask 077 from then on. A umask belongs to all threads of a process, so it is
never turned back: what goes outside gets the modes afterwards that the umask from before would have given.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

UMASK: Final = 0o077
_OTHERS: Final = 0o077
_given: list[int] = []
"""The umask that the process was started with, once it is known."""


def keep_private() -> None:
    """Let whatever this process makes from now on be its owner's alone."""
    before = os.umask(UMASK)
    if not _given:
        _given.append(before)


def given_umask() -> int:
    """Return the umask that the process was started with, for processes that it starts itself."""
    keep_private()
    return _given[0]


def make_folder(folder: Path, *, home: Path) -> None:
    """Make a folder with all above it; outside of the home with the modes of the umask from before."""
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in made:
        hand_over(one, home=home)


def hand_over(path: Path, *, home: Path) -> None:
    """Give a file, or a folder with all below it, the modes of the umask from before; below the home nothing is changed."""
    if not _given or path.resolve().is_relative_to(home.resolve()):
        return
    for one, found in (_itself(path), *_below(path)):
        whole = 0o777 if stat.S_ISDIR(found.st_mode) else 0o666
        one.chmod(whole & ~_given[0])


def wider_than_private(home: Path) -> list[Path]:
    """Return what others may read, change or enter: the home itself, and files and folders below it."""
    return [path for path, found in (_itself(home), *_below(home)) if found.st_mode & _OTHERS]


def make_private(home: Path) -> int:
    """Take from others what they may do with the home and what is below it; return how many files and folders that were."""
    mended = 0
    for path, found in (_itself(home), *_below(home)):
        if found.st_mode & _OTHERS:
            with contextlib.suppress(
                FileNotFoundError, PermissionError
            ):  # what is another user's, the doctor names
                path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
                mended += 1
    return mended


def _itself(path: Path) -> tuple[Path, os.stat_result]:
    return path, path.stat()


def _below(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield all below a folder, parents first; links are left alone, since they have no modes of their own."""
    for place, folders, files in os.walk(folder):
        for name in sorted([*folders, *files]):
            path = Path(place) / name
            with contextlib.suppress(FileNotFoundError):
                found = path.lstat()
                if not stat.S_ISLNK(found.st_mode):
                    yield path, found
