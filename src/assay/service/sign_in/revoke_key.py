"""Revoke an API key, and whatever was made with it: one's own, or another's as an administrator."""

from assay.core.errors import NotFound
from assay.core.ids import canonical
from assay.service.access.permissions import Actor, may, record, require
from assay.service.sign_in.protection.tell_owner import tell_owner
from assay.store import db
from assay.store.accounts import account_members, api_keys


def revoke_key(actor: Actor, *, key: int, now: int) -> None:
    """End a key at once; again has no further effect.

    Raises:
        NotPermitted: if the actor has no role.
        NotFound: if there is no such key, or it is another's and the actor may not revoke those.
    """
    require(actor, "manage own keys", now=now)
    row = api_keys.key_by_id(actor.scope, key)
    if row.member != actor.member and not may(actor, "revoke a key"):
        raise NotFound(noun="key", key=str(key))
    if row.revoked_at:
        return
    own = row.member == actor.member
    with db.transaction():
        ended = api_keys.revoke_key(actor.scope, key, now=now)
        record(
            actor,
            now=now,
            verb="revoke a key",
            subject=f"key {key}",
            detail=canonical({"ended": ended}).decode(),
        )
        member = account_members.member_by_id(actor.scope, row.member)
        by = "you" if own else actor.name
        tell_owner(member, f"The API key “{row.name}” was revoked by {by}.", mailed=not own, now=now)
