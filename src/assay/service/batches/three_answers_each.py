"""What three answers each would have cost and reached, for a batch whose people are simulated."""

from assay.service.access.permissions import Actor, require
from assay.service.delivery.documents.document_facts import Comparison
from assay.service.delivery.fixed_redundancy import fixed_redundancy
from assay.service.working_set.stored_project import intake_of, workforce_of
from assay.store.projects import batches, projects
from assay.tasktypes import TASK_TYPES


def three_answers_each(actor: Actor, *, batch: str, now: int) -> Comparison | None:
    """Return the comparison, or None for a batch of real people."""
    require(actor, "see projects", now=now)
    row = batches.batch_by_name(actor.scope, batch)
    project = projects.project_of_batch(actor.scope, row.id)
    intake = intake_of(project)
    return fixed_redundancy(
        batch=row,
        intake=intake,
        task=TASK_TYPES.get(intake.task),
        workforce=workforce_of(project),
        seed=project.seed,
    )
