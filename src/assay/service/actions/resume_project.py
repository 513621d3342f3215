"""Resume a paused project: work goes on where it stood."""

from assay.core.errors import NotAllowed
from assay.core.project import lifecycle
from assay.service.permissions import Actor, record, require
from assay.store import db
from assay.store.batches import list_batches, move_batch
from assay.store.projects import move_project, project_by_name


def resume_project(actor: Actor, *, project: str, now: int) -> None:
    """Resume the paused batches of a project.

    A project that stands still because its price would exceed what is approved needs an approval instead; it
    would pause again at once.

    Raises:
        NotAllowed: if nothing of it is paused.
    """
    require(actor, "pause or resume a project", now=now)
    found = project_by_name(actor.scope, project)
    paused = [one for one in list_batches(actor.scope, found.id) if one.status == lifecycle.PAUSED]
    if not paused:
        raise NotAllowed(
            noun="project", state=found.status, verb="resume", possible="nothing of it is paused"
        )
    with db.transaction():
        for batch in paused:
            move_batch(actor.scope, batch, "resume")
        if found.status == lifecycle.PAUSED:
            move_project(actor.scope, found, "resume")
        record(actor, now=now, verb="resume a project", subject=f"project {project}", before=found.status)
