"""ZIP files as people send them: unpacked within limits into a folder of their own, and what in them is the source.

An entry's name is looked at before anything is written, and bytes are counted as they come: what a ZIP says of its own
sizes is not believed.
"""

import os
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final, Self

from assay.core.errors import InputError, NotReadable
from assay.core.layouts.media_paths import is_left_behind
from assay.core.limits import ZIP_BYTES, ZIP_ENTRIES, ZIP_RATIO, ZIP_SMALL
from assay.core.ports.file_format import Format

ENDING: Final = ".zip"
_CHUNK: Final = 1 << 20
_UTF8: Final = 0x800
"""The flag of an entry whose name is UTF-8."""

_LOCKED: Final = 0x1
_LONGEST_NAME: Final = 255
_MOST_NAMED: Final = 10
_SHORT: Final = 100
"""Characters of a ZIP's name in that of the folder that it is being unpacked into."""
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)


@dataclass(eq=False, kw_only=True)
class BadArchive(InputError):
    """{path} cannot be unpacked: {reason}."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """What a ZIP may hold.

    Attributes:
        entries: files in it.
        total: bytes of all files together, unpacked.
        ratio: how many times larger than its packed bytes it may be, where it has more than `small` bytes.
        small: bytes that may be packed however well.
    """

    entries: int = ZIP_ENTRIES.most
    total: int = ZIP_BYTES.most
    ratio: int = ZIP_RATIO.most
    small: int = ZIP_SMALL.most


LIMITS: Final = ZipLimits()


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One file in a ZIP: its name with plain slashes, and its bytes as it states them."""

    name: str
    size: int
    info: zipfile.ZipInfo


def is_zip(path: Path) -> bool:
    """Say whether a file is called a ZIP; whether it is one, whoever opens it says."""
    return path.name.lower().endswith(ENDING) and path.is_file()


class OpenZip:
    """A ZIP whose entries are listed and read within limits; use it in a `with` block."""

    def __init__(self, path: Path, *, shown: str | None = None, limits: ZipLimits = LIMITS) -> None:
        """Open it; `shown` is what messages call it. Raises `BadArchive` where it is damaged."""
        self._shown = shown or str(path)
        self._limits = limits
        self._packed = path.stat().st_size
        self._taken = 0
        try:
            self._zip = zipfile.ZipFile(path)
        except (*_DAMAGED, OSError):
            raise self._bad("it is damaged, or no ZIP") from None

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *problem: object) -> None:
        """Close it."""
        self._zip.close()

    def entries(self) -> list[ZipEntry]:
        """Return the files in it, without what systems leave behind in folders.

        Raises:
            BadArchive: for a name that leads out of it or stands twice, a link, a password, or too much of it.
        """
        infos = self._zip.infolist()
        if len(infos) > self._limits.entries:
            raise self._bad(f"it holds {len(infos):,} entries; {self._limits.entries:,} are taken at most")
        found: dict[str, ZipEntry] = {}
        for info in infos:
            name = self._name(info)
            if name and not _is_folder(info) and not _is_left_out(name):
                if name in found:
                    raise self._bad(f"'{name}' stands in it twice")
                found[name] = ZipEntry(name, info.file_size, info)
        self._check_total(sum(entry.size for entry in found.values()))
        return list(found.values())

    def read(self, entry: ZipEntry) -> Iterator[bytes]:
        """Yield the bytes of an entry; raises `BadArchive` where it is damaged, or where all are more than there may be."""
        try:
            with self._zip.open(entry.info) as stream:
                yield from self._counted(stream)
        except _DAMAGED as problem:
            raise self._bad(f"'{entry.name}' in it is damaged ({problem})") from None

    def _counted(self, stream: IO[bytes]) -> Iterator[bytes]:
        while chunk := stream.read(_CHUNK):
            self._taken += len(chunk)
            self._check_total(self._taken)
            yield chunk

    def _check_total(self, total: int) -> None:
        limits = self._limits
        if total > limits.total:
            raise self._bad(f"it holds {total:,} bytes or more; {limits.total:,} are taken at most")
        if total > limits.small and total > limits.ratio * self._packed:
            raise self._bad(
                f"it unpacks to {total // max(self._packed, 1):,} times its size, which no pictures or tables do"
            )

    def _name(self, info: zipfile.ZipInfo) -> str:
        """Return an entry's name; "" for the folder of everything."""
        name = _spelled(info).replace("\\", "/")
        plain = PurePosixPath(name)
        shown = name if name.isprintable() else ascii(name)
        if plain.is_absolute() or ".." in plain.parts or ":" in name.split("/")[0] or not name.isprintable():
            raise self._bad(f"the name {shown[:200]!r} leads out of it, or is no name of a file")
        if any(len(part.encode("utf-8", "replace")) > _LONGEST_NAME for part in plain.parts):
            raise self._bad(f"the name '{shown[:200]}' is longer than {_LONGEST_NAME} bytes")
        mode = info.external_attr >> 16
        if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise self._bad(f"'{shown[:200]}' is a link or a device, not a file")
        if info.flag_bits & _LOCKED:
            raise self._bad(f"'{shown[:200]}' is locked with a password; pack it without one")
        return "" if str(plain) == "." else str(plain)

    def _bad(self, reason: str) -> BadArchive:
        return BadArchive(path=self._shown, reason=reason)


