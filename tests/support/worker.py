"""A worker process of its own, to be killed: works on a batch until it is delivered, beside others.

    python -m tests.support.worker BATCH OUT

The environment says where (ASSAY_HOME, DATABASE_URL). It prints `working` when it has started.
"""

import sys
import time
from pathlib import Path

import django
from django.conf import settings

django.setup()

from assay.core.project import lifecycle  # noqa: E402 - Django must be set up first
from assay.service.installation import open_installation  # noqa: E402
from assay.service.pipeline.run_batch import BatchBusy, run_batch  # noqa: E402
from assay.store.projects.batches import batch_by_id  # noqa: E402
from assay.store.upkeep.fenced_leases import LeaseLost  # noqa: E402

LEASE_SECONDS = 10.0
STEP_ANSWERS = 10
PAUSE = 0.1


def main() -> int:
    """Work until the batch is delivered; return 0 then."""
    batch, out = int(sys.argv[1]), Path(sys.argv[2])
    installation = open_installation(
        home=settings.ASSAY.home,
        checkpoint_dir=settings.ASSAY.checkpoint_dir,
        tenant="main",
        lease_seconds=LEASE_SECONDS,
        task_seconds=1800,
        step_answers=STEP_ANSWERS,
    )
    sys.stdout.write("working\n")
    sys.stdout.flush()
    while batch_by_id(installation.scope, batch).status != lifecycle.DATA_DELIVERED:
        try:
            run_batch(installation, batch=batch, out=out, clock=now)
        except (BatchBusy, LeaseLost):
            time.sleep(PAUSE)
    return 0


def now() -> int:
    """Return the worker's time in microseconds."""
    return time.time_ns() // 1_000


if __name__ == "__main__":
    raise SystemExit(main())
