"""Write down a sign-in, a sign-out or a failed try."""

from assay.service.access.permissions import Actor, record_outcome
from assay.service.installation import Installation
from assay.store import db
from assay.store.accounts.account_members import find_member
from assay.store.scope import Scope


def note_sign_in(
    installation: Installation,
    *,
    email: str,
    source: str,
    outcome: str,
    now: int,
    verb: str = "sign in",
    subject: str = "",
) -> None:
    """Append the event to the trail of the account's tenant; unknown accounts go to the installation's own."""
    member = find_member(email)
    scope = installation.scope if member is None else Scope(member.tenant)
    actor = Actor(scope=scope, name=email[:200] or "unknown", roles=frozenset(), source=source)
    with db.transaction():
        record_outcome(actor, now=now, verb=verb, outcome=outcome, subject=subject)
