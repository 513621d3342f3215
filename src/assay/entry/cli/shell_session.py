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

from assay.core.errors import AssayError, NotFound
from assay.service.access.permissions import Actor
from assay.service.batches.names_alike import with_name_alike
from assay.service.installation import Installation, this_installation


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
def session(home: Path | None, *, restoring: bool = False) -> Iterator[Session]:
    """Open the installation, one that is being restored only for that; database errors inside become one sentence, and a wrong name is told with the right one."""
    set_up(home)
    try:
        installation = this_installation(restoring=restoring)
        opened = Session(installation, installation.owner(getpass.getuser(), "cli"))
        try:
            yield opened
        except NotFound as problem:
            raise with_name_alike(opened.actor, problem) from None
    except DatabaseError as problem:
        raise DatabaseTrouble(reason=" ".join(str(problem).split()) or type(problem).__name__) from problem


def clock() -> int:
    """Return the time in microseconds: the one place where the command line reads it."""
    return time.time_ns() // 1_000
