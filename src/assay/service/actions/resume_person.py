"""Let somebody who was paused work again."""

from assay.service.own_work import refuse_self
from assay.service.permissions import Actor, record, require
from assay.store import db
from assay.store.people import person_by_id, set_person_state


def resume_person(actor: Actor, *, person: int, now: int) -> None:
    """Let somebody who was paused work again."""
    require(actor, "pause or resume a person", now=now)
    before = person_by_id(actor.scope, person)
    refuse_self(actor, before, verb="pause or resume a person", now=now)
    with db.transaction():
        set_person_state(actor.scope, person, state="active", reason="")
        record(
            actor,
            now=now,
            verb="resume a person",
            subject=f"person {before.code}",
            before=before.state,
            after="active",
        )
