"""Of which events webhooks can tell, and to whom."""

from collections.abc import Mapping

from assay.service.access.permissions import PERMISSIONS
from assay.service.trail.event_verbs import PROJECT_VERBS, STAFF_VERBS


def verbs_for(roles: frozenset[str]) -> Mapping[str, str]:
    """Return the verbs that somebody with these roles can choose, and what each tells."""
    return {**PROJECT_VERBS, **STAFF_VERBS} if sees_all(roles) else PROJECT_VERBS


def may_hear(roles: frozenset[str], verb: str) -> bool:
    """Whether an owner with these roles is told of a verb: who may not see events hears of projects only."""
    return sees_all(roles) or verb in PROJECT_VERBS


def sees_all(roles: frozenset[str]) -> bool:
    """Whether somebody with these roles may see events, and the names in them."""
    return bool(roles & PERMISSIONS["see events"])
