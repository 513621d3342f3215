"""Write down what somebody changed about how they sign in; a new password ends every session (SEC-8, AUD-1)."""

from assay.service.access.permissions import Actor, record
from assay.service.installation import Installation
from assay.service.sign_in.protection.tell_owner import tell_owner
from assay.service.trail.event_verbs import ACCOUNT_CHANGES, ACCOUNT_SENTENCES
from assay.store import db
from assay.store.accounts import sessions_and_second_factors
from assay.store.accounts.account_members import member_of_user
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
            sessions_and_second_factors.end_sessions(scope, member=member.id)
        if member is not None:
            tell_owner(member, ACCOUNT_SENTENCES[verb], now=now)
        record(actor, now=now, verb=verb, subject="account" if member is None else f"person {member.id}")
