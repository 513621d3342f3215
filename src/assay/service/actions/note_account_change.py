"""Write down what somebody changed about how they sign in; a new password ends every session (SEC-8, AUD-1)."""

from assay.service.installation import Installation
from assay.service.permissions import Actor, record
from assay.service.told_verbs import ACCOUNT_CHANGES
from assay.store import db, sessions
from assay.store.members import member_of_user
from assay.store.scope import Scope


def note_account_change(
    installation: Installation, *, user: int, email: str, what: str, source: str, now: int
) -> None:
    """Append the event for a change that the account library made; `what` is the name of its mail."""
    verb = ACCOUNT_CHANGES.get(what)
    if verb is None:
        return
    member = member_of_user(user)
    scope = installation.scope if member is None else Scope(member.tenant)
    actor = Actor(
        scope=scope,
        name=email,
        roles=frozenset(),
        source=source,
        member=None if member is None else member.id,
    )
    with db.transaction():
        if member is not None and "password" in verb:
            sessions.end_sessions(scope, member=member.id)
        record(actor, now=now, verb=verb, subject="account" if member is None else f"person {member.id}")
