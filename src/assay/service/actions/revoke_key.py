"""Revoke an API key: one's own, or another's as an administrator."""

from assay.core.errors import NotFound
from assay.service.permissions import Actor, may, record, require
from assay.store import db, keys


def revoke_key(actor: Actor, *, key: int, now: int) -> None:
    """End a key at once; again has no further effect.

    Raises:
        NotPermitted: if the actor has no role.
        NotFound: if there is no such key, or it is another's and the actor may not revoke those.
    """
    require(actor, "manage own keys", now=now)
    row = keys.key_by_id(actor.scope, key)
    if row.member != actor.member and not may(actor, "revoke a key"):
        raise NotFound(noun="key", key=str(key))
    if row.revoked_at:
        return
    with db.transaction():
        keys.revoke_keys(actor.scope, [key], now=now)
        record(actor, now=now, verb="revoke a key", subject=f"key {key}")
