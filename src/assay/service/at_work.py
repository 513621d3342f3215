"""Who is at work on what: the person behind an actor, and the rules of a batch."""

from dataclasses import dataclass

from assay.core.errors import NotFound
from assay.service.installation import Installation
from assay.service.label_loop import Rules
from assay.service.permissions import Actor
from assay.service.running import intake_of
from assay.store.batches import batch_by_name
from assay.store.people import PersonRow, person_by_id
from assay.store.projects import project_by_id
from assay.tasktypes import TASK_TYPES


@dataclass(frozen=True, slots=True)
class AtWork:
    """A person of a project, and what the label loop needs to know of the batch."""

    person: PersonRow
    rules: Rules


def at_work(installation: Installation, actor: Actor, *, batch: str) -> AtWork:
    """Return the actor as a person of the batch's project.

    Raises:
        NotFound: if there is no such batch in the actor's scope, or the actor is none of its people.
    """
    row = batch_by_name(actor.scope, batch)
    project = project_by_id(actor.scope, row.project_id)
    person = None if actor.person is None else person_by_id(actor.scope, actor.person)
    if person is None or person.project != project.id:
        raise NotFound(noun="person of this project", key=actor.name)
    intake = intake_of(project)
    rules = Rules(
        batch=row.id,
        project=project.name,
        seed=project.seed,
        task=TASK_TYPES.get(intake.task),
        schema=intake.schema,
        answer_price=intake.money.answer,
        expert_price=intake.money.expert,
        task_micros=installation.task_micros,
    )
    return AtWork(person=person, rules=rules)
