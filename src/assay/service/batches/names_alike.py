"""Which project, batch or person may be meant by a name that is none: for whoever may see them all."""

from dataclasses import replace

from assay.core.did_you_mean import did_you_mean
from assay.core.errors import NotFound
from assay.service.access.permissions import Actor, may
from assay.store.accounts.account_members import list_members
from assay.store.projects.batches import list_batches
from assay.store.projects.projects import list_projects


def with_name_alike(actor: Actor, problem: NotFound) -> NotFound:
    """Return the error with the name that is most like the one in it; as it is where the actor may not see such names."""
    if problem.hint:
        return problem
    if problem.noun == "batch" and may(actor, "see projects"):
        known = [one.name for one in list_batches(actor.scope)]
    elif problem.noun == "project" and may(actor, "see projects"):
        known = [one.name for one in list_projects(actor.scope)]
    elif problem.noun == "person" and may(actor, "manage people"):
        known = [one.email for one in list_members(actor.scope)]
    else:
        return problem
    return replace(problem, hint=did_you_mean(problem.key, known))
