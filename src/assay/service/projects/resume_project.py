"""Resume a paused project: work goes on where it stood."""

from assay.core.errors import NotAllowed
from assay.service.access.permissions import Actor, record, require
from assay.service.projects.resume_paused import paused_batches, resume
from assay.store import db
from assay.store.projects.projects import project_by_name


def resume_project(actor: Actor, *, project: str, now: int) -> None:
    """Resume the paused batches of a project.

    A project that stands still because its price would exceed what is approved needs an approval instead; it
    would pause again at once.

    Raises:
        NotAllowed: if nothing of it is paused.
    """
    require(actor, "pause or resume a project", now=now)
    found = project_by_name(actor.scope, project)
    paused = paused_batches(actor.scope, found.id)
    if not paused:
        raise NotAllowed(
            noun="project", state=found.status, verb="resume", possible="nothing of it is paused"
        )
    with db.transaction():
        resume(actor.scope, paused)
        record(actor, now=now, verb="resume a project", subject=f"project {project}", before=found.status)
