"""Working on a batch: take its lease, do what is due until nothing is, give the lease back.

Any number of workers may try: one holds a batch at a time, and a worker that lost its lease saves nothing.
"""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assay.core.errors import AssayError
from assay.service.installation import Installation
from assay.service.pipeline.stages_in_order import next_stage
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.load_batch import load_work
from assay.store import db
from assay.store.upkeep.fenced_leases import break_lease, claim_lease, drop_lease, hold_lease, lease_holder

Clock = Callable[[], int]
"""Returns the worker's time in microseconds."""

Watcher = Callable[[Work, str], None]
"""Told of every step: the batch as it was before, and the stage's name; "" when nothing is due any more."""


@dataclass(eq=False, kw_only=True)
class BatchBusy(AssayError):
    """Another worker ({holder}) is working on batch {batch}; it goes on there."""

    exit_code = 5
    batch: int
    holder: str


def run_batch(
    installation: Installation,
    *,
    batch: int,
    out: Path,
    clock: Clock,
    watcher: Watcher | None = None,
    most_steps: int | None = None,
) -> int:
    """Do what is due on a batch until nothing is, or `most_steps` are done; return how many.

    Raises:
        BatchBusy: if another worker holds the batch.
        LeaseLost: if this worker was too slow and another took over.
    """
    subject = f"batch {batch}"
    holder = _holder()
    _break_dead(subject)
    with db.transaction():
        now = clock()
        fence = claim_lease(subject, holder=holder, now=now, until=now + installation.lease_micros)
    if fence is None:
        raise BatchBusy(batch=batch, holder=lease_holder(subject))

    def hold() -> None:
        hold_lease(subject, fence=fence, until=clock() + installation.lease_micros)

    done = 0
    try:
        while most_steps is None or done < most_steps:
            work = load_work(installation, batch=batch, out=out, hold=hold, real_now=clock())
            stage = next_stage(work)
            if watcher is not None:
                watcher(work, "" if stage is None else stage.name)
            if stage is None:
                break
            stage.step(work)
            done += 1
    finally:
        with db.transaction():
            drop_lease(subject, fence=fence)
    return done


def is_due(installation: Installation, *, batch: int, now: int) -> bool:
    """Whether anything is due on a batch, asked without its lease; a look and nothing more."""
    work = load_work(installation, batch=batch, out=Path(), hold=lambda: None, real_now=now)
    return next_stage(work) is not None


def _holder() -> str:
    return f"{socket.gethostname()}/{os.getpid()}"


def _break_dead(subject: str) -> None:
    """Free a lease whose holder was a process of this machine that is gone: no need to wait for it."""
    holder = lease_holder(subject)
    host, _, pid = holder.rpartition("/")
    if host == socket.gethostname() and pid.isdigit() and int(pid) != os.getpid() and not _alive(int(pid)):
        with db.transaction():
            break_lease(subject, holder=holder)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