def unpack(path: Path, folder: Path, *, limits: ZipLimits = LIMITS) -> None:
    """Unpack a ZIP into an empty folder.

    Raises:
        BadArchive: if it is damaged, or holds what may not be in it.
    """
    with OpenZip(path, limits=limits) as archive:
        for entry in archive.entries():
            target = folder / entry.name
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as out:
                    out.writelines(archive.read(entry))
            except OSError as problem:
                reason = f"'{entry.name}' in it cannot be written: {problem.strerror or problem}"
                raise BadArchive(path=str(path), reason=reason) from None


def unpacked_beside(path: Path) -> Path:
    """Return the folder beside a ZIP in which it is unpacked, once for each state of it; nobody else may look into it.

    Raises:
        BadArchive: if it cannot be unpacked, or nothing can be written beside it.
    """
    target = path.with_name(_name_of_state(path, path.stat()))
    if target.is_dir():
        return target
    try:
        partial = Path(
            tempfile.mkdtemp(prefix=f".{path.name[:_SHORT]}-", dir=path.parent)
        )  # only its owner may look into it
    except OSError as problem:
        reason = f"nothing can be written beside it ({(problem.strerror or str(problem)).lower()})"
        raise BadArchive(path=str(path), reason=reason) from None
    try:
        unpack(path, partial)
        try:
            partial.rename(target)
        except OSError:
            if not target.is_dir():  # else somebody else was faster
                raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return target


def unpacked_leftovers(path: Path) -> list[Path]:
    """Return the folders beside a ZIP in which other states of it lie, or that an interrupted unpacking left."""
    now = path.stat() if path.is_file() else None
    current = "" if now is None else _name_of_state(path, now)
    states = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]+-[0-9a-f]+")
    partial = re.compile(rf"\.{re.escape(path.name[:_SHORT])}-[a-z0-9_]{{8}}")
    return [
        one
        for one in (path.parent.iterdir() if path.parent.is_dir() else ())
        if one.name != current
        and (states.fullmatch(one.name) or partial.fullmatch(one.name))
        and one.is_dir()
        and not one.is_symlink()
    ]


def _name_of_state(path: Path, found: os.stat_result) -> str:
    return f".{path.name}.{found.st_size:x}-{found.st_mtime_ns:x}"


def source_within(folder: Path, able: Sequence[Format], *, shown: str) -> Path:
    """Return what in an unpacked folder is meant: a folder in a layout, the one table or document, or all its pictures.

    A folder that holds nothing but another one is looked through.

    Args:
        folder: the folder.
        able: the formats that are looked for; one of plain folders counts where there is nothing else.
        shown: what messages call the archive.

    Raises:
        NotReadable: if there are several files that could be meant, or none.
    """
    top = _inner(folder)
    layouts = [member for member in able if member.values]
    if any(member.guess(top) for member in layouts):
        return top
    files = [one for one in sorted(top.rglob("*")) if one.is_file()]
    fitting = [one for one in files if any(member.guess(one) for member in layouts)]
    depth = min((len(one.parts) for one in fitting), default=0)
    nearest = [one for one in fitting if len(one.parts) == depth]
    if len(nearest) == 1:
        return nearest[0]
    if not nearest and len(layouts) < len(able):
        return top
    if not nearest and len(able) == 1 and len(files) == 1:
        return files[0]
    names = ", ".join(one.relative_to(top).as_posix() for one in nearest[:_MOST_NAMED])
    why = (
        f"several files in it could be meant ({names}); unpack it, and name one of them"
        if nearest
        else "no file in it is in a format that is read here"
    )
    raise NotReadable(path=shown, reason=why)


def _inner(folder: Path) -> Path:
    inside = list(folder.iterdir())
    return _inner(inside[0]) if len(inside) == 1 and inside[0].is_dir() else folder


def without_common_folder(entries: Sequence[ZipEntry]) -> dict[str, ZipEntry]:
    """Return entries by their names without the folder, or folders, that all of them lie in."""
    names = {entry.name: entry for entry in entries}
    while names and all("/" in name for name in names) and len({name.split("/")[0] for name in names}) == 1:
        names = {name.partition("/")[2]: entry for name, entry in names.items()}
    return names


def _spelled(info: zipfile.ZipInfo) -> str:
    """Return an entry's name; macOS writes UTF-8 and does not say so."""
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return info.is_dir() or info.filename.endswith("\\")


def _is_left_out(name: str) -> bool:
    parts = name.split("/")
    return any(map(is_left_behind, parts))
