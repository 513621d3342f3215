"""Approve a quote that lies beyond the intake's standing decisions, or lift the limit of a paused project."""

from assay.core.errors import NotAllowed
from assay.core.project import lifecycle
from assay.service.access.permissions import Actor, record, require
from assay.service.projects.resume_paused import is_paused, resume
from assay.store import db
from assay.store.projects.projects import ProjectRow, project_by_name, save_quote


def approve_quote(actor: Actor, *, project: str, now: int) -> ProjectRow:
    """Agree to the plan or firm quote as it stands, or to go on beyond the price; the pipeline goes on.

    Raises:
        NotAllowed: if the project does not wait for this.
    """
    require(actor, "approve a quote", now=now)
    found = project_by_name(actor.scope, project)
    if found.status not in lifecycle.APPROVABLE and not is_paused(actor.scope, found):
        raise NotAllowed(noun="project", state=found.status, verb="approve a quote", possible="nothing of it")
    with db.transaction():
        save_quote(actor.scope, found, quote=found.quote, agreed=True)
        resume(actor.scope, found)
        record(actor, now=now, verb="approve a quote", subject=f"project {project}", before=found.status)
    return project_by_name(actor.scope, project)
