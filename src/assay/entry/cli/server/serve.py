"""`assay serve`: the server and its workers in one process tree, started again whenever one of them dies."""

import argparse
import contextlib
import os
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from assay.core.errors import AssayError, BadValue, InputError
from assay.core.lazy_import import Late
from assay.entry.cli.server.process_tree import (
    Child,
    end_children,
    listen_for_signals,
    start_child,
    supervise,
    worker_children,
)
from assay.entry.cli.server.running_address import address_of, telling
from assay.entry.cli.shared_arguments import home_argument
from assay.service.accounts.invitation_life import LIFE_IN_WORDS
from assay.service.unfinished_restore import refuse_unfinished_restore

_start_up: Final = Late("assay.entry.cli.server.first_start")
"""Loaded while the server loads the same code."""

PATIENCE: Final = 10.0
"""Seconds after which workers start although nobody listens yet."""


@dataclass(eq=False, kw_only=True)
class CannotListen(InputError):
    """Nothing can listen on {host}:{port}: {reason}; say another place with --bind or ASSAY_BIND."""

    host: str
    port: int
    reason: str


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
    site = values.url or address_of(host, port)
    _refuse_busy(host, port)
    refuse_unfinished_restore(values.home)
    found = children(host=host, port=port, workers=values.workers if workers else 0)
    stopping = listen_for_signals()
    start_child(found[0])  # the server loads its code while this process looks after the database
    try:
        code = _start_up.prepare_database(home)
    except AssayError:
        end_children(found)
        raise
    _wait_for_server(
        host, port, stopping
    )  # an address that is told answers; workers load their code after it
    with telling(values.home, site):
        _say(site, code)
        for child in found[1:]:
            start_child(child)
        _start_up.make_home_private()
        supervise(found, stopping)
    return 0


def _say(site: str, code: str | None) -> None:
    sys.stdout.write(f"Assay serves {site}\n")
    if code:
        sys.stdout.write(
            f"Nobody has an account yet. Make the first administrator's here, within {LIFE_IN_WORDS}:\n"
            f"  {site}/account/join/#{code}\n"
        )
    sys.stdout.flush()


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
        *("--workers", str(values.servers), "--blocking-threads", str(values.server_threads)),
        *("--backlog", "1024", "--respawn-failed-workers", "--respawn-interval", "0.5"),
        *("--workers-kill-timeout", "10", "--log-level", "error", "assay.conf.wsgi:application"),
    ]
    return [Child("server", server), *worker_children(workers)]


def _place(bind: str) -> tuple[str, int]:
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit():
        raise BadValue(where="--bind", key="ADDRESS:PORT", found=f"'{bind}'", expected="as in 127.0.0.1:8700")
    return host.strip("[]"), int(port)


def _refuse_busy(host: str, port: int) -> None:
    """Raise `CannotListen` where another program listens there, or nobody may, before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(
                socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
            )  # what is about to close is no obstacle
            tried.bind((host, port))
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise CannotListen(host=host, port=port, reason=reason) from None


def _wait_for_server(host: str, port: int, stopping: Sequence[int]) -> None:
    """Wait until somebody listens, a signal came, or long enough."""
    until = time.monotonic() + PATIENCE
    while not stopping and time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        time.sleep(0.05)
