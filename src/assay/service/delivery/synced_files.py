"""Files written into one folder, each synced and vouched for, and the listings that vouch for folders."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

LISTING: Final = ".sha256"


class SyncedFiles:
    """Files written into one folder, each synced, with their digests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.digests: dict[str, str] = {}

    def put(self, name: str, data: bytes) -> None:
        """Write a file."""
        self.write(name, lambda path: path.write_bytes(data))

    def write(self, name: str, fill: Callable[[Path], object]) -> None:
        """Have a file or folder written, and vouch for all that came with it.

        A folder is vouched for by a listing of its files beside it, which `sha256sum -c` checks.
        """
        before = set(self.folder.iterdir())
        fill(self.folder / name)
        for path in sorted(set(self.folder.iterdir()) - before):
            if path.is_dir():
                inside = sorted(one for one in path.rglob("*") if one.is_file())
                lines = (f"{_digest(one)}  {one.relative_to(self.folder).as_posix()}\n" for one in inside)
                self.put(listing_of(path.name), "".join(lines).encode())
            else:
                self.digests[path.name] = _digest(path)

    def sync(self) -> None:
        """Make the folder's entries durable, and its own entry in its parent."""
        for path in (self.folder, self.folder.parent):
            sync_folder(path)


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def listing_of(folder: str) -> str:
    """Return the name of the listing that vouches for a folder's files."""
    return f"{folder}{LISTING}"


def listed_in(text: str) -> list[tuple[str, str]]:
    """Return (name, SHA-256) of a listing's lines."""
    # Only a line feed ends a line: `splitlines` would take a damaged one for another kind of line end.
    lines = text.removesuffix("\n").split("\n") if text else []
    return [(name, sha) for sha, _, name in (line.partition("  ") for line in lines)]


def _digest(path: Path) -> str:
    """Sync a file and return its SHA-256."""
    with path.open("rb") as written:
        os.fsync(written.fileno())
        return hashlib.file_digest(written, "sha256").hexdigest()
