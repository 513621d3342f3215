"""What every worker process does: its work again and again, until a signal says stop or its parent is gone."""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from assay.core.errors import AssayError
from assay.service.private_home import keep_private
from assay.store import db

PAUSE: Final = 0.5
"""Seconds between two rounds in which nothing was due."""
TROUBLE: Final = 2.0
"""Seconds until the next try after something failed."""

log = logging.getLogger("assay.worker")


def clock() -> int:
    """Return the time in microseconds: the one place where workers read it."""
    return time.time_ns() // 1_000


def until_stopped() -> Callable[[], bool]:
    """Let signals stop this process, write its log to stderr and keep the home private; return whether it should end."""
    keep_private()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s worker: %(message)s")
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda found, _: stopping.append(found))
    return lambda: bool(stopping) or orphaned()


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
