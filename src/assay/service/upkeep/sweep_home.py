"""Sweep the home: blobs and uploads that nothing names, and what killed processes left half.

Only what has been as it is for a day goes: whoever writes something names it within hours. While a backup copies files
nothing is swept, since rows of its snapshot may name what no row names any more.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.service.installation import Installation
from assay.service.stored_blobs import VALUES, media_blobs, value_blobs
from assay.service.upkeep.files_of_home import checkpoint_number
from assay.store import db
from assay.store.accounts.tenants import list_tenants
from assay.store.items.blobs_in_use import large_values_in_use, names_in_use
from assay.store.projects.drafts import drafts_there
from assay.store.scope import Scope
from assay.store.trail.event_blocks import chain_head
from assay.store.upkeep.fenced_leases import claim_lease

DAY: Final = 86_400_000_000
SWEEP_EVERY: Final = DAY // 4
LOCK: Final = ".sweeping"
_LEASE: Final = "sweep the home"
_PART: Final = ".part"


@dataclass(frozen=True, slots=True)
class Swept:
    """How much was removed: names and blobs, folders of drafts, files that were never finished."""

    blobs: int = 0
    folders: int = 0
    unfinished: int = 0


def claim_sweep(*, holder: str, now: int) -> bool:
    """Whether it is time to sweep, and this worker's turn: no other one does it within the next hours."""
    with db.transaction():
        return claim_lease(_LEASE, holder=holder, now=now, until=now + SWEEP_EVERY) is not None


def sweep_home(installation: Installation, *, now: int) -> Swept:
    """Remove what nothing names and has been as it is for a day; nothing where these rows are not this home's."""
    home, before = installation.home, now - DAY
    with _alone(home) as alone:
        if not alone or not _rows_are_of(installation):
            return Swept()
        blobs = folders = unfinished = 0
        for tenant in list_tenants():
            scope = Scope(tenant)
            space = media_blobs(home, tenant=tenant)
            for names in space.names(before=before):
                used = names_in_use(scope, names)
                blobs += space.sweep(names=[one for one in names if one not in used], before=before)
            for digests in space.digests(before=before):
                blobs += space.sweep(digests=digests, before=before)
            unfinished += space.sweep_unfinished(before=before)
            folders += _sweep_uploads(home / "uploads" / str(tenant), scope, before=before)
        for batch in _numbers(home / "blobs" / VALUES):
            space = value_blobs(home, batch=batch)
            old = [digest for digests in space.digests(before=before) for digest in digests]
            used = large_values_in_use(batch) if old else set()
            blobs += space.sweep(digests=[one for one in old if one not in used], before=before)
            unfinished += space.sweep_unfinished(before=before)
        unfinished += _sweep_parts(home / "uploads", before=before)
    return Swept(blobs, folders, unfinished)


@contextmanager
def standing_still(home: Path) -> Iterator[None]:
    """Keep everybody from sweeping for as long as files are copied; waits for a sweep that has begun."""
    with _held(home, fcntl.LOCK_SH):
        yield


@contextmanager
def _alone(home: Path) -> Iterator[bool]:
    try:
        with _held(home, fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield True
    except BlockingIOError:
        yield False


@contextmanager
def _held(home: Path, kind: int) -> Iterator[None]:
    held = os.open(home / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(held, kind)
        yield
    finally:
        os.close(held)


def _rows_are_of(installation: Installation) -> bool:
    """Whether the database is the one that this home belongs to: no checkpoint knows of more than its trail holds.

    Whoever starts a server with another database by mistake must not lose what the right one names.
    """
    last = chain_head()[0]
    folders = {installation.home / "checkpoints", installation.checkpoint_dir}
    return all(checkpoint_number(path) <= last for one in folders for path in one.glob("checkpoint-*.json"))


def _sweep_uploads(folder: Path, scope: Scope, *, before: int) -> int:
    """Remove the folders of drafts that are no longer there: their deletion was interrupted."""
    numbers = [one for one in _numbers(folder) if _is_older(folder / str(one), before)]
    gone = sorted(set(numbers) - drafts_there(scope, numbers))
    for number in gone:
        shutil.rmtree(folder / str(number), ignore_errors=True)
    return len(gone)


def _sweep_parts(folder: Path, *, before: int) -> int:
    """Remove uploaded files that never came whole."""
    left = [one for one in folder.glob(f"*/*/.*{_PART}") if one.is_file() and _is_older(one, before)]
    for one in left:
        one.unlink(missing_ok=True)
    return len(left)


def _numbers(folder: Path) -> list[int]:
    """Return the folders in a folder that are called by a number."""
    inner = folder.iterdir() if folder.is_dir() else ()
    return sorted(int(one.name) for one in inner if one.name.isdecimal() and one.is_dir())


def _is_older(path: Path, before: int) -> bool:
    return path.lstat().st_mtime_ns < before * 1_000
