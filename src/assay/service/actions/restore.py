"""Restore a backup into an empty installation: whole or not at all, and verified before it counts."""

import base64
import hashlib
import json
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from assay.core.errors import AssayError, NotReadable
from assay.service.actions.back_up import FILES, INDEX, LAYOUT
from assay.service.permissions import Actor, record, require
from assay.service.reads.verify_audit import verify_audit
from assay.store import db, tables


@dataclass(eq=False, kw_only=True)
class NotEmpty(AssayError):
    """The installation in {home} is not empty: its table {table} has rows; nothing was restored."""

    exit_code = 4
    home: str
    table: str


@dataclass(frozen=True, slots=True)
class Restored:
    """How much was restored, and how many audit events were verified."""

    rows: int
    tables: int
    files: int
    events: int


def restore(actor: Actor, *, home: Path, checkpoints: Path, source: Path, now: int) -> Restored:
    """Restore a backup.

    Raises:
        NotReadable: if the file is no backup, or damaged; nothing is changed then.
        NotEmpty: if there is something that a restore would overwrite.
    """
    require(actor, "restore", now=now)
    for table in tables.ORDER:
        if table not in ("tenant", "event") and not tables.is_empty(table):
            raise NotEmpty(home=str(home), table=table)
    try:
        with tarfile.open(source, "r:gz") as archive:
            index = _index(archive, source)
            with db.transaction():
                tables.clear_tenants()
                rows = sum(_fill(archive, index, table, source) for table in tables.ORDER)
            names = [name for name in index["digests"] if name.startswith("files/")]
            for name in names:
                _put(archive, name, home=home, source=source)
    except (OSError, EOFError, tarfile.TarError, zlib.error) as problem:
        raise NotReadable(path=str(source), reason=f"it is no complete backup ({problem})") from None
    report = verify_audit(actor, checkpoints=checkpoints, now=now)
    if not report.ok:
        raise NotReadable(path=str(source), reason=f"its audit trail does not hold: {report.first_bad}")
    with db.transaction():
        record(actor, now=now, verb="restore", subject=source.name)
    return Restored(rows=rows, tables=len(tables.ORDER), files=len(names), events=report.events)


def _index(archive: tarfile.TarFile, source: Path) -> dict[str, Any]:
    """Read the index and check every member's digest before anything is changed."""
    names = archive.getnames()
    if INDEX not in names:
        raise NotReadable(path=str(source), reason="it is no complete backup (its index is missing)")
    index: dict[str, Any] = json.loads(_open(archive, INDEX).read())
    if index.get("layout") != LAYOUT:
        raise NotReadable(path=str(source), reason=f"its layout is {index.get('layout')}, known is {LAYOUT}")
    for name, digest in index["digests"].items():
        if name not in names:
            raise NotReadable(path=str(source), reason=f"'{name}' is missing in it")
        whole = hashlib.sha256()
        member = _open(archive, name)
        while part := member.read(1 << 20):
            whole.update(part)
        if whole.hexdigest() != digest:
            raise NotReadable(path=str(source), reason=f"'{name}' in it is damaged")
    return index


def _fill(archive: tarfile.TarFile, index: dict[str, Any], table: str, source: Path) -> int:
    lines = _open(archive, f"tables/{table}.jsonl")
    columns = json.loads(next(lines))
    unknown = set(columns) - set(tables.columns_of(table))
    if unknown:
        raise NotReadable(
            path=str(source), reason=f"its table {table} has columns that this version does not know"
        )
    tables.fill_table(table, columns, _rows(lines))
    return int(index["rows"][table])


def _rows(lines: IO[bytes]) -> Iterator[list[object]]:
    for line in lines:
        yield [
            base64.b64decode(value["b"]) if isinstance(value, dict) else value for value in json.loads(line)
        ]


def _put(archive: tarfile.TarFile, name: str, *, home: Path, source: Path) -> None:
    place = PurePosixPath(name).relative_to("files")
    if ".." in place.parts or place.parts[0] not in FILES:
        raise NotReadable(path=str(source), reason=f"'{name}' in it leads out of the home folder")
    target = home / place
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.write_bytes(_open(archive, name).read())
    target.chmod(0o600)


def _open(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(name)
    if found is None:
        raise tarfile.TarError(f"'{name}' is no file")
    return found
