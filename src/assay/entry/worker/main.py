"""The worker: finds what is due on every batch of every tenant, does it, and does it again.

Level-triggered: what is due follows from the state, so a killed worker loses nothing and another one, or
the same one restarted, goes on. Between rounds it also ends leases that ran out, seals the audit trail
and sends webhooks.
"""

import os
import socket
import sys
import threading
from collections.abc import Callable

import django

from assay.core.errors import AssayError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.conf.settings")
django.setup()

from assay.entry.worker.again_and_again import (  # noqa: E402 - Django must be set up first
    again_and_again,
    clock,
    until_stopped,
)
from assay.service.installation import Installation, this_installation  # noqa: E402 - as above
from assay.service.pipeline.worker_rounds import Round, tend  # noqa: E402 - as above
from assay.service.webhooks.send_webhook_messages import send_due  # noqa: E402 - as above


def main() -> int:
    """Work until a signal says stop."""
    stop = until_stopped()
    try:
        installation = this_installation()
    except AssayError as problem:
        sys.stderr.write(f"assay: {problem}\n")
        return problem.exit_code
    work(installation, stop=stop)
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


if __name__ == "__main__":
    sys.exit(main())
