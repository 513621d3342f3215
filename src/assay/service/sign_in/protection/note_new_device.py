"""Note that somebody signed in on a device that is new to their account, and tell them."""

from assay.service.access.permissions import Actor, record
from assay.service.sign_in.protection.tell_owner import tell_owner
from assay.store import db
from assay.store.accounts.account_members import member_of_user
from assay.store.scope import Scope


def note_new_device(*, user: int, address: str, agent: str, source: str, now: int) -> None:
    """Append the event, and tell the owner from where it was."""
    member = member_of_user(user)
    if member is None:
        return
    actor = Actor(
        scope=Scope(member.tenant), name=member.email, roles=frozenset(), source=source, member=member.id
    )
    browser = "".join(sign for sign in agent[:120] if sign.isprintable()) or "an unnamed browser"
    with db.transaction():
        record(actor, now=now, verb="sign in on a new device", subject=f"person {member.id}")
        tell_owner(
            member,
            f"Somebody signed in on a device that is new to this account, from {address} ({browser}).",
            now=now,
        )
