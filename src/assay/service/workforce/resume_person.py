"""Let somebody who was paused, excluded or linked with others work again, as themselves."""

from assay.service.access.permissions import Actor, record, require
from assay.service.access.refuse_own_work import refuse_self
from assay.service.workforce.restate_figures import restate
from assay.store import db
from assay.store.labelling.project_people import EXCLUDED, clear_person, person_by_id


def resume_person(actor: Actor, *, person: int, now: int) -> None:
    """Let somebody work again as themselves: no automatic check pauses them or links them with others any longer.

    Where they were excluded, their answers are heard again.

    Raises:
        NotFound: if there is no such person in the actor's scope.
        NotAllowed: if they were excluded, and a batch is frozen meanwhile.
    """
    require(actor, "pause or resume a person", now=now)
    before = person_by_id(actor.scope, person)
    refuse_self(actor, before, verb="pause or resume a person", now=now)
    with db.transaction():
        clear_person(actor.scope, person)
        if before.state == EXCLUDED:
            restate(actor, person=before, verb="resume a person")
        record(
            actor,
            now=now,
            verb="resume a person",
            subject=f"person {before.code}",
            before=before.state,
            after="active",
        )
