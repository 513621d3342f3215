"""Who is at work on what: the person behind an actor, and the rules of a batch."""

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assay.core.errors import NotFound
from assay.core.project import lifecycle
from assay.service.installation import Installation
from assay.service.label_loop import Rules
from assay.service.permissions import EXPERT, LABELLER, Actor
from assay.service.running import work_constants
from assay.store import db
from assay.store.batches import work_row
from assay.store.members import MemberRow, list_members
from assay.store.people import PersonRow, enrol, person_by_id, person_of_member
from assay.store.scope import Scope

WORKED_ON: Final = (lifecycle.IN_PROGRESS, lifecycle.SENT_FOR_REWORK)
"""Batches in these statuses hand out tasks; in all others answers to what is held are still taken."""


@dataclass(frozen=True, slots=True)
class AtWork:
    """A person of a project, and what the label loop needs to know of the batch."""

    person: PersonRow
    rules: Rules
    status: str


def at_work(installation: Installation, actor: Actor, *, batch: str) -> AtWork:
    """Return the actor as a person of the batch's project.

    Raises:
        NotFound: if there is no such batch in the actor's scope, or the actor is none of its people.
    """
    row = work_row(actor.scope, batch)
    intake, task = work_constants(row.project, row.intake_digest, actor.scope.tenant)
    if actor.person is not None:
        person: PersonRow | None = person_by_id(actor.scope, actor.person)
    elif actor.member is not None and intake.workforce.kind == "people":
        person = _joined(actor, project=row.project, seed=row.seed)
    else:
        person = None
    if person is None or person.project != row.project:
        raise NotFound(noun="person of this project", key=actor.name)
    rules = Rules(
        batch=row.batch,
        project=row.project_name,
        seed=row.seed,
        task=task,
        schema=intake.schema,
        answer_price=intake.money.answer,
        expert_price=intake.money.expert,
        task_micros=installation.task_micros,
        answers=row.answers,
        exposure=installation.exposure,
    )
    return AtWork(person=person, rules=rules, status=row.status)


def enrol_members(scope: Scope, *, project: int, seed: int) -> None:
    """Make every active labeller and expert of the tenant one of a project's people; in a transaction."""
    _enrol(scope, project=project, seed=seed, members=list_members(scope))


def pseudonym(*, project: int, member: int, seed: int) -> str:
    """Return what a member is called within one project: it tells nothing about them elsewhere (PRIV-4)."""
    digest = hmac.new(f"person {seed}".encode(), f"{project}/{member}".encode(), hashlib.sha256).digest()
    return "p-" + b32encode(digest[:5]).decode().lower()


def _joined(actor: Actor, *, project: int, seed: int) -> PersonRow | None:
    """Return the member as a person of the project; whoever came after its start joins now."""
    assert actor.member is not None
    found = person_of_member(actor.scope, project=project, member=actor.member)
    if found is None:
        with db.transaction():
            enrol_members(actor.scope, project=project, seed=seed)
        found = person_of_member(actor.scope, project=project, member=actor.member)
    return found


def _enrol(scope: Scope, *, project: int, seed: int, members: Sequence[MemberRow]) -> None:
    enrol(
        scope,
        project=project,
        people=[
            (member.id, pseudonym(project=project, member=member.id, seed=seed), EXPERT in member.roles)
            for member in members
            if member.is_active and member.roles & {LABELLER, EXPERT}
        ],
    )
