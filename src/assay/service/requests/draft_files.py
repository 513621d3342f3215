"""Files of a draft: stored under generated names, known by the names that the requester gave them (SEC-17).

`index.jsonl` in the draft's folder tells which stored file has which name; its last line about a name counts.
A requester's name is looked up there and never used as a path. What a file is, its content says.
"""

import fcntl
import hashlib
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from assay.core.errors import InputError
from assay.core.geometry.picture_kinds import HEAD, UNKNOWN, served_type
from assay.core.ids import canonical
from assay.core.layouts.media_paths import plain_place
from assay.core.limits import UPLOAD_FILES, UPLOAD_NAME
from assay.service.intake.what_to_do_instead import what_to_do_instead

INDEX: Final = "index.jsonl"
REFUSED: Final = "refused.jsonl"
"""Which files were not taken and why: rows that name them are set aside with that reason."""
HELD: Final = "held"
"""The file that says how many bytes a draft's files hold together."""
LOCK: Final = ".lock"
LONGEST_NAME: Final = UPLOAD_NAME.most
MOST_FILES: Final = UPLOAD_FILES.most
IMAGE, TABLE, GUIDE = "image", "table", "guide"
TABLES: Final = (
    ".csv",
    ".csv.gz",
    ".tsv",
    ".tsv.gz",
    ".jsonl",
    ".jsonl.gz",
    ".ndjson",
    ".manifest",
    ".parquet",
)
GUIDES: Final = (".md", ".markdown")
_ENDINGS: Final = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/bmp": ".bmp"}
_OTHER_ENDINGS: Final = {"image/tiff": ".tif", "image/webp": ".webp", "image/avif": ".avif"}
_HEAD: Final = 4_096
_LINE: Final = msgspec.json.Decoder(tuple[str, str, str, int, str])
_REFUSAL: Final = msgspec.json.Decoder(tuple[str, str])


@dataclass(eq=False, kw_only=True)
class RefusedFile(InputError):
    """The file cannot be taken: {reason}."""

    reason: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file on its way in: its name within what was chosen, its size, and its bytes."""

    name: str
    size: int
    chunks: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A stored file: the requester's name, where it lies below the draft's folder, what it is, its digest."""

    name: str
    stored: str
    kind: str
    bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Room:
    """What may still come: bytes per file, and bytes that are left to the member."""

    file: int
    left: int


@contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Let one request at a time change a draft's files."""
    with (folder / LOCK).open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def files_of(folder: Path) -> dict[str, DraftFile]:
    """Return a draft's files by the requester's names, in the order in which they came."""
    found: dict[str, DraftFile] = {}
    try:
        with (folder / INDEX).open("rb") as lines:
            for line in lines:
                name, stored, kind, size, digest = _LINE.decode(line)
                if stored:
                    found[name] = DraftFile(name, stored, kind, size, digest)
                else:
                    found.pop(name, None)
    except FileNotFoundError:
        pass
    return found


def state_of_files(folder: Path) -> str:
    """Return a text that changes whenever data of a draft come, go or are refused; instructions are none."""
    found = []
    for name in (INDEX, REFUSED):
        try:
            looked = (folder / name).stat()
        except FileNotFoundError:
            continue
        found.append(_digest_of(folder / name, looked.st_size, looked.st_mtime_ns))
    return " ".join(found)


@lru_cache(maxsize=1_000)
def _digest_of(path: Path, size: int, changed_at: int) -> str:
    """Return the digest of the lines of an index, at this state of it, that are not about instructions."""
    del size, changed_at
    guide = f',"{GUIDE}",'.encode()
    whole = hashlib.sha256()
    with path.open("rb") as lines:
        for line in lines:
            if guide not in line:
                whole.update(line)
    return whole.hexdigest()


def refused_of(folder: Path) -> dict[str, str]:
    """Return why files of a draft were not taken, by the requester's names; not of those that were taken later."""
    found: dict[str, str] = {}
    try:
        with (folder / REFUSED).open("rb") as lines:
            for line in lines:
                name, reason = _REFUSAL.decode(line)
                found[name] = reason
    except FileNotFoundError:
        return {}
    taken = files_of(folder)
    return {name: reason for name, reason in found.items() if reason and name not in taken}


def note_refused(folder: Path, *, name: str, reason: str) -> None:
    """Remember, while the folder is held, why a file was not taken; no reason: it is wanted no longer."""
    with (folder / REFUSED).open("ab") as out:
        out.write(canonical([name, reason]) + b"\n")


def images_of(files: Mapping[str, DraftFile]) -> list[DraftFile]:
    """Return the pictures."""
    return [one for one in files.values() if one.kind == IMAGE]


def browsers_show(picture: DraftFile) -> bool:
    """Say whether browsers show an uploaded picture as it is; what people label is a copy that they do."""
    return not picture.stored.endswith(_OTHER_ENDINGS["image/tiff"])


def tables_of(files: Mapping[str, DraftFile]) -> list[DraftFile]:
    """Return the tables: what may hold items, known labels or truth."""
    return [one for one in files.values() if one.kind == TABLE]


def bytes_held(folder: Path) -> int:
    """Return how many bytes a draft's files hold."""
    try:
        return int((folder / HELD).read_text(encoding="ascii") or 0)
    except (FileNotFoundError, ValueError):
        return 0


