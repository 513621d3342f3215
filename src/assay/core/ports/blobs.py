"""The port of blobs: contents that are kept by the SHA-256 of their plain bytes, and names for them.

A blob is there whole or not at all, and never changes; a name says which blob was made for it last. Whatever is
written is young: sweeping removes only what is older than a given time, so it never takes away what somebody is about
to name.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, Protocol

from assay.core.errors import AssayError


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored content: the SHA-256 of its plain bytes as hex, and how many they are."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class BlobPlan:
    """Where blobs are to be kept: the installation's home, and a space in it: what they are, and whose."""

    home: Path
    space: str


class Content(Protocol):
    """Bytes that can be opened: a file of this machine (`pathlib.Path`), or a blob."""

    def open(self, mode: Literal["rb"], /) -> IO[bytes]:
        """Return the bytes from their beginning, to be read and sought in; raises `OSError` or an `AssayError`."""


class BlobWriting(Protocol):
    """Several blobs on their way in; they are there when the block that holds them ends."""

    def put(self, content: Iterable[bytes], *, shrinks: bool) -> Blob:
        """Store a content; `shrinks` where compression is worth its time."""

    def name(self, name: str, blob: Blob) -> None:
        """Let a name stand for one of these blobs, or for one that is there."""


class Blobs(Protocol):
    """One space of blobs, which any number of processes use at once."""

    def writing(self) -> AbstractContextManager[BlobWriting]:
        """Store what is put inside: on the disk and in place when the block ends, nothing of it when it fails.

        Raises:
            BlobNotWritten: if that cannot be done.
        """

    def find(self, name: str) -> Blob | None:
        """Return the blob that a name stands for."""

    def read(self, digest: str) -> Iterator[bytes]:
        """Yield a content's bytes; the last of them only when all were compared with the digest.

        Raises:
            BlobMissing: if there is none.
            BlobDamaged: if what lies there is not that content.
        """

    def open(self, digest: str) -> IO[bytes]:
        """Return a content, compared with its digest, to be read and sought in; raises as `read`."""

    def names(self, *, before: int) -> Iterator[Sequence[str]]:
        """Yield the names that were given before a time in microseconds, in chunks."""

    def digests(self, *, before: int) -> Iterator[Sequence[str]]:
        """Yield the digests of the blobs that were written last before a time, and that no name stands for, in chunks."""

    def sweep(self, *, names: Sequence[str] = (), digests: Sequence[str] = (), before: int) -> int:
        """Remove names and blobs, but none that was written again since `before`; return how many went."""

    def sweep_unfinished(self, *, before: int) -> int:
        """Remove what was being written before a time and never came in place; return how many that were."""


class BlobStore(Protocol):
    """A kind of place that can hold blobs."""

    def open(self, plan: BlobPlan) -> Blobs:
        """Return a space of blobs, making nothing yet."""


@dataclass(eq=False, kw_only=True)
class BlobMissing(AssayError):
    """The stored content {digest} is not there; a backup may hold it."""

    exit_code = 4
    digest: str


@dataclass(eq=False, kw_only=True)
class BlobDamaged(AssayError):
    """The stored content {digest} is damaged: {reason}; a backup may hold it whole."""

    exit_code = 4
    digest: str
    reason: str


@dataclass(eq=False, kw_only=True)
class BlobNotWritten(AssayError):
    """Contents cannot be stored in {place}: {reason}."""

    exit_code = 4
    place: str
    reason: str
