"""Examine an installation: what it runs on, and whether that is sound."""

import os
import shutil
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.service.access.permissions import Actor, require
from assay.service.installation import Installation, pending_migrations
from assay.service.private_home import wider_than_private
from assay.service.sign_in.protection.factor_secrets import FACTOR_KEY
from assay.service.trail.seal_events import DEMONSTRATION_KEY, INSTALLATION_KEY
from assay.service.trail.verify_audit import verify_audit
from assay.store import db
from assay.store.upkeep.whole_tables import newest_event, server_version

LEAST_PYTHON: Final = (3, 11)
LEAST_FREE: Final = 1 << 30
NAMED: Final = 3
"""So many files that others may read are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    sentence: str


def examine(actor: Actor, *, installation: Installation, now: int) -> list[Check]:
    """Return every check, good or bad."""
    require(actor, "check the installation", now=now)
    return [
        _python(),
        _database(),
        _home(installation.home),
        _private(installation.home),
        _space(installation.home),
        *_keys(installation.home),
        _time(now),
        _audit(actor, installation, now),
    ]


def _python() -> Check:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Check("python", sys.version_info[:2] >= LEAST_PYTHON, f"{version}; 3.11 or later is needed.")


def _database() -> Check:
    pending = pending_migrations()
    kind = "PostgreSQL" if db.is_postgres() else "SQLite"
    state = "its tables are those of this version" if not pending else f"{pending} migrations are pending"
    return Check("database", not pending, f"{kind} {server_version()}; {state}.")


def _home(home: Path) -> Check:
    mode = stat.S_IMODE(home.stat().st_mode)
    writable = os.access(home, os.W_OK)
    private = not mode & 0o077
    sentence = f"{home} is {'writable' if writable else 'not writable'} and has mode {mode:04o}"
    return Check("home", writable and private, sentence + ("." if private else "; others may look into it."))


def _private(home: Path) -> Check:
    wide = wider_than_private(home)
    if not wide:
        return Check("private", True, f"nobody else may read or enter anything in {home}.")
    named = ", ".join(str(path) for path in wide[:NAMED]) + (", ..." if len(wide) > NAMED else "")
    sentence = f"others may read, change or enter {len(wide):,} files and folders: {named}; `assay serve` mends that."
    return Check("private", False, sentence)


def _space(home: Path) -> Check:
    free = shutil.disk_usage(home).free
    return Check("space", free >= LEAST_FREE, f"{free / (1 << 30):.1f} GiB free; 1 GiB is the least.")


def _keys(home: Path) -> list[Check]:
    found = []
    for name in (INSTALLATION_KEY, DEMONSTRATION_KEY, FACTOR_KEY):
        path = home / name
        if not path.exists():
            found.append(Check(name, True, "not made yet; it is made at its first use."))
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        found.append(Check(name, not mode & 0o077, f"mode {mode:04o}; 0600 is right."))
    return found


def _time(now: int) -> Check:
    newest = newest_event()
    ahead = newest - now
    ok = ahead < 366 * 86_400_000_000  # logical clocks may lie some way ahead
    return Check(
        "clock", ok, "it agrees with the newest event." if ok else "it lies far behind the newest event."
    )


def _audit(actor: Actor, installation: Installation, now: int) -> Check:
    report = verify_audit(actor, checkpoints=installation.checkpoint_dir, now=now)
    return Check("audit trail", report.ok, report.first_bad or f"{report.events:,} sealed events hold.")
