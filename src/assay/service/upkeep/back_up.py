"""Back up: all tables and the files of the home in one signed file, consistent, whole or not at all.

Rows come first and files after them. A row names a file only when the file is on the disk, and what a row names is not
changed any more; so every file that the rows of the snapshot name is still there when files are copied. The
other way round, files that came while the rows were waited for would be missing.
"""

import contextlib
import gzip
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from assay import __version__
from assay.service.access.permissions import Actor, record, require
from assay.service.trail.seal_events import installation_key
from assay.service.upkeep.backup_archive import ArchiveWriter, created, worth_packing, writing
from assay.service.upkeep.backup_index import INDEX, TABLES, written
from assay.service.upkeep.files_of_home import (
    LeftBeside,
    files_of_home,
    folder_of,
    left_beside,
    named_folders,
)
from assay.service.upkeep.passphrase_encryption import require_long
from assay.service.upkeep.sweep_home import standing_still
from assay.service.upkeep.table_lines import write_table
from assay.store import db
from assay.store.trail.event_blocks import chain_head
from assay.store.upkeep import whole_tables

_TABLES_LEVEL: Final = 3
_FILES_LEVEL: Final = 1


@dataclass(frozen=True, slots=True)
class Held:
    """How many files of one folder a backup holds, and how many bytes they have unpacked."""

    files: int = 0
    bytes: int = 0

    def with_one(self, size: int) -> "Held":
        """Return the same with one more file."""
        return Held(self.files + 1, self.bytes + size)


@dataclass(frozen=True, slots=True)
class Copied:
    """How much was copied, of each folder of the home too, by which key it is signed, and what is to be kept beside it."""

    rows: int
    tables: int
    files: int
    bytes: int
    held: Mapping[str, Held]
    fingerprint: str
    beside: tuple[LeftBeside, ...]


def back_up(
    actor: Actor,
    *,
    home: Path,
    target: Path,
    now: int,
    with_files: bool = True,
    passphrase: str | None = None,
) -> Copied:
    """Write a backup, for its owner's eyes alone; it appears under its name when it is complete.

    Args:
        actor: who does it.
        home: the installation's home.
        target: the file; one that is there is replaced.
        now: the time.
        with_files: also uploads, shown copies and deliveries, not only keys and checkpoints.
        passphrase: what encrypts it; None: it is not encrypted.
    """
    require(actor, "back up", now=now)
    if passphrase is not None:
        require_long(passphrase)
    key = installation_key(home)
    with db.transaction():
        record(actor, now=now, verb="back up", subject=str(target.name))
    with (
        standing_still(home),
        _appearing(target) as out,
        writing(out, passphrase=passphrase) as archive,
    ):
        with db.transaction():
            whole_tables.snapshot()
            named = named_folders(last_block=chain_head()[0])
            counts = {table: _add_table(archive, table, home=home) for table in whole_tables.ORDER}
        held: dict[str, Held] = {}
        for name, path in files_of_home(home, named, large=with_files):
            with contextlib.suppress(FileNotFoundError):  # a draft that was dropped meanwhile
                size = _add_file(archive, name, path, home=home)
                folder = folder_of(name)
                held[folder] = held.get(folder, Held()).with_one(size)
        homes = sorted({str(home), str(home.absolute()), str(home.resolve())}, key=len, reverse=True)
        statement = {
            "version": __version__,
            "at": now,
            "homes": homes,
            "rows": counts,
            "folders": {name: {"files": one.files, "bytes": one.bytes} for name, one in held.items()},
            "members": {
                name: {"size": one.size, "sha256": one.sha256, "packed": one.packed}
                for name, one in archive.members.items()
            },
        }
        with tempfile.TemporaryFile(dir=home) as index:
            index.write(written(statement, key))
            archive.add(INDEX, index, packed=False)
    return Copied(
        rows=sum(counts.values()),
        tables=len(counts),
        files=sum(one.files for one in held.values()),
        bytes=sum(one.bytes for one in held.values()),
        held=held,
        fingerprint=key.fingerprint,
        beside=tuple(left_beside(home, named, large=with_files)),
    )


@contextmanager
def _appearing(target: Path) -> Iterator[IO[bytes]]:
    """Hold a hidden file that gets its name when all went well, and goes otherwise; nobody else may ever read it."""
    partial = target.with_name(f".{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        with created(partial) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(partial, target)  # noqa: PTH105 - atomic on every system
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _add_table(archive: ArchiveWriter, table: str, *, home: Path) -> int:
    with tempfile.TemporaryFile(dir=home) as packed:
        with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=_TABLES_LEVEL, mtime=0) as lines:
            count = write_table(table, cast("IO[bytes]", lines))
        archive.add(f"{TABLES}/{table}.jsonl", packed, packed=True)
    return count


def _add_file(archive: ArchiveWriter, name: str, path: Path, *, home: Path) -> int:
    """Add a file, packed where that is worth it; return its size."""
    with path.open("rb") as data:
        size = os.fstat(data.fileno()).st_size
        if not worth_packing(data):
            archive.add(name, data, packed=False)
            return size
        data.seek(0)
        with tempfile.TemporaryFile(dir=home) as packed:
            with gzip.GzipFile(
                filename="", fileobj=packed, mode="wb", compresslevel=_FILES_LEVEL, mtime=0
            ) as lines:
                shutil.copyfileobj(data, lines, 1 << 20)
            archive.add(name, packed, packed=True)
        return size
