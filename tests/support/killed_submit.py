"""One large answer, by a process that kills itself before one of its steps.

    python -m tests.support.killed_submit STEP BATCH MEMBER ASSIGNMENT FILE

The environment says where (ASSAY_HOME); the file holds the answer. A step is whatever reaches the disk or the database:
a flush, a renamed file, either side of a commit. Steps are counted from 0; it prints them if it lives.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from assay.service.access.permissions import LABELLER, Actor  # noqa: E402 - Django must be set up first
from assay.service.installation import this_installation  # noqa: E402
from assay.service.labelling.submit_answer import submit_answer  # noqa: E402
from assay.store import db  # noqa: E402

NOW = 1_795_000_000_000_000


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

    def counted(self, name: str) -> None:
        """Let every call of a function of `os` be a step."""
        real: Callable[..., Any] = getattr(os, name)

        def stepped(*args: Any, **kwargs: Any) -> Any:
            self.take(name)
            return real(*args, **kwargs)

        setattr(os, name, stepped)


def main() -> int:
    """Submit, or die."""
    step, batch, member, assignment, file = sys.argv[1:]
    installation = this_installation()
    steps = Steps(int(step))
    for name in ("fsync", "replace"):
        steps.counted(name)
    db.around_commit = lambda side: steps.take(f"{side}-commit")
    submit_answer(
        installation,
        Actor(installation.scope, "lena", frozenset({LABELLER}), "tests", int(member)),
        batch=batch,
        assignment=int(assignment),
        client_id=f"client-{assignment}",
        value=Path(file).read_text(encoding="utf-8"),
        seconds=3.0,
        now=NOW,
        take_next=False,
    )
    sys.stdout.write(" ".join(steps.done))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
