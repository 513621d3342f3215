"""One blob as a file: a line that says how it is written, and its bytes.

The line names the layout's version, the compression, and the key that the bytes are encrypted with (`-`: none), so
that other ways to write a blob need no migration of those that are there.
"""

import hashlib
import io
import os
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final, cast

from assay.core.ports.blobs import Blob, BlobDamaged, BlobMissing

LAYOUT: Final = 1
PLAIN, ZLIB = "plain", "zlib"
_HEAD: Final = re.compile(rb"assay-blob ([0-9]{1,4}) ([a-z0-9]{1,20}) (\S{1,100})\n")
_LONGEST_HEAD: Final = 160
_LEVEL: Final = 1
"""zlib's level: three quarters of what the best one saves, in a fifth of its time."""
_PART: Final = 1 << 18
_IN_MEMORY: Final = 1 << 20
"""Bytes of an opened compressed blob that are held in memory; more of them lie in a file without a name."""


def write_blob(path: Path, content: Iterable[bytes], *, shrinks: bool) -> Blob:
    """Write a blob to a file that does not exist yet, for its owner alone; whoever calls brings it to the disk."""
    packing = zlib.compressobj(_LEVEL) if shrinks else None
    whole, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(f"assay-blob {LAYOUT} {ZLIB if packing else PLAIN} -\n".encode())
        for part in content:
            whole.update(part)
            size += len(part)
            out.write(part if packing is None else packing.compress(part))
        if packing is not None:
            out.write(packing.flush())
    return Blob(whole.hexdigest(), size)


def read_blob(path: Path, digest: str) -> Iterator[bytes]:
    """Yield a blob's plain bytes, the last of them only when all were compared; raises as `core.ports.blobs` says."""
    with _file_of(path, digest) as file:
        whole, held = hashlib.sha256(), b""
        for part in _plain(file, digest, _compression(file, digest)):
            whole.update(part)
            if held:
                yield held
            held = part
        _compare(whole.hexdigest(), digest)
    if held:
        yield held


def open_blob(path: Path, digest: str) -> IO[bytes]:
    """Return a blob's plain bytes, compared, to be read and sought in; raises as `core.ports.blobs` says."""
    with ExitStack() as left:
        file = left.enter_context(_file_of(path, digest))
        compression = _compression(file, digest)
        start = file.tell()
        if compression == PLAIN:
            _compare(hashlib.file_digest(file, "sha256").hexdigest(), digest)
            left.pop_all()
            return cast("IO[bytes]", io.BufferedReader(_After(file.detach(), start)))
        plain = left.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, dir=str(path.parent)))
        whole = hashlib.sha256()
        for part in _plain(file, digest, compression):
            whole.update(part)
            plain.write(part)
        _compare(whole.hexdigest(), digest)
        plain.seek(0)
        left.pop_all()
        file.close()
        return cast("IO[bytes]", plain)


class _After(io.RawIOBase):
    """A file from one of its bytes on."""

    def __init__(self, file: io.RawIOBase, start: int) -> None:
        self._file, self._start = file, start
        self._file.seek(start)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, room: memoryview) -> int | None:  # type: ignore[override]
        return cast("int | None", self._file.readinto(room))  # type: ignore[attr-defined, unused-ignore]

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_SET:
            offset += self._start
        return self._file.seek(offset, whence) - self._start

    def tell(self) -> int:
        return self._file.tell() - self._start

    def close(self) -> None:
        self._file.close()
        super().close()


def _file_of(path: Path, digest: str) -> io.BufferedReader:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise BlobMissing(digest=digest) from None
    except OSError as problem:
        raise BlobDamaged(digest=digest, reason=_said(problem)) from None


def _compression(file: io.BufferedReader, digest: str) -> str:
    """Return how the bytes after a blob's first line are written."""
    found = _HEAD.fullmatch(file.readline(_LONGEST_HEAD))
    if found is None:
        raise BlobDamaged(digest=digest, reason="its first line is none of a stored content")
    layout, compression, key = (part.decode("ascii", "replace") for part in found.groups())
    if layout != str(LAYOUT) or compression not in (PLAIN, ZLIB):
        raise BlobDamaged(
            digest=digest, reason=f"its layout ({layout}, {compression}) is none that this version knows"
        )
    if key != "-":
        raise BlobDamaged(digest=digest, reason=f"it is encrypted with the key {key}, which is not known")
    return compression


def _plain(file: io.BufferedReader, digest: str, compression: str) -> Iterator[bytes]:
    unpacking = zlib.decompressobj() if compression == ZLIB else None
    try:
        while part := file.read(_PART):
            if unpacking is None:
                yield part
                continue
            while part:
                yield unpacking.decompress(part, _PART)
                part = unpacking.unconsumed_tail
    except zlib.error:
        raise BlobDamaged(digest=digest, reason="its compressed bytes cannot be read") from None
    except OSError as problem:
        raise BlobDamaged(digest=digest, reason=_said(problem)) from None
    if unpacking is not None and not unpacking.eof:
        raise BlobDamaged(digest=digest, reason="it is cut off")


def _compare(found: str, digest: str) -> None:
    if found != digest:
        raise BlobDamaged(digest=digest, reason=f"its bytes have the digest {found}")


def _said(problem: OSError) -> str:
    return f"it cannot be read ({(problem.strerror or 'no reason').lower()})"
