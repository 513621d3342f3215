"""Who may do what: the table of permissions, in groups (SEC-1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assay.service.access.permissions import PERMISSIONS, ROLES, SYSTEM, Actor, require

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "Projects and requests": (
        "submit an intake",
        "add a batch",
        "edit a draft",
        "see projects",
        "approve a quote",
        "run the pipeline",
        "change labels",
        "plan again",
        "pause or resume a project",
    ),
    "Work": (
        "take a task",
        "submit an answer",
        "mend an answer",
        "skip a task",
        "renew a task",
        "release a task",
        "see own work",
        "see the review queue",
        "appeal",
    ),
    "Items, batches and deliveries": (
        "see items",
        "comment on an item",
        "queue an item again",
        "accept a batch",
        "reject a batch",
        "deliver a batch",
        "ask for formats",
        "download a delivery",
    ),
    "People at work": (
        "see people at work",
        "pause or resume a person",
        "exclude a person",
        "let a requester label",
        "answer an appeal",
        "see queues",
    ),
    "Accounts": (
        "see people",
        "manage people",
        "see keys",
        "revoke a key",
        "manage own keys",
        "manage own account",
        "manage webhooks",
    ),
    "Proof and the installation": (
        "see events",
        "verify the audit trail",
        "see the access table",
        "check the installation",
        "back up",
        "restore",
    ),
}
"""The operations as people look for them; what no group names stands under "Other"."""


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One operation, and for each role whether it may."""

    verb: str
    allowed: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class AccessTable:
    """Operations in groups, against the roles."""

    roles: tuple[str, ...]
    groups: tuple[tuple[str, tuple[AccessRow, ...]], ...]


def access_table(actor: Actor, *, now: int) -> AccessTable:
    """Return the whole table.

    Raises:
        NotPermitted: if the actor has no role.
    """
    require(actor, "see the access table", now=now)
    roles = tuple(sorted(ROLES, key=lambda role: role == SYSTEM))
    named = {verb for verbs in GROUPS.values() for verb in verbs}
    groups = {
        **{name: tuple(verb for verb in verbs if verb in PERMISSIONS) for name, verbs in GROUPS.items()},
        "Other": tuple(sorted(set(PERMISSIONS) - named)),
    }
    return AccessTable(
        roles=roles,
        groups=tuple(
            (
                name,
                tuple(AccessRow(verb, tuple(role in PERMISSIONS[verb] for role in roles)) for verb in verbs),
            )
            for name, verbs in groups.items()
            if verbs
        ),
    )
