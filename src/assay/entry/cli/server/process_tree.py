"""A tree of processes: children that are started again whenever one of them dies, until a signal says stop."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assay.service.private_home import given_umask

WAIT: Final = 0.2
"""Seconds between two looks at the children."""
RESTART: Final = 0.5
GRACE: Final = 15.0
"""Seconds that children get to finish what they are at."""
DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG of prctl(2)


@dataclass(slots=True)
class Child:
    """One process of the tree: what it is called, how it is started, and the running one."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0


def worker_children(workers: int) -> list[Child]:
    """Return so many worker processes and the one of quotes; none where no worker is wanted."""
    command = [sys.executable, "-m"]
    made = [Child(f"worker {number + 1}", [*command, "assay.entry.worker.main"]) for number in range(workers)]
    return [*made, Child("worker of quotes", [*command, "assay.entry.worker.quotes"])] if workers else []


def supervise(found: Sequence[Child], stopping: Sequence[int]) -> None:
    """Keep the children running until a signal came; then let them end."""
    while not stopping:
        time.sleep(WAIT)
        for child in found:
            if child.process is not None and child.process.poll() is not None and not stopping:
                _sweep(child)
                if time.monotonic() - child.started_at < RESTART:
                    time.sleep(RESTART)
                sys.stderr.write(
                    f"assay: the {child.name} ended ({child.process.returncode}); it is started again.\n"
                )
                start_child(child)
    end_children(found)


def listen_for_signals() -> list[int]:
    """Return a list to which SIGTERM and SIGINT are appended when they come."""
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda caught, _: stopping.append(caught))
    return stopping


def end_children(found: Sequence[Child]) -> None:
    """Let the children finish what they are at, for a while."""
    running = [(child, child.process) for child in found if child.process is not None]
    for _, process in running:
        process.terminate()
    until = time.monotonic() + GRACE
    for child, process in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.1, until - time.monotonic()))
        _sweep(child)


def start_child(child: Child) -> None:
    """Start a child, which the kernel ends with this process."""
    child.started_at = time.monotonic()
    child.process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
        child.command,
        env={**os.environ, "ASSAY_PARENT": str(os.getpid())},
        start_new_session=True,
        umask=given_umask(),  # what it writes outside of the home is to have the modes that people are used to
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one thread runs here
    )


def _sweep(child: Child) -> None:
    """End whatever a dead child left behind in its process group."""
    if child.process is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)


def _die_with_parent() -> None:
    """Let the kernel end a child whose supervisor was killed, so that the address is free again."""
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)