def put_file(folder: Path, file: Incoming, *, room: Room, before: DraftFile | None) -> DraftFile:
    """Store one file in place of the one that had its name before, while the folder is held.

    Raises:
        RefusedFile: if its name, size or content is none that can be used.
    """
    name = plain_name(file.name)
    _check_room(file, room)
    token = secrets.token_hex(16)
    partial = folder / f".{token}.part"
    try:
        size, digest = _write(partial, file, most=min(room.file, room.left))
        kind, stored = _kind(partial, name, token)
        target = folder / stored
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    made = DraftFile(name, stored, kind, size, digest)
    _note(folder, made, change=size - (0 if before is None else before.bytes))
    if before is not None:
        (folder / before.stored).unlink(missing_ok=True)
    return made


@contextmanager
def waiting_file(folder: Path, file: Incoming, *, room: Room) -> Iterator[Path]:
    """Keep a file beside a draft's files for as long as it is looked into.

    Raises:
        RefusedFile: if it is empty or larger than there is room for.
    """
    _check_room(file, room)
    partial = folder / f".{secrets.token_hex(16)}.part"
    try:
        _write(partial, file, most=min(room.file, room.left))
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def put_text(folder: Path, *, name: str, text: str) -> None:
    """Keep a text that was written on the page as a file of the draft, while the folder is held."""
    before = files_of(folder).get(name)
    data = text.encode()
    stored = f"texts/{secrets.token_hex(16)}.md"
    (folder / "texts").mkdir(exist_ok=True)
    (folder / stored).write_bytes(data)
    made = DraftFile(name, stored, GUIDE, len(data), hashlib.sha256(data).hexdigest())
    _note(folder, made, change=len(data) - (0 if before is None else before.bytes))
    if before is not None:
        (folder / before.stored).unlink(missing_ok=True)


def drop_files(folder: Path, names: Collection[str]) -> int:
    """Delete files by the requester's names; return how many there were."""
    with holding(folder):
        known = files_of(folder)
        gone = [known[name] for name in dict.fromkeys(names) if name in known]
        for file in gone:
            _note(folder, DraftFile(file.name, "", "", 0, ""), change=-file.bytes)
            (folder / file.stored).unlink(missing_ok=True)
        for name in set(names) & set(refused_of(folder)):
            note_refused(folder, name=name, reason="")
    return len(gone)


def plain_name(name: str) -> str:
    """Return a requester's name with plain slashes; it is only ever an id.

    Raises:
        RefusedFile: if it is empty, too long, or holds control characters.
    """
    plain = plain_place(name)
    if plain is None and name.strip("/\\. "):
        raise RefusedFile(reason="its name leads out of the folder that was chosen")
    if plain is None or not plain.strip() or len(plain) > LONGEST_NAME:
        raise RefusedFile(reason=f"its name must have 1 to {LONGEST_NAME} characters")
    if not plain.isprintable():
        raise RefusedFile(reason="its name holds control characters")
    return plain


def usable_name(name: str) -> str | None:
    """Return a requester's name as `plain_name` does, or None where it is none that can be used."""
    try:
        return plain_name(name)
    except RefusedFile:
        return None


def _check_room(file: Incoming, room: Room) -> None:
    if file.size > room.file:
        raise RefusedFile(reason=f"it has {file.size:,} bytes; a file may have {room.file:,}")
    if file.size > room.left:
        raise RefusedFile(reason="your drafts would hold more than they may; delete files or drafts first")


def _write(path: Path, file: Incoming, *, most: int) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    with path.open("xb") as out:
        for chunk in file.chunks:
            size += len(chunk)
            if size > most:
                raise RefusedFile(reason=f"it is larger than the {most:,} bytes that are left to it")
            digest.update(chunk)
            out.write(chunk)
    if not size:
        raise RefusedFile(reason="it is empty")
    return size, digest.hexdigest()


def _kind(path: Path, name: str, token: str) -> tuple[str, str]:
    """Return what a file is, and its stored name, which only that decides."""
    with path.open("rb") as file:
        kind = served_type(file.read(HEAD))
    if kind != UNKNOWN:
        ending = (_ENDINGS | _OTHER_ENDINGS)[kind]
        return IMAGE, f"media/{token[:2]}/{token}{ending}"
    lower = name.lower()
    ending = next((one for one in (*TABLES, *GUIDES) if lower.endswith(one)), "")
    if not ending:
        what = (
            "it is neither a picture that can be read nor a table (CSV, TSV, JSON Lines, Parquet, manifest)"
        )
        raise RefusedFile(reason=what + what_to_do_instead(name))
    if not _fits(path, ending):
        raise RefusedFile(reason=f"its content is not what its ending {ending} says")
    if ending in GUIDES:
        return GUIDE, f"texts/{token}.md"
    return TABLE, f"tables/{token}{ending}"


def _fits(path: Path, ending: str) -> bool:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if ending == ".parquet":
        return head.startswith(b"PAR1")
    if ending.endswith(".gz"):
        return head.startswith(b"\x1f\x8b")
    return not head.startswith((b"%PDF", b"PK\x03\x04", b"\x1f\x8b")) and b"\x00\x00" not in head


def _note(folder: Path, file: DraftFile, *, change: int) -> None:
    held = max(0, bytes_held(folder) + change)
    with (folder / INDEX).open("ab") as out:
        out.write(canonical([file.name, file.stored, file.kind, file.bytes, file.digest]) + b"\n")
    beside = folder / f".{HELD}"
    beside.write_text(str(held), encoding="ascii")
    beside.replace(folder / HELD)
