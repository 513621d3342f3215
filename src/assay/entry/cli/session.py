"""Starting a process for the command line: settings, database, the actor behind the shell."""

import getpass
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django
from django.db import Error as DatabaseError

from assay.core.errors import AssayError
from assay.service.installation import Installation, this_installation
from assay.service.permissions import Actor


@dataclass(eq=False, kw_only=True)
class DatabaseTrouble(AssayError):
    """The database cannot be used: {reason}; what was saved before is safe."""

    exit_code = 6
    reason: str


@dataclass(frozen=True, slots=True)
class Session:
    """An installation, and whoever sits at the shell."""

    installation: Installation
    actor: Actor


def set_up(home: Path | None) -> None:
    """Read the settings and start Django; raises `BadSetting`."""
    if home is not None:
        os.environ["ASSAY_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.conf.settings")
    django.setup()


@contextmanager
def session(home: Path | None) -> Iterator[Session]:
    """Open the installation; database errors inside become one sentence."""
    set_up(home)
    try:
        installation = this_installation()
        yield Session(installation, installation.owner(getpass.getuser(), "cli"))
    except DatabaseError as problem:
        raise DatabaseTrouble(reason=" ".join(str(problem).split()) or type(problem).__name__) from problem


def clock() -> int:
    """Return the time in microseconds: the one place where the command line reads it."""
    return time.time_ns() // 1_000
