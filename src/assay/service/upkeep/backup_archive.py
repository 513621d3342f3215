"""The archive of a backup: a tar of tables and files with its index at the end, encrypted with a passphrase or not."""

import gzip
import hashlib
import io
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Literal, cast

from assay.core.errors import AssayError, NotReadable
from assay.service.upkeep.backup_index import INDEX, LAYOUT, Index, Member, NotAsSigned, read_index
from assay.service.upkeep.passphrase_encryption import Decrypting, Encrypting, is_encrypted

_PART: Final = 1 << 20
_PROBE: Final = 1 << 16
_GZIP: Final = b"\x1f\x8b"
_WORTH: Final = 0.9
"""Files of which gzip would leave more than this are stored as they are: pictures cost no time then."""


@dataclass(eq=False, kw_only=True)
class NeedsPassphrase(AssayError):
    """The backup {path} is encrypted with a passphrase: name the file that holds it (--passphrase-file)."""

    exit_code = 2
    path: str


class ArchiveWriter:
    """Writes members one after another and remembers what each of them is."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self.members: dict[str, Member] = {}

    def add(self, name: str, data: IO[bytes], *, packed: bool) -> None:
        """Add a member from a file, from its beginning to the end that it has now."""
        size = data.seek(0, os.SEEK_END)
        data.seek(0)
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        hashed = _Hashed(data)
        self._archive.addfile(entry, cast("IO[bytes]", hashed))
        self.members[name] = Member(size, hashed.whole.hexdigest(), packed)


class _Hashed:
    """A file whose bytes are hashed as they are read."""

    def __init__(self, data: IO[bytes]) -> None:
        self._data = data
        self.whole = hashlib.sha256()

    def read(self, size: int) -> bytes:
        found = self._data.read(size)
        self.whole.update(found)
        return found


@contextmanager
def writing(out: IO[bytes], *, passphrase: str | None) -> Iterator[ArchiveWriter]:
    """Write an archive into an open file, encrypted where there is a passphrase."""
    encrypting = Encrypting(out, passphrase) if passphrase is not None else None
    with tarfile.open(fileobj=cast("IO[bytes]", encrypting or out), mode="w|", bufsize=_PART) as archive:
        yield ArchiveWriter(archive)
    if encrypting is not None:
        encrypting.finish()


def worth_packing(data: IO[bytes]) -> bool:
    """Whether gzip would make a file smaller, judged by its beginning."""
    data.seek(0)
    head = data.read(_PROBE)
    return len(zlib.compress(head, 1)) < _WORTH * len(head)


class ArchiveReader:
    """An archive that was opened, with its index read; a member is unpacked or refused whole."""

    def __init__(self, archive: tarfile.TarFile, *, path: str) -> None:
        self._archive, self._path = archive, path
        self._entries: dict[str, tarfile.TarInfo] = {}
        for entry in archive:
            if entry.name in self._entries or not entry.isreg():
                raise NotReadable(path=path, reason=f"'{entry.name}' in it is no file, or there twice")
            self._entries[entry.name] = entry
        if INDEX not in self._entries:
            raise NotReadable(path=path, reason="it is no complete backup (its index is missing)")
        sizes = {name: entry.size for name, entry in self._entries.items()}
        self.index: Index = read_index(self._stream(INDEX).read(), sizes=sizes, path=path)
        self._compare(sizes)

    def in_order(self) -> list[str]:
        """Return the names of the members as they lie in the archive, so that it is read once."""
        return sorted(self.index.members, key=lambda name: self._entries[name].offset)

    def unpack(self, name: str, target: Path, *, scratch: Path) -> None:
        """Write a member to a file that does not exist yet; raises unless it is what the index says.

        Only what was compared is unpacked; until then gzip's bytes lie in the file `scratch`.
        """
        member = self.index.members[name]
        stored = scratch if member.packed else target
        whole, stream = hashlib.sha256(), self._stream(name)
        with created(stored) as out:
            while part := stream.read(_PART):
                whole.update(part)
                out.write(part)
        if whole.hexdigest() != member.sha256:
            raise self._wrong(f"'{name}' in it is damaged or was changed")
        if member.packed:
            with gzip.open(stored) as packed, created(target) as out:
                shutil.copyfileobj(packed, out, _PART)
            stored.unlink()

    def _compare(self, sizes: dict[str, int]) -> None:
        for name, member in self.index.members.items():
            if name not in sizes:
                raise self._wrong(f"'{name}' is missing in it")
            if sizes[name] != member.size:
                raise self._wrong(f"'{name}' in it has another size")
        stray = sizes.keys() - self.index.members.keys() - {INDEX}
        if stray:
            raise self._wrong(f"its index does not name '{min(stray)}', which lies in it")

    def _wrong(self, reason: str) -> AssayError:
        if self.index.layout == LAYOUT:
            return NotAsSigned(path=self._path, reason=reason)
        return NotReadable(path=self._path, reason=reason)

    def _stream(self, name: str) -> IO[bytes]:
        found = self._archive.extractfile(self._entries[name])
        assert found is not None, "only files are among the entries"
        return found


@contextmanager
def reading(source: Path, *, passphrase: str | None) -> Iterator[ArchiveReader]:
    """Open a backup and read its index.

    Raises:
        NotReadable: if it is no backup, cut or damaged.
        NotAsSigned: if it is not what was signed.
        NeedsPassphrase: if it is encrypted and there is no passphrase.
        WrongPassphrase: if it was encrypted with another one.
    """
    path = str(source)
    with ExitStack() as opened:
        try:
            stream: IO[bytes] = opened.enter_context(source.open("rb"))
        except OSError as problem:
            raise NotReadable(path=path, reason=problem.strerror or "it is no file") from None
        try:
            if is_encrypted(stream):
                if passphrase is None:
                    raise NeedsPassphrase(path=path)
                stream = io.BufferedReader(Decrypting(stream, passphrase, path=path), _PART)
            stream.seek(0)
            packed = stream.read(len(_GZIP)) == _GZIP
            stream.seek(0)
            layout: Literal["r:gz", "r:"] = "r:gz" if packed else "r:"
            archive = opened.enter_context(tarfile.open(fileobj=stream, mode=layout))
            yield ArchiveReader(archive, path=path)
        except (EOFError, tarfile.TarError, zlib.error, gzip.BadGzipFile) as problem:
            raise NotReadable(path=path, reason=f"it is no complete backup ({problem})") from None


def created(path: Path) -> IO[bytes]:
    """Make a file that was not there, for its owner alone from its first byte."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
