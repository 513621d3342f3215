"""`assay restore`, in a process that kills itself before one of its steps.

    python -m tests.support.killed_restore STEP FILE

The environment says where (ASSAY_HOME). A step is whatever changes something on the disk or in the database: a member
that is unpacked, a move, a removal, a flush, either side of a commit. Steps are counted from 0; it prints how many
there were if it lives.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from assay.entry.cli.main import main as command  # noqa: E402 - Django must be set up first
from assay.service.installation import this_installation  # noqa: E402
from assay.service.upkeep.backup_archive import ArchiveReader  # noqa: E402
from assay.store import db  # noqa: E402


class Steps:
    """Counts steps, and kills the process before the one it was told of."""

    def __init__(self, last: int) -> None:
        """Remember before which step to die."""
        self.last = last
        self.done: list[str] = []

    def take(self, name: str) -> None:
        """Be told of a step that comes next."""
        if len(self.done) == self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.done.append(name)

    def counted(self, owner: Any, name: str) -> None:
        """Let every call of a function be a step."""
        real: Callable[..., Any] = getattr(owner, name)

        def stepped(*args: Any, **kwargs: Any) -> Any:
            self.take(name)
            return real(*args, **kwargs)

        setattr(owner, name, stepped)


def main() -> int:
    """Restore, or die."""
    steps = Steps(int(sys.argv[1]))
    this_installation(restoring=True)  # what a fresh database needs is not what is tested here
    for owner, names in (
        (os, ("replace", "fsync", "sync")),
        (shutil, ("rmtree",)),
        (Path, ("unlink",)),
        (ArchiveReader, ("unpack",)),
    ):
        for name in names:
            steps.counted(owner, name)
    db.around_commit = lambda side: steps.take(f"{side} commit")
    code = command(["restore", sys.argv[2]])
    sys.stdout.write(f"\nsteps: {' '.join(one.replace(' ', '-') for one in steps.done)}\n")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
