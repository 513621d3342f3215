"""Let whoever filed a project label in it: only an operator says so, since they know what the answers should be."""

from assay.service.access.permissions import Actor, record, require
from assay.service.access.refuse_own_work import refuse_own
from assay.store import db
from assay.store.projects.projects import filers_of, let_filer_label, project_by_name


def let_requester_label(actor: Actor, *, project: str, now: int) -> None:
    """Let them; again has no further effect. They join like others, and read the batch's items no longer.

    Raises:
        NotPermitted: if the actor is no operator.
        OwnWork: if it is the actor who filed it.
        NotFound: if there is no such project in the scope.
    """
    require(actor, "let a requester label", now=now)
    found = project_by_name(actor.scope, project)
    if actor.member is not None and actor.member in filers_of(actor.scope, found.id):
        refuse_own(actor, verb="let a requester label", now=now)
    with db.transaction():
        let_filer_label(actor.scope, found.id)
        record(actor, now=now, verb="let a requester label", subject=f"project {project}")
