"""Blobs as files: `contents` by digest, `names` that stand for one of them, and hidden files that are being written.

A file is written under a hidden name, reaches the disk, and is renamed: killed at any point, a process leaves a hidden
file and nothing that is half. What comes into place is always written anew, also where the same content is there: so it
mends what was damaged, and is young again. Renaming and sweeping take turns by a lock.
"""

import contextlib
import fcntl
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO, Final

from assay.core.ports.blobs import Blob, BlobNotWritten, BlobPlan
from assay.providers.blobs.folder.blob_file import open_blob, read_blob, write_blob

PLACE: Final = "blobs"
CONTENTS, NAMES, LOCK = "contents", "names", ".lock"
_UNFINISHED: Final = ".part"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}(/[a-z0-9][a-z0-9-]{0,127}){1,4}")
_CHUNK: Final = 1_000
_EVER: Final = 2**62
_FEW: Final = 8
"""So many files are brought to the disk one by one; more of them by one call for everything that was written."""


class FolderStore:
    """Keeps blobs in a folder of the home, for its owner alone."""

    def open(self, plan: BlobPlan) -> "FolderBlobs":
        """Return the folder of one space."""
        return FolderBlobs(plan.home / PLACE / plan.space)


class FolderBlobs:
    """One folder of blobs."""

    def __init__(self, place: Path) -> None:
        """Remember the folder; it is made when something is written."""
        self._place = place

    @contextmanager
    def writing(self) -> Iterator["FolderWriting"]:
        """Store what is put inside; raises as `core.ports.blobs` says."""
        writing = FolderWriting(self._place)
        try:
            yield writing
            if writing.any_waiting():
                with _told(self._place):
                    writing.bring_to_disk()
                    with self._turn(fcntl.LOCK_SH):
                        writing.put_in_place()
        finally:
            writing.drop()

    def find(self, name: str) -> Blob | None:
        """Return the blob that a name stands for, None where there is no such name or its blob is gone."""
        path = _place_of_name(self._place, name)
        try:
            digest, size = path.read_text(encoding="ascii").split()
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        return Blob(digest, int(size)) if _place_of(self._place, digest).is_file() else None

    def read(self, digest: str) -> Iterator[bytes]:
        """Yield a content's bytes, compared with its digest."""
        return read_blob(_place_of(self._place, digest), digest)

    def open(self, digest: str) -> IO[bytes]:
        """Return a content, compared with its digest."""
        return open_blob(_place_of(self._place, digest), digest)

    def names(self, *, before: int) -> Iterator[Sequence[str]]:
        """Yield the names given before a time, in chunks."""
        root = self._place / NAMES
        found = (
            f"{inner.parts[0]}/{'/'.join(inner.parts[2:])}"
            for inner in (path.relative_to(root) for path in _older(root, before))
        )
        yield from _in_chunks(found)

    def digests(self, *, before: int) -> Iterator[Sequence[str]]:
        """Yield the digests of blobs written before a time that no name stands for, in chunks."""
        older = (path.name for path in _older(self._place / CONTENTS, before) if _DIGEST.fullmatch(path.name))
        first = next(older, None)
        if first is not None:
            named = {_short(self._digest_of(path)) for path in _older(self._place / NAMES, _EVER)}
            yield from _in_chunks(one for one in chain((first,), older) if _short(one) not in named)

    def sweep(self, *, names: Sequence[str] = (), digests: Sequence[str] = (), before: int) -> int:
        """Remove names and blobs that were not written again since; return how many went."""
        paths = [*(_place_of_name(self._place, one) for one in names)]
        paths += [_place_of(self._place, one) for one in digests]
        gone = 0
        if paths:
            with self._turn(fcntl.LOCK_EX):
                for path in paths:
                    if _is_older(path, before):
                        path.unlink()
                        gone += 1
        return gone

    def sweep_unfinished(self, *, before: int) -> int:
        """Remove hidden files that somebody began to write before a time."""
        left = [path for path in self._place.glob(f".*{_UNFINISHED}") if _is_older(path, before)]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _digest_of(self, path: Path) -> str:
        with contextlib.suppress(FileNotFoundError):
            found = path.read_text(encoding="ascii", errors="replace").partition(" ")[0]
            return found if _DIGEST.fullmatch(found) else ""
        return ""

    @contextmanager
    def _turn(self, kind: int) -> Iterator[None]:
        held = os.open(self._place / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(held, kind)
            yield
        finally:
            os.close(held)


class FolderWriting:
    """Hidden files, and where each of them belongs."""

    def __init__(self, place: Path) -> None:
        """Begin with nothing."""
        self._place = place
        self._contents: dict[Path, Path] = {}
        self._names: dict[Path, Path] = {}

    def put(self, content: Iterable[bytes], *, shrinks: bool) -> Blob:
        """Write a content."""
        with _told(self._place):
            hidden = self._hidden()
            self._contents[hidden] = hidden
            blob = write_blob(hidden, content, shrinks=shrinks)
            self._contents[hidden] = _place_of(self._place, blob.digest)
            return blob

    def name(self, name: str, blob: Blob) -> None:
        """Write a name."""
        with _told(self._place):
            hidden = self._hidden()
            self._names[hidden] = _place_of_name(self._place, name)
            with os.fdopen(os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(f"{blob.digest} {blob.size}\n".encode())

    def any_waiting(self) -> bool:
        """Whether anything was written."""
        return bool(self._contents or self._names)

    def bring_to_disk(self) -> None:
        """Have every hidden file reach the disk."""
        _sync([*self._contents, *self._names])

    def put_in_place(self) -> None:
        """Rename every hidden file, contents before the names that stand for them; the renaming reaches the disk."""
        changed: set[Path] = set()
        for hidden, place in (*self._contents.items(), *self._names.items()):
            changed.add(place.parent)
            try:
                os.replace(hidden, place)  # noqa: PTH105 - atomic on every system
            except FileNotFoundError:
                changed.update(one for one in place.parents if one.is_relative_to(self._place))
                _make(place.parent)
                os.replace(hidden, place)  # noqa: PTH105 - as above
        _sync(changed)
        self._contents.clear()
        self._names.clear()

    def drop(self) -> None:
        """Remove hidden files that did not come in place."""
        for hidden in (*self._contents, *self._names):
            hidden.unlink(missing_ok=True)

    def _hidden(self) -> Path:
        if not self.any_waiting():
            _make(self._place)
        return self._place / f".{secrets.token_hex(16)}{_UNFINISHED}"


def _make(folder: Path) -> None:
    """Make a folder and what it lies in, all of them for their owner alone."""
    for one in (*reversed(folder.parents), folder):
        if not one.is_dir():
            one.mkdir(exist_ok=True, mode=0o700)


@contextmanager
def _told(place: Path) -> Iterator[None]:
    """Turn an error of the disk into a sentence."""
    try:
        yield
    except OSError as problem:
        raise BlobNotWritten(place=str(place), reason=(problem.strerror or "no reason").lower()) from None


def _sync(paths: Iterable[Path]) -> None:
    """Have files or folders reach the disk: one by one where they are few, else by one call for all."""
    some = list(paths)
    if len(some) > _FEW:
        os.sync()
        return
    for path in some:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _short(digest: str) -> int:
    """Return 64 bits of a digest: enough to keep a blob, whose other bits nobody chooses."""
    return int(digest[:16] or "0", 16)


def _place_of(place: Path, digest: str) -> Path:
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"{digest!r} is no SHA-256")
    return place / CONTENTS / digest[:2] / digest


def _place_of_name(place: Path, name: str) -> Path:
    """Return where a name lies: its first part, a folder by the beginning of the second, and the rest."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a blob")
    kind, rest = name.split("/", 1)
    return place / NAMES / kind / rest[:2].rstrip("/-") / rest


def _older(root: Path, before: int) -> Iterator[Path]:
    for folder, inner, files in os.walk(root):
        inner.sort()
        for name in sorted(files):
            if _is_older(path := Path(folder) / name, before):
                yield path


def _is_older(path: Path, before: int) -> bool:
    try:
        return path.stat().st_mtime_ns < before * 1_000
    except FileNotFoundError:
        return False


def _in_chunks(found: Iterable[str]) -> Iterator[Sequence[str]]:
    left = iter(found)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk
