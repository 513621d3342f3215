"""Pause somebody in one project."""

from assay.core.errors import BadValue, NotAllowed
from assay.service.access.permissions import Actor, record, require
from assay.store import db
from assay.store.labelling.project_people import EXCLUDED, person_by_id, set_person_state


def pause_person(actor: Actor, *, person: int, reason: str, now: int) -> None:
    """Pause somebody in one project, with a reason that they can read."""
    require(actor, "pause or resume a person", now=now)
    said = reason.strip()[:500]
    if not said:
        raise BadValue(
            where="pause", key="reason", found="empty", expected="a reason that the person can read"
        )
    before = person_by_id(actor.scope, person)
    if before.state == EXCLUDED:
        raise NotAllowed(noun="person", state=EXCLUDED, verb="pause a person", possible="resume a person")
    with db.transaction():
        set_person_state(actor.scope, person, state="paused", reason=said)
        record(
            actor,
            now=now,
            verb="pause a person",
            subject=f"person {before.code}",
            before=before.state,
            after="paused",
        )
