"""Approve a quote that lies beyond the standing decisions, or lift the limit of a paused batch."""

from dataclasses import dataclass

from assay.core.errors import AssayError, NotAllowed, NotFound
from assay.core.project import lifecycle
from assay.service.access.permissions import Actor, record, require
from assay.service.batches.batch_figures import waits_for
from assay.service.projects.resume_paused import resume
from assay.service.working_set.stored_project import intake_of
from assay.store import db
from assay.store.projects.batches import BatchRow, list_batches
from assay.store.projects.projects import (
    ProjectRow,
    project_by_name,
    project_of_batch,
    projects_of_batches,
    save_quote,
)


@dataclass(eq=False, kw_only=True)
class SeveralWait(AssayError):
    """Several batches of {project} wait for a decision: {batches}; say which one is approved."""

    exit_code = 4
    project: str
    batches: str


def approve_quote(actor: Actor, *, project: str, batch: str = "", now: int) -> ProjectRow:
    """Agree to the plan or firm quote of a batch as it stands, or to go on beyond the price; the pipeline goes on.

    Without `batch` it is the one that waits.

    Raises:
        NotFound: if there is no such project in the scope, or it has no such batch.
        NotAllowed: if nothing waits for this.
        SeveralWait: if several batches do, and none is named.
    """
    require(actor, "approve a quote", now=now)
    whole = project_by_name(actor.scope, project)
    seen = zip(list_batches(actor.scope, whole.id), projects_of_batches(actor.scope, whole.id), strict=True)
    able = [(row, view) for row, view in seen if batch in ("", row.name)]
    if not able:
        raise NotFound(noun="batch", key=batch)
    waiting = [(row, view) for row, view in able if _may_wait(row, view)]
    if not waiting:
        status = able[-1][1].status
        raise NotAllowed(noun="project", state=status, verb="approve a quote", possible="nothing of it")
    if len(waiting) > 1:
        waiting = [(row, view) for row, view in waiting if waits_for(view, row, intake_of(view))] or waiting
    if len(waiting) > 1:
        names = ", ".join(row.name for row, _ in waiting)
        raise SeveralWait(project=project, batches=names)
    row, found = waiting[0]
    about = f"project {project}" if found.further is None else f"batch {row.name}"
    with db.transaction():
        save_quote(actor.scope, found, quote=found.quote, agreed=True)
        resume(actor.scope, [(row, found)])
        record(actor, now=now, verb="approve a quote", subject=about, before=found.status)
    return project_of_batch(actor.scope, row.id)


def _may_wait(row: BatchRow, project: ProjectRow) -> bool:
    """Whether an approval of a batch's plan, its quote, or a higher limit means anything."""
    if project.further is not None and not project.plan:
        return False
    return project.status in lifecycle.APPROVABLE or row.status == lifecycle.PAUSED
