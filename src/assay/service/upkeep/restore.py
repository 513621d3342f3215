"""Restore a backup into an empty installation: whole or not at all, whenever it is interrupted.

A marker in the home says which backup is being restored, and while it is there nothing else opens the installation
(`service/installation.py`). Under it files are unpacked beside their places and compared with the signed
index; then all rows are saved in one transaction, after the audit trail was verified in it; then files are moved to
their places, and the marker goes. The same command, given again, does whatever is left of this.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from assay.core.errors import AssayError, NotReadable
from assay.service.access.permissions import Actor, record, require
from assay.service.installation import LOCK
from assay.service.trail.verify_audit import verify_audit
from assay.service.upkeep import staged_restore
from assay.service.upkeep.backup_archive import ArchiveReader, reading
from assay.service.upkeep.backup_index import FILES, TABLES, Index, require_key
from assay.service.upkeep.files_of_home import checkpoint_number
from assay.service.upkeep.table_lines import fill_from
from assay.store import db
from assay.store.accounts.makers_of_keys import note_makers_of_keys
from assay.store.projects.further_batches import all_further
from assay.store.trail.event_blocks import chain_head
from assay.store.upkeep import whole_tables
from assay.store.upkeep.measure_stored_items import measure_stored_items


@dataclass(eq=False, kw_only=True)
class NotEmpty(AssayError):
    """The installation in {home} is not empty: its table {table} has rows; nothing was restored."""

    exit_code = 4
    home: str
    table: str


@dataclass(eq=False, kw_only=True)
class NewerCheckpoints(AssayError):
    """{folder} holds checkpoints of blocks after {last}, the last one of the backup: move them aside and keep them, they prove what the backup lacks; nothing was restored."""

    exit_code = 4
    folder: str
    last: int


@dataclass(frozen=True, slots=True)
class Restored:
    """How much was restored, and how many audit events were verified."""

    rows: int
    tables: int
    files: int
    events: int


def restore(
    actor: Actor,
    *,
    home: Path,
    checkpoints: Path,
    source: Path,
    now: int,
    key: str | None = None,
    passphrase: str | None = None,
    tell: Callable[[Index], None] = lambda _: None,
) -> Restored:
    """Restore a backup, or go on with one that was interrupted.

    Args:
        actor: who does it.
        home: the installation's home.
        checkpoints: where it keeps its signed checkpoints; those that are there must agree too.
        source: the backup.
        now: the time.
        key: the fingerprint of the key that must have signed it; None: whichever did, or none.
        passphrase: what it was encrypted with.
        tell: is told whose backup it is before anything is changed.

    Raises:
        NotReadable: if the file is no backup, or damaged; nothing is changed then.
        NotAsSigned: if it is not signed by that key, or is not what was signed; nothing is changed then.
        NotEmpty: if there is something that a restore would overwrite.
        NewerCheckpoints: if the trail went on after the backup, as checkpoints elsewhere prove.
        AnotherBackup: if the restore of another one was interrupted here.
    """
    require(actor, "restore", now=now)
    with db.alone(home / LOCK), reading(source, passphrase=passphrase) as backup:
        index = backup.index
        if key is not None:
            require_key(index, wanted=key, path=str(source))
        tell(index)
        begun = staged_restore.begun(home, digest=index.digest)
        if not (begun and whole_tables.was_restored(index.digest)):
            _require_empty(home)
            staged_restore.begin(home, digest=index.digest, source=source)
        try:
            staged = _unpacked(backup, home=home)
            if not whole_tables.was_restored(index.digest):
                folders = (staged / FILES / "checkpoints", checkpoints)
                _save_rows(
                    actor, index, staged=staged, home=home, checkpoints=folders, source=source, now=now
                )
        finally:
            if not whole_tables.was_restored(index.digest):
                staged_restore.forget(home)
        files = [name for name in index.members if name.startswith(f"{FILES}/")]
        staged_restore.put_in_place(home, files)
        report = verify_audit(actor, checkpoints=checkpoints, now=now)
        staged_restore.forget(home)
    return Restored(
        rows=sum(index.rows.values()), tables=len(index.rows), files=len(files), events=report.events
    )


def _require_empty(home: Path) -> None:
    for table in whole_tables.ORDER:
        if table != "tenant" and not whole_tables.is_empty(table):
            raise NotEmpty(home=str(home), table=table)


def _unpacked(backup: ArchiveReader, *, home: Path) -> Path:
    """Unpack every member and compare it; return the folder in which they lie as in the archive."""
    staged = staged_restore.fresh_folder(home)
    for name in backup.in_order():
        target = staged / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        backup.unpack(name, target, scratch=staged / "packed")
    staged_restore.require_room(home, staged / FILES)
    staged_restore.flush()
    return staged


def _save_rows(
    actor: Actor,
    index: Index,
    *,
    staged: Path,
    home: Path,
    checkpoints: Sequence[Path],
    source: Path,
    now: int,
) -> None:
    """Save all rows in one transaction, with the event by which a repetition knows that they are saved."""
    with db.transaction():
        whole_tables.clear_tenants()
        for table in whole_tables.ORDER:
            lines = staged / TABLES / f"{table}.jsonl"
            if lines.is_file():  # a backup of an older version lacks tables that came later
                with lines.open("rb") as rows:
                    fill_from(table, rows, path=str(source))
        whole_tables.move_folders(index.homes, str(home.resolve()))
        with connection.cursor() as cursor:
            further = all_further()
            measure_stored_items(cursor, but=further)  # a backup of an older version holds no facts of items
            note_makers_of_keys(cursor)  # nor by what a key was made
        last = chain_head()[0]
        for folder in filter(Path.is_dir, checkpoints):
            if any(checkpoint_number(path) > last for path in folder.glob("checkpoint-*.json")):
                raise NewerCheckpoints(folder=str(folder), last=last)
            report = verify_audit(actor, checkpoints=folder, now=now)
            if not report.ok:
                raise NotReadable(
                    path=str(source), reason=f"its audit trail does not hold: {report.first_bad}"
                )
        record(actor, now=now, verb="restore", subject=source.name, after=index.digest)
