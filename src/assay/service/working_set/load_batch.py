"""Read a batch as it stands, with everything that its stages need."""

from collections.abc import Callable
from pathlib import Path

from assay.providers.outbound import OutboundClient
from assay.service.installation import Installation
from assay.service.working_set.batch_at_hand import Limits, Work
from assay.service.working_set.stored_project import constants_of
from assay.store.projects.batches import batch_by_id
from assay.store.projects.projects import project_of_batch


def load_work(
    installation: Installation, *, batch: int, out: Path, hold: Callable[[], None], real_now: int
) -> Work:
    """Read a batch as it stands, with everything that its stages need."""
    row = batch_by_id(installation.scope, batch)
    project = project_of_batch(installation.scope, row.id)
    intake, task, workforce = constants_of(project)
    return Work(
        actor=installation.system("worker"),
        project=project,
        intake=intake,
        batch=row,
        task=task,
        workforce=workforce,
        limits=Limits(
            home=installation.home,
            checkpoint_dir=installation.checkpoint_dir,
            task_micros=installation.task_micros,
            step_answers=installation.step_answers,
            exposure=installation.exposure,
            outbound=OutboundClient(allowed=installation.outbound_allowed),
        ),
        out=out,
        hold=hold,
        real_now=real_now,
    )
