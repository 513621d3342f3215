"""Answer an appeal: grant or refuse it."""

from typing import Final

from assay.service.access.permissions import Actor, record, require
from assay.service.access.refuse_own_work import refuse_self
from assay.service.workforce.restate_figures import restate
from assay.store import db
from assay.store.labelling import own_pay_days_and_appeals
from assay.store.labelling.project_people import EXCLUDED, clear_person, person_by_id

LONGEST: Final = 4_000


def answer_appeal(actor: Actor, *, number: int, grant: bool, answer: str, now: int) -> None:
    """Grant an appeal, which lets the person work again (and whoever was excluded be heard again), or refuse it; the person reads the answer.

    Raises:
        NotFound: if there is no such open appeal.
        NotAllowed: if the person was excluded, and a batch is frozen meanwhile.
    """
    require(actor, "answer an appeal", now=now)
    whose = own_pay_days_and_appeals.person_of_appeal(actor.scope, number)
    person = person_by_id(actor.scope, whose)
    refuse_self(actor, person, verb="answer an appeal", now=now)
    with db.transaction():
        found = own_pay_days_and_appeals.answer_appeal(
            actor.scope,
            number,
            state="granted" if grant else "refused",
            answer=answer.strip()[:LONGEST],
            actor=actor.name,
            now=now,
        )
        if grant:
            clear_person(actor.scope, found.person)
            if person.state == EXCLUDED:
                restate(actor, person=person, verb="answer an appeal")
        record(
            actor,
            now=now,
            verb="answer an appeal",
            subject=f"appeal {number}",
            after="granted" if grant else "refused",
        )
