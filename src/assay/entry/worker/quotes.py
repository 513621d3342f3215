"""The worker of quotes: rehearses what drafts would take, beside all other work and after it.

Each quote is worked out in a process of its own, which is ended when nobody waits for it any longer. They run
at the lowest priority: whoever labels at the same moment does not notice.
"""

import contextlib
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import django

from assay.core.errors import AssayError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.conf.settings")
django.setup()

from assay.entry.worker.again_and_again import (  # noqa: E402 - Django must be set up first
    again_and_again,
    clock,
    until_stopped,
)
from assay.service.installation import this_installation  # noqa: E402 - as above
from assay.service.requests.work_out_quotes import (  # noqa: E402 - as above
    ClaimedQuote,
    claim_quote,
    fail_quote,
    release_quote,
    still_wanted,
    work_out_quote,
)
from assay.store import db  # noqa: E402 - as above

ASK: Final = 1.0
"""Seconds between two looks whether somebody still waits for a quote."""
_FORK: Final = multiprocessing.get_context("fork")
"""What is loaded already is not loaded again for each quote."""
LOWEST: Final = 19
SESSION: Final = 10
"""How far this process's session steps back: it gets a tenth of a core that others want altogether."""


def main() -> int:
    """Work out quotes until a signal says stop."""
    stop = until_stopped()
    stand_back()
    try:
        this_installation()  # brings the database to this version
    except AssayError as problem:
        sys.stderr.write(f"assay: {problem}\n")
        return problem.exit_code
    served = [0]

    def next_one() -> bool:
        claim = claim_quote(holder=f"{socket.gethostname()}/{os.getpid()}", after=served[0], now=clock())
        if claim is not None:
            served[0] = claim.row.tenant
            see_through(claim, stop=stop)
        return claim is not None

    again_and_again(next_one, stop=stop)
    return 0


def stand_back() -> None:
    """Let every other process go first.

    Where Linux divides cores among sessions (`sched_autogroup`), priorities count within a session only, so that of this
    process's session is lowered too: not to the least, since a quote is to come on a busy machine as well.
    """
    os.nice(LOWEST)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(SESSION), encoding="ascii")


def see_through(claim: ClaimedQuote, *, stop: Callable[[], bool]) -> None:
    """Work a quote out in a process of its own; end that when nobody waits, or this process shall end."""
    db.forget_connection()  # a connection belongs to one process
    child = _FORK.Process(target=work_out, args=(claim,), daemon=True)
    child.start()
    try:
        while not stop():
            child.join(ASK)
            if child.exitcode is not None or not still_wanted(claim, now=clock()):
                break
    finally:
        if child.exitcode is None:
            child.kill()
            child.join()
        elif child.exitcode:
            fail_quote(claim)
        release_quote(claim)


def work_out(claim: ClaimedQuote) -> None:
    """Be the process of one quote, which ends with it."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    work_out_quote(claim, now=clock())


if __name__ == "__main__":
    sys.exit(main())
