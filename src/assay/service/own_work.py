"""Nobody accepts, excuses or judges their own work, whatever roles they have besides (SEC-4)."""

from dataclasses import dataclass

from assay.core.errors import AssayError
from assay.service.permissions import Actor, record_outcome
from assay.store import db
from assay.store.counting import totals_of
from assay.store.people import PersonRow, person_of_member


@dataclass(eq=False, kw_only=True)
class OwnWork(AssayError):
    """Nobody may {verb} where it is about their own work; somebody else has to."""

    exit_code = 4
    verb: str


def refuse_own_work(actor: Actor, *, project: int, verb: str, now: int) -> None:
    """Raise `OwnWork` where the actor answered in a project, and record the refusal."""
    if actor.member is None:
        return
    person = person_of_member(actor.scope, project=project, member=actor.member)
    if person is not None and totals_of(person.id)[0]:
        _refuse(actor, verb=verb, now=now)


def refuse_self(actor: Actor, person: PersonRow, *, verb: str, now: int) -> None:
    """Raise `OwnWork` where the actor is that person, and record the refusal."""
    if actor.member is not None and person.member == actor.member:
        _refuse(actor, verb=verb, now=now)


def _refuse(actor: Actor, *, verb: str, now: int) -> None:
    with db.transaction():
        record_outcome(actor, now=now, verb=verb, outcome="refused")
    raise OwnWork(verb=verb)
