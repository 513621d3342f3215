"""Deliver a batch: do what is due on it, from wherever it stands to its delivery."""

from pathlib import Path

from assay.core.errors import NotAllowed
from assay.core.project import lifecycle
from assay.service.access.permissions import Actor, require
from assay.service.installation import Installation
from assay.service.pipeline.run_batch import Clock, Watcher, run_batch
from assay.service.working_set.stored_project import intake_of
from assay.store.projects.batches import batch_by_name
from assay.store.projects.projects import project_of_batch

DELIVERABLE = (lifecycle.READY_FOR_DELIVERY, lifecycle.SENT_FOR_REWORK, lifecycle.DATA_DELIVERED)


def deliver_batch(
    installation: Installation,
    actor: Actor,
    *,
    batch: str,
    out: Path | None,
    clock: Clock,
    watcher: Watcher | None = None,
) -> None:
    """Deliver an accepted batch, or go on with one that was sent for rework.

    Raises:
        NotAllowed: if the batch was not accepted.
        BatchBusy: if another worker is at it.
        MediaChanged, PlaceTaken: if it cannot be delivered whole.
    """
    require(actor, "deliver a batch", now=clock())
    row = batch_by_name(actor.scope, batch)
    if row.status not in DELIVERABLE:
        raise NotAllowed(noun="batch", state=row.status, verb="deliver", possible="accept it first")
    project = project_of_batch(actor.scope, row.id)
    place = out or Path(project.folder) / (intake_of(project).deliver_to or "out")
    run_batch(installation, batch=row.id, out=place, clock=clock, watcher=watcher)
