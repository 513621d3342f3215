"""Plan a project again: what has happened so far takes the place of what was expected."""

from assay.core.errors import NotAllowed
from assay.core.project import lifecycle
from assay.service.access.permissions import Actor, record, require
from assay.service.delivery.delivery_folder import delivery_place
from assay.service.installation import Installation
from assay.service.quality.plan_and_quote import plan_so_far, store_plan
from assay.service.working_set.load_batch import load_work
from assay.store import db
from assay.store.items import items
from assay.store.projects import projects
from assay.store.projects.batches import list_batches


def plan_again(installation: Installation, actor: Actor, *, project: str, now: int) -> None:
    """Estimate price and date anew.

    Raises:
        NotAllowed: if there is no quote yet, which the pilot makes.
    """
    require(actor, "plan again", now=now)
    found = projects.project_by_name(actor.scope, project)
    batch = list_batches(actor.scope, found.id)[-1]
    work = load_work(
        installation,
        batch=batch.id,
        out=delivery_place(installation, found),
        hold=lambda: None,
        real_now=now,
    )
    settled = items.count_by_state(batch).get(lifecycle.SETTLED, 0)
    plan = plan_so_far(work, settled=settled)
    if plan is None:
        raise NotAllowed(
            noun="project", state=found.status, verb="plan again", possible="wait for the pilot's quote"
        )
    with db.transaction():
        projects.save_plan(actor.scope, found, plan=store_plan(plan))
        record(actor, now=now, verb="plan again", subject=f"project {project}")
