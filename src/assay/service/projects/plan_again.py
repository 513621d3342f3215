"""Plan a project again: what has happened so far takes the place of what was expected."""

from assay.core.errors import NotAllowed
from assay.core.planning.plan import Plan
from assay.core.project import lifecycle
from assay.service.access.permissions import Actor, record, require
from assay.service.delivery.delivery_folder import delivery_place
from assay.service.installation import Installation
from assay.service.quality.plan_and_quote import plan_so_far, store_plan
from assay.service.working_set.load_batch import load_work
from assay.store import db
from assay.store.items import items
from assay.store.projects import projects
from assay.store.projects.batches import BatchRow, list_batches


def plan_again(installation: Installation, actor: Actor, *, project: str, now: int) -> None:
    """Estimate price and date anew, of each batch that is not delivered.

    Raises:
        NotAllowed: if there is no quote yet, which the pilot makes.
    """
    require(actor, "plan again", now=now)
    found = projects.project_by_name(actor.scope, project)
    batches = list_batches(actor.scope, found.id)
    live = [batch for batch in batches if batch.status != lifecycle.DATA_DELIVERED] or batches[-1:]
    plans = [_estimated(installation, found, batch, now=now) for batch in live]
    if not any(plan for _, plan in plans):
        raise NotAllowed(
            noun="project", state=found.status, verb="plan again", possible="wait for the pilot's quote"
        )
    with db.transaction():
        for view, plan in plans:
            if plan is not None:
                projects.save_plan(actor.scope, view, plan=store_plan(plan))
        record(actor, now=now, verb="plan again", subject=f"project {project}")


def _estimated(
    installation: Installation, project: projects.ProjectRow, batch: BatchRow, *, now: int
) -> tuple[projects.ProjectRow, Plan | None]:
    work = load_work(
        installation,
        batch=batch.id,
        out=delivery_place(installation, project),
        hold=lambda: None,
        real_now=now,
    )
    settled = items.count_by_state(batch).get(lifecycle.SETTLED, 0)
    return work.project, plan_so_far(work, settled=settled)
