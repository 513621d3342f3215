"""End all API keys of somebody who changed their password and wants that."""

from assay.core.ids import canonical
from assay.service.access.permissions import Actor, record
from assay.service.sign_in.protection.tell_owner import tell_owner
from assay.store import db
from assay.store.accounts import api_keys
from assay.store.accounts.account_members import member_of_user
from assay.store.scope import Scope


def end_keys(*, user: int, source: str, now: int) -> int:
    """End every key of the member behind a user, whose new password is the permission; return how many ended."""
    member = member_of_user(user)
    if member is None:
        return 0
    scope = Scope(member.tenant)
    actor = Actor(scope=scope, name=member.email, roles=frozenset(), source=source, member=member.id)
    with db.transaction():
        ended = api_keys.revoke_keys_of(scope, member=member.id, now=now)
        if ended:
            record(
                actor,
                now=now,
                verb="end keys",
                subject=f"person {member.id}",
                detail=canonical({"ended": ended}).decode(),
            )
            keys = "Your API key" if ended == 1 else f"Your {ended} API keys"
            tell_owner(member, f"{keys} ended with the old password.", now=now)
    return ended
