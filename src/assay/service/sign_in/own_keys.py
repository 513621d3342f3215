"""One's own API keys, newest first."""

from assay.service.access.permissions import Actor, require
from assay.store.accounts.api_keys import KeyRow, list_keys


def own_keys(actor: Actor, *, now: int) -> list[KeyRow]:
    """Return the actor's keys, revoked and expired ones too.

    Raises:
        NotPermitted: if the actor has no role.
    """
    require(actor, "manage own keys", now=now)
    return [] if actor.member is None else list_keys(actor.scope, member=actor.member)
