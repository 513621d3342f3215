"""Nobody accepts, excuses or judges their own work, nor reads what others say of it, whatever roles they have (SEC-4).

Where one person is the whole installation, there is nobody else: what they may not see while they label opens when
labelling has ended, and the certificate says so.
"""

from dataclasses import dataclass
from typing import Final

from assay.core.errors import AssayError
from assay.core.project import lifecycle
from assay.service.access.permissions import Actor, record_outcome
from assay.store import db
from assay.store.accounts.account_members import is_alone
from assay.store.labelling.answer_counts import totals_of
from assay.store.labelling.project_people import PersonRow, person_of_member
from assay.store.projects.batches import BatchRow
from assay.store.projects.projects import filers_of


@dataclass(eq=False, kw_only=True)
class OwnWork(AssayError):
    """Nobody may {verb} where it is about their own work; somebody else has to."""

    exit_code = 4
    verb: str


@dataclass(eq=False, kw_only=True)
class WorksOnIt(OwnWork):
    """Whoever works on a batch may not {verb}: its items, answers and figures are open to those who do not."""


@dataclass(eq=False, kw_only=True)
class FilesForOthers(OwnWork):
    """Whoever labels in a project may not {verb} to it; a requester who does not label there has to."""


LABELLED: Final = (
    lifecycle.READY_FOR_REVIEW,
    lifecycle.REVIEW_SUBMISSION,
    lifecycle.REVIEW_COMPLETE,
    lifecycle.ACCEPTED,
    lifecycle.READY_FOR_DELIVERY,
    lifecycle.DATA_DELIVERED,
)
"""Batches in these statuses ask nobody for labels."""


def refuse_own_work(actor: Actor, *, project: int, verb: str, now: int) -> None:
    """Raise `OwnWork` where the actor answered in a project, and record the refusal; whoever is alone may."""
    person = person_in(actor, project=project)
    if person is not None and totals_of(person.id)[0] and not is_alone(actor.scope, project=project):
        refuse_own(actor, verb=verb, now=now)


def refuse_to_read_own_batch(
    actor: Actor, batch: BatchRow, *, verb: str, now: int, may_filer: bool = False
) -> None:
    """Raise `WorksOnIt` where the actor is one of a batch's people; whoever is alone reads it after the labelling.

    With `may_filer` whoever filed the project may all the same.
    """
    if person_in(actor, project=batch.project_id) is None:
        return
    if may_filer and actor.member in filers_of(actor.scope, batch.project_id):
        return
    alone = batch.status in LABELLED and is_alone(actor.scope, project=batch.project_id)
    if not alone:
        with db.transaction():
            record_outcome(actor, now=now, verb=verb, outcome="refused", subject=f"batch {batch.name}")
        raise WorksOnIt(verb=verb)


def refuse_to_file_own_work(actor: Actor, *, project: int, verb: str, now: int) -> None:
    """Raise `FilesForOthers` where the actor labels in a project, and record the refusal; whoever is alone may.

    So may whoever filed it, of whom an operator said that they label all the same.
    """
    if person_in(actor, project=project) is None or is_alone(actor.scope, project=project):
        return
    if actor.member in filers_of(actor.scope, project):
        return
    with db.transaction():
        record_outcome(actor, now=now, verb=verb, outcome="refused")
    raise FilesForOthers(verb=verb)


def person_in(actor: Actor, *, project: int) -> PersonRow | None:
    """Return the actor as one of a project's people, None where they are none."""
    if actor.member is None:
        return None
    return person_of_member(actor.scope, project=project, member=actor.member)


def refuse_self(actor: Actor, person: PersonRow, *, verb: str, now: int) -> None:
    """Raise `OwnWork` where the actor is that person, and record the refusal."""
    if actor.member is not None and person.member == actor.member:
        refuse_own(actor, verb=verb, now=now)


def refuse_own(actor: Actor, *, verb: str, now: int) -> None:
    """Raise `OwnWork`, and record the refusal."""
    with db.transaction():
        record_outcome(actor, now=now, verb=verb, outcome="refused")
    raise OwnWork(verb=verb)
