"""Permissions are one table, verb x role; deny is the default.

The first line of every action is `require(actor, VERB)`; the documents and the tests are generated
from the table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assay.core.errors import NotPermitted
from assay.store import db
from assay.store.scope import Scope
from assay.store.trail.events import append_event

REQUESTER, OPERATOR, LABELLER, EXPERT, AUDITOR, ADMINISTRATOR, SYSTEM = ROLES = (
    "requester",
    "operator",
    "labeller",
    "expert",
    "auditor",
    "administrator",
    "system",
)

PERMISSIONS: Final[Mapping[str, frozenset[str]]] = {
    "submit an intake": frozenset({REQUESTER, OPERATOR}),
    "add a batch": frozenset({REQUESTER, OPERATOR}),
    "see projects": frozenset({REQUESTER, OPERATOR, AUDITOR, ADMINISTRATOR, SYSTEM}),
    "change labels": frozenset({REQUESTER, OPERATOR}),
    "approve a quote": frozenset({REQUESTER}),
    "run the pipeline": frozenset({OPERATOR, SYSTEM}),
    "take a task": frozenset({LABELLER, EXPERT}),
    "submit an answer": frozenset({LABELLER, EXPERT}),
    "mend an answer": frozenset({LABELLER, EXPERT}),
    "skip a task": frozenset({LABELLER, EXPERT}),
    "release a task": frozenset({LABELLER, EXPERT}),
    "renew a task": frozenset({LABELLER, EXPERT}),
    "accept a batch": frozenset({REQUESTER}),
    "reject a batch": frozenset({REQUESTER}),
    "deliver a batch": frozenset({REQUESTER, OPERATOR, SYSTEM}),
    "ask for formats": frozenset({REQUESTER, OPERATOR}),
    "verify the audit trail": frozenset({AUDITOR, ADMINISTRATOR, OPERATOR}),
    "back up": frozenset({ADMINISTRATOR, OPERATOR}),
    "restore": frozenset({ADMINISTRATOR}),
    "check the installation": frozenset({ADMINISTRATOR, OPERATOR}),
    "edit a draft": frozenset({REQUESTER, OPERATOR}),
    "see items": frozenset({REQUESTER, OPERATOR, AUDITOR}),
    "comment on an item": frozenset({REQUESTER, OPERATOR, EXPERT}),
    "download a delivery": frozenset({REQUESTER, OPERATOR, AUDITOR}),
    "see own work": frozenset({LABELLER, EXPERT}),
    "see the review queue": frozenset({EXPERT}),
    "appeal": frozenset({LABELLER, EXPERT}),
    "answer an appeal": frozenset({OPERATOR}),
    "see people at work": frozenset({OPERATOR, AUDITOR, ADMINISTRATOR}),
    "pause or resume a person": frozenset({OPERATOR}),
    "exclude a person": frozenset({OPERATOR}),
    "let a requester label": frozenset({OPERATOR}),
    "see queues": frozenset({OPERATOR, AUDITOR, ADMINISTRATOR}),
    "pause or resume a project": frozenset({OPERATOR, REQUESTER}),
    "plan again": frozenset({OPERATOR}),
    "queue an item again": frozenset({OPERATOR}),
    "see events": frozenset({OPERATOR, AUDITOR, ADMINISTRATOR}),
    "see the access table": frozenset(set(ROLES) - {SYSTEM}),
    "see people": frozenset({OPERATOR, AUDITOR, ADMINISTRATOR}),
    "manage people": frozenset({ADMINISTRATOR}),
    "see keys": frozenset({AUDITOR, ADMINISTRATOR}),
    "revoke a key": frozenset({ADMINISTRATOR}),
    "manage own keys": frozenset(set(ROLES) - {SYSTEM}),
    "manage own account": frozenset(set(ROLES) - {SYSTEM}),
    "manage webhooks": frozenset({REQUESTER, OPERATOR, ADMINISTRATOR}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, for whom, with which roles, from where.

    Attributes:
        scope: the tenant (and projects) the actor works within.
        name: the account, or a labeller's pseudonym.
        roles: roles of the table.
        source: the door, for example `cli`.
        person: the person's id where a labeller or expert acts.
        member: the member's id where somebody with an account acts.
        key: the key's id where a program acts with one.
        confirmed_at: when whoever is signed in last gave password or second factor, in microseconds; 0: not known.
    """

    scope: Scope
    name: str
    roles: frozenset[str]
    source: str
    person: int | None = None
    member: int | None = None
    key: int | None = None
    confirmed_at: int = 0


def may(actor: Actor, verb: str) -> bool:
    """Whether the table allows it; an unknown verb is allowed to nobody."""
    return bool(actor.roles & PERMISSIONS.get(verb, frozenset()))


def require(actor: Actor, verb: str, *, now: int) -> None:
    """Raise `NotPermitted`, and record the refusal, where the table does not allow it."""
    if may(actor, verb):
        return
    with db.transaction():
        record_outcome(actor, now=now, verb=verb, outcome="refused")
    raise NotPermitted(actor=actor.name, roles=", ".join(sorted(actor.roles)) or "no role", verb=verb)


def record_outcome(
    actor: Actor, *, now: int, verb: str, outcome: str, subject: str = "", detail: str = "{}"
) -> None:
    """Append the event of a try and how it ended, inside a transaction."""
    append_event(
        actor.scope,
        at=now,
        actor=actor.name,
        source=actor.source,
        verb=verb,
        subject=subject,
        outcome=outcome,
        detail=detail,
    )


def record(
    actor: Actor,
    *,
    now: int,
    verb: str,
    subject: str,
    before: str = "",
    after: str = "",
    detail: str = "{}",
) -> None:
    """Append the event of what an actor did, inside the transaction that does it."""
    append_event(
        actor.scope,
        at=now,
        actor=actor.name,
        source=actor.source,
        verb=verb,
        subject=subject,
        before=before,
        after=after,
        detail=detail,
    )
