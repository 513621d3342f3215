"""Back up: all tables, keys and checkpoints in one file, consistent, whole or not at all."""

import base64
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay import __version__
from assay.core.ids import canonical
from assay.service.permissions import Actor, record, require
from assay.store import db, tables

LAYOUT: Final = 1
INDEX: Final = "index.json"
FILES: Final = ("keys", "checkpoints")
"""What of the home folder a backup holds beside the tables."""


@dataclass(frozen=True, slots=True)
class Copied:
    """How much was copied."""

    rows: int
    tables: int
    files: int


def back_up(actor: Actor, *, home: Path, target: Path, now: int) -> Copied:
    """Write a backup; it appears under its name when it is complete."""
    require(actor, "back up", now=now)
    with db.transaction():
        record(actor, now=now, verb="back up", subject=str(target.name))
    partial = target.with_name(f".{target.name}.partial")
    digests: dict[str, str] = {}
    counts: dict[str, int] = {}
    with tarfile.open(partial, "w:gz", compresslevel=3) as archive:
        with db.transaction():
            tables.snapshot()
            for table in tables.ORDER:
                with tempfile.TemporaryFile() as lines:
                    counts[table], digests[f"tables/{table}.jsonl"] = _dump(table, lines)
                    _add(archive, f"tables/{table}.jsonl", lines)
        files = [path for folder in FILES for path in sorted((home / folder).rglob("*")) if path.is_file()]
        for path in files:
            name = f"files/{path.relative_to(home).as_posix()}"
            data = path.read_bytes()
            digests[name] = hashlib.sha256(data).hexdigest()
            _add(archive, name, io.BytesIO(data))
        index = {"layout": LAYOUT, "version": __version__, "at": now, "rows": counts, "digests": digests}
        _add(archive, INDEX, io.BytesIO(json.dumps(index, indent=2).encode()))
    with partial.open("rb") as written:
        os.fsync(written.fileno())
    os.replace(partial, target)  # noqa: PTH105 - atomic on every system
    return Copied(rows=sum(counts.values()), tables=len(counts), files=len(files))


def _dump(table: str, out: "io.BufferedRandom | tempfile._TemporaryFileWrapper[bytes]") -> tuple[int, str]:
    whole, count = hashlib.sha256(), -1  # the first line names the columns
    for line in _lines(table):
        out.write(line)
        whole.update(line)
        count += 1
    return count, whole.hexdigest()


def _lines(table: str) -> Iterator[bytes]:
    columns = tables.columns_of(table)
    flags = tables.flag_columns(table)
    yield canonical(list(columns)) + b"\n"
    for chunk in tables.stream_table(table):
        for row in chunk:
            values = [
                bool(value) if name in flags and value is not None else _plain(value)
                for name, value in zip(columns, row, strict=True)
            ]
            yield canonical(values) + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, (bytes, memoryview)):
        return {"b": base64.b64encode(bytes(value)).decode()}
    return value


def _add(
    archive: tarfile.TarFile, name: str, data: "io.IOBase | tempfile._TemporaryFileWrapper[bytes]"
) -> None:
    size = data.seek(0, os.SEEK_END)
    data.seek(0)
    entry = tarfile.TarInfo(name)
    entry.size = size
    entry.mode = 0o600
    archive.addfile(entry, data)
