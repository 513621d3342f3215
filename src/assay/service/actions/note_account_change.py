"""Write down what somebody changed about how they sign in; a new password ends every session (SEC-8, AUD-1)."""

from typing import Final

from assay.service.installation import Installation
from assay.service.permissions import Actor, record
from assay.store import db, sessions
from assay.store.members import member_of_user
from assay.store.scope import Scope

VERBS: Final = {
    "mfa/email/totp_activated": "set up an authenticator app",
    "mfa/email/totp_deactivated": "remove an authenticator app",
    "mfa/email/webauthn_added": "add a passkey",
    "mfa/email/webauthn_removed": "remove a passkey",
    "mfa/email/recovery_codes_generated": "make recovery codes",
    "account/email/password_changed": "change the password",
    "account/email/password_reset": "reset the password",
    "account/email/password_set": "set a password",
    "account/email/email_changed": "change the address",
    "socialaccount/email/account_connected": "connect an identity",
    "socialaccount/email/account_disconnected": "disconnect an identity",
}
"""What the account library tells people by mail is what the trail tells too."""


def note_account_change(
    installation: Installation, *, user: int, email: str, what: str, source: str, now: int
) -> None:
    """Append the event for a change that the account library made; `what` is the name of its mail."""
    verb = VERBS.get(what)
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
