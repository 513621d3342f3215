"""The people of the tests: one per role, the same everywhere."""

from dataclasses import dataclass

from assay.service.access.permissions import (
    ADMINISTRATOR,
    AUDITOR,
    EXPERT,
    LABELLER,
    OPERATOR,
    REQUESTER,
    SYSTEM,
    Actor,
)
from assay.store.scope import Scope


@dataclass(frozen=True)
class Cast:
    """Rita requests, Otto operates, Ada audits, Adam administers, Lena and Luis label, Eva is the expert."""

    scope: Scope
    rita: Actor
    otto: Actor
    ada: Actor
    adam: Actor
    lena: Actor
    luis: Actor
    eva: Actor
    assay: Actor


def cast_of(scope: Scope) -> Cast:
    """Return the people as they act for one tenant."""
    return Cast(
        scope=scope,
        rita=actor("rita", REQUESTER, scope),
        otto=actor("otto", OPERATOR, scope),
        ada=actor("ada", AUDITOR, scope),
        adam=actor("adam", ADMINISTRATOR, scope),
        lena=actor("lena", LABELLER, scope),
        luis=actor("luis", LABELLER, scope),
        eva=actor("eva", EXPERT, scope),
        assay=actor("assay", SYSTEM, scope),
    )


def actor(name: str, role: str, scope: Scope) -> Actor:
    """Return somebody with one role."""
    return Actor(scope=scope, name=name, roles=frozenset({role}), source="tests")
