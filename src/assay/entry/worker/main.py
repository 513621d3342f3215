"""The worker: finds what is due on every batch of every tenant, does it, and does it again.

Level-triggered: what is due follows from the state, so a killed worker loses nothing and another one, or
the same one restarted, goes on. Between rounds it also ends leases that ran out, seals the audit trail
and sends webhooks.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import django

from assay.core.errors import AssayError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.conf.settings")
django.setup()

from assay.service.hooks import send_due  # noqa: E402 - Django must be set up first
from assay.service.installation import Installation, this_installation  # noqa: E402 - as above
from assay.service.rounds import Round, tend  # noqa: E402 - as above
from assay.store import db  # noqa: E402 - as above

PAUSE: Final = 0.5
"""Seconds between two rounds in which nothing was due."""
TROUBLE: Final = 2.0
"""Seconds until the next try after something failed."""

log = logging.getLogger("assay.worker")


def clock() -> int:
    """Return the time in microseconds: the one place where the worker reads it."""
    return time.time_ns() // 1_000


def main() -> int:
    """Work until a signal says stop."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s worker: %(message)s")
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda found, _: stopping.append(found))
    work(this_installation(), stop=lambda: bool(stopping) or orphaned())
    return 0


def work(installation: Installation, *, stop: Callable[[], bool]) -> None:
    """Do round after round until `stop`; a failed round is written down and tried again."""
    messenger = threading.Thread(target=send, args=(installation, stop), name="messenger", daemon=True)
    messenger.start()
    state = Round(name=f"{socket.gethostname()}/{os.getpid()}", started_at=clock())
    again_and_again(lambda: tend(installation, state, clock=clock, stop=stop), stop=stop)


def send(installation: Installation, stop: Callable[[], bool]) -> None:
    """Send webhooks beside the rounds, so that a slow receiver keeps no batch waiting (REL-7)."""
    again_and_again(lambda: send_due(installation, now=clock()) > 0, stop=stop)


def again_and_again(do: Callable[[], bool], *, stop: Callable[[], bool]) -> None:
    """Do it until `stop`, whatever happens; with a pause where there was nothing to do."""
    while not stop():
        try:
            busy = do()
        except AssayError as problem:
            log.warning("%s", problem)
            busy = False
        except Exception:  # the one catch-all: a worker outlives whatever one round ran into
            log.exception("a round failed; the next one starts in %g s", TROUBLE)
            db.forget_connection()
            time.sleep(TROUBLE)
            busy = True
        if not busy:
            time.sleep(PAUSE)


def orphaned() -> bool:
    """Whether the process that started this one is gone: whoever took over starts workers of its own."""
    parent = os.environ.get("ASSAY_PARENT", "")
    return bool(parent) and not Path(f"/proc/{parent}").exists()


if __name__ == "__main__":
    sys.exit(main())
