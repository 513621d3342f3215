"""Exclude somebody from a project: nothing that they said is heard any longer (FRAUD-3)."""

from typing import Final

from assay.core.errors import BadValue, NotAllowed
from assay.core.ids import canonical
from assay.service.access.permissions import Actor, record, require
from assay.service.access.refuse_own_work import refuse_self
from assay.service.labelling import label_loop
from assay.service.workforce.restate_figures import restate
from assay.store import db
from assay.store.labelling.project_people import EXCLUDED, person_by_id, set_person_state

LONGEST: Final = 500


def exclude_person(actor: Actor, *, person: int, reason: str, now: int) -> int:
    """Take a labeller's answers out of every batch of the project whose labels are not frozen.

    Items that lose an answer are asked about again, and labels, risks, what is known about people, the plan and the counts
    of the data sheet are stated anew without the person. What they earned stays theirs. An operator can let them
    work again, or grant their appeal; then their answers are heard again.

    Returns:
        How many answers are no longer heard.

    Raises:
        NotFound: if there is no such person in the actor's scope.
        BadValue: if no reason is given.
        NotAllowed: if the person is an expert, is excluded already, or a batch with their answers is frozen: its certificate
            speaks of labels that rest on them.
    """
    require(actor, "exclude a person", now=now)
    said = reason.strip()[:LONGEST]
    if not said:
        raise BadValue(
            where="exclude", key="reason", found="empty", expected="a reason that the person can read"
        )
    before = person_by_id(actor.scope, person)
    refuse_self(actor, before, verb="exclude a person", now=now)
    if before.is_expert:
        possible = "pause them: what an expert judged stands, and their judgements can be queued again"
        raise NotAllowed(noun="person", state="expert", verb="exclude a person", possible=possible)
    if before.state == EXCLUDED:
        raise NotAllowed(noun="person", state=EXCLUDED, verb="exclude a person", possible="resume a person")
    with db.transaction():
        set_person_state(actor.scope, person, state=EXCLUDED, reason=said)
        label_loop.release_all(actor, person=before, now=now)
        withdrawn = restate(actor, person=before, verb="exclude a person")
        record(
            actor,
            now=now,
            verb="exclude a person",
            subject=f"person {before.code}",
            before=before.state,
            after=EXCLUDED,
            detail=canonical({"reason": said, "answers": withdrawn}).decode(),
        )
    return withdrawn
