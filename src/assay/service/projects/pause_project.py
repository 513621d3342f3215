"""Pause a project: nobody gets anything new, and the pipeline stands still; answers to what is held are taken."""

from assay.core.errors import BadValue, NotAllowed
from assay.core.project import lifecycle
from assay.service.access.permissions import Actor, record, require
from assay.store import db
from assay.store.projects.batches import list_batches, move_batch
from assay.store.projects.projects import move_project, project_by_name, projects_of_batches


def pause_project(actor: Actor, *, project: str, reason: str, now: int) -> None:
    """Pause the batches in work, and the project where they are in production.

    Raises:
        NotAllowed: if no batch is in work.
        BadValue: if no reason is given.
    """
    require(actor, "pause or resume a project", now=now)
    said = reason.strip()[:500]
    if not said:
        raise BadValue(
            where="pause", key="reason", found="empty", expected="a reason that the requester can read"
        )
    found = project_by_name(actor.scope, project)
    seen = zip(list_batches(actor.scope, found.id), projects_of_batches(actor.scope, found.id), strict=True)
    working = [(row, view) for row, view in seen if row.status == lifecycle.IN_PROGRESS]
    if not working:
        raise NotAllowed(
            noun="project", state=found.status, verb="pause", possible="nothing of it is in work"
        )
    with db.transaction():
        for batch, view in working:
            move_batch(actor.scope, batch, "pause", reason=said)
            if view.status == lifecycle.PRODUCTION_IN_PROGRESS:
                move_project(actor.scope, view, "pause")
        record(
            actor,
            now=now,
            verb="pause a project",
            subject=f"project {project}",
            before=found.status,
            after=lifecycle.PAUSED,
        )
