"""Who is at work on what: the person behind an actor, and the rules of a batch."""

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assay.core.errors import NotFound
from assay.core.project import lifecycle
from assay.service.access.permissions import EXPERT, LABELLER, Actor
from assay.service.access.refuse_own_work import OwnWork
from assay.service.installation import Installation
from assay.service.working_set.label_queues import Rules
from assay.service.working_set.stored_project import work_constants
from assay.store import db
from assay.store.accounts.account_members import MemberRow, is_alone, list_members
from assay.store.labelling.project_people import (
    PersonRow,
    enrol,
    lacks_members,
    person_by_id,
    person_of_member,
)
from assay.store.projects.batches import work_row
from assay.store.projects.projects import filers_kept_out
from assay.store.scope import Scope

WORKED_ON: Final = (lifecycle.IN_PROGRESS, lifecycle.SENT_FOR_REWORK)
"""Batches in these statuses hand out tasks; in all others answers to what is held are still taken."""


@dataclass(eq=False, kw_only=True)
class FilersDoNotLabel(OwnWork):
    """Whoever filed a project labels in it only where another operator says so (Operations)."""

    verb: str = "label"


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
    intake, task = work_constants(row.project, row.intake_digest, actor.scope.tenant, row.schema_version)
    if actor.person is not None:
        person: PersonRow | None = person_by_id(actor.scope, actor.person)
    elif actor.member is not None and intake.workforce.kind == "people":
        person = _joined(actor, project=row.project, seed=row.crew_seed)
    else:
        person = None
    if (
        person is None
        and actor.member is not None
        and actor.member in kept_out(actor.scope, project=row.project)
    ):
        raise FilersDoNotLabel
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
    """Make every active labeller and expert of the tenant one of a project's people; in a transaction.

    Whoever filed the project or a further batch of it is none of them, unless an operator said so or there is nobody else.
    """
    out = kept_out(scope, project=project)
    _enrol(
        scope, project=project, seed=seed, members=[one for one in list_members(scope) if one.id not in out]
    )


def has_newcomers(scope: Scope, *, project: int) -> bool:
    """Whether somebody could be enrolled who is not yet."""
    roles = (LABELLER, EXPERT)
    if not lacks_members(scope, project=project, roles=roles):
        return False
    out = kept_out(scope, project=project)
    return not out or lacks_members(scope, project=project, roles=roles, but=out)


def kept_out(scope: Scope, *, project: int) -> frozenset[int]:
    """Return the members who filed a project or a further batch of it, and do not label in it."""
    filers = filers_kept_out(scope, project)
    return frozenset() if filers and is_alone(scope, project=project) else filers


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
