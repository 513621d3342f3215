"""`assay serve`: the server and its workers in one process tree, started again whenever one of them dies."""

import argparse
import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from assay.core.errors import AssayError, BadValue
from assay.core.late import Late
from assay.entry.cli.arguments import home_argument

_start_up: Final = Late("assay.entry.cli.first_start")
"""Loaded while the server loads the same code."""

WAIT: Final = 0.2
"""Seconds between two looks at the children."""
RESTART: Final = 0.5
PATIENCE: Final = 10.0
"""Seconds after which workers start although nobody listens yet."""
GRACE: Final = 15.0
"""Seconds that children get to finish what they are at."""
DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG of prctl(2)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--bind", metavar="ADDRESS:PORT", help="where to listen (default: ASSAY_BIND or 127.0.0.1:8700)"
    )
    parser.add_argument("--no-workers", action="store_true", help="serve only; workers run elsewhere")
    home_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Serve until a signal says stop."""
    return serve(home=given.home, bind=given.bind, workers=not given.no_workers)


def serve(*, home: Path | None, bind: str | None = None, workers: bool = True) -> int:
    """Serve a home until a signal says stop; also how the demo ends."""
    if bind:
        os.environ["ASSAY_BIND"] = bind  # for the children, and for settings that were not read yet
    if home is not None:
        os.environ["ASSAY_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.conf.settings")
    values = settings.ASSAY
    host, port = _place(bind) if bind else values.bind
    # Passkeys need a name and not a number, so the printed address has one where that is the same place.
    site = values.url or f"http://{'localhost' if host == '127.0.0.1' else host}:{port}"
    found = children(host=host, port=port, workers=values.workers if workers else 0)
    stopping = _listen_for_signals()
    _start(found[0])  # the server loads its code while this process looks after the database
    try:
        code = _start_up.prepare_database(home)
    except AssayError:
        _end(found)
        raise
    _wait_for_server(
        host, port, stopping
    )  # an address that is told answers; workers load their code after it
    sys.stdout.write(f"Assay serves {site}\n")
    if code:
        sys.stdout.write(
            "Nobody has an account yet. Make the first administrator's here, within two days:\n"
            f"  {site}/account/join/#{code}\n"
        )
    sys.stdout.flush()
    for child in found[1:]:
        _start(child)
    supervise(found, stopping)
    return 0


@dataclass(slots=True)
class Child:
    """One process of the tree: what it is called, how it is started, and the running one."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0


def children(*, host: str, port: int, workers: int) -> list[Child]:
    """Return the processes that the settings ask for."""
    values = settings.ASSAY
    server = [
        *(
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--no-ws",
            "--host",
            host,
            "--port",
            str(port),
        ),
        *("--workers", str(values.servers), "--blocking-threads", str(values.threads)),
        *("--backlog", "1024", "--respawn-failed-workers", "--respawn-interval", "0.5"),
        *("--workers-kill-timeout", "10", "--log-level", "warning", "assay.conf.wsgi:application"),
    ]
    worker = [sys.executable, "-m", "assay.entry.worker.main"]
    return [Child("server", server), *(Child(f"worker {number + 1}", worker) for number in range(workers))]


def _place(bind: str) -> tuple[str, int]:
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit():
        raise BadValue(where="--bind", key="ADDRESS:PORT", found=f"'{bind}'", expected="as in 127.0.0.1:8700")
    return host.strip("[]"), int(port)


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
                _start(child)
    _end(found)


def _wait_for_server(host: str, port: int, stopping: Sequence[int]) -> None:
    """Wait until somebody listens, a signal came, or long enough."""
    until = time.monotonic() + PATIENCE
    while not stopping and time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        time.sleep(0.05)


def _listen_for_signals() -> list[int]:
    """Return a list to which SIGTERM and SIGINT are appended when they come."""
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda caught, _: stopping.append(caught))
    return stopping


def _end(found: Sequence[Child]) -> None:
    """Let the children finish what they are at, for a while."""
    running = [(child, child.process) for child in found if child.process is not None]
    for _, process in running:
        process.terminate()
    until = time.monotonic() + GRACE
    for child, process in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.1, until - time.monotonic()))
        _sweep(child)


def _start(child: Child) -> None:
    child.started_at = time.monotonic()
    child.process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
        child.command,
        env={**os.environ, "ASSAY_PARENT": str(os.getpid())},
        start_new_session=True,
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
