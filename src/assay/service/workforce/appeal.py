"""Appeal against being paused or excluded."""

from typing import Final

from assay.core.errors import BadValue, NotAllowed, NotFound
from assay.core.ids import canonical
from assay.service.access.permissions import Actor, record, require
from assay.store import db
from assay.store.labelling import own_pay_days_and_appeals
from assay.store.labelling.project_people import EXCLUDED, PAUSED, people_of_member

LONGEST: Final = 4_000


def appeal(actor: Actor, *, person: int, text: str, now: int) -> None:
    """Say why a pause or an exclusion is not right; an operator reads it and answers (FRAUD-2).

    Raises:
        NotFound: if the person is not the actor.
        NotAllowed: if they are neither paused nor excluded, or an appeal waits already.
        BadValue: if nothing is said.
    """
    require(actor, "appeal", now=now)
    mine = (
        {} if actor.member is None else {one.id: one for one in people_of_member(actor.scope, actor.member)}
    )
    if person not in mine:
        raise NotFound(noun="person", key=str(person))
    if mine[person].state not in (PAUSED, EXCLUDED) or own_pay_days_and_appeals.has_open_appeal(person):
        raise NotAllowed(noun="person", state=mine[person].state, verb="appeal", possible="nothing now")
    said = text.strip()[:LONGEST]
    if not said:
        raise BadValue(where="appeal", key="text", found="empty", expected="what the operator should know")
    with db.transaction():
        made = own_pay_days_and_appeals.add_appeal(actor.scope, person=person, text=said, now=now)
        record(
            actor,
            now=now,
            verb="appeal",
            subject=f"appeal {made}",
            detail=canonical({"person": person}).decode(),
        )
