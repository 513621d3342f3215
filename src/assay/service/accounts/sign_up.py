"""Sign up: where the settings open registration, whoever registers becomes a labeller of the installation's tenant."""

from assay.service.access.permissions import LABELLER, Actor, record
from assay.service.accounts.names_and_addresses import LONGEST_NAME
from assay.service.installation import Installation
from assay.store import db
from assay.store.accounts.account_members import add_member, member_of_user


def sign_up(installation: Installation, *, user: int, email: str, source: str, now: int) -> bool:
    """Make the member behind a registered user where there is none yet; return whether one was made."""
    if member_of_user(user) is not None:
        return False
    address = email.strip().lower()
    name = address.partition("@")[0][:LONGEST_NAME] or "labeller"
    with db.transaction():
        made = add_member(installation.scope, user=user, name=name, email=address, roles=[LABELLER], now=now)
        record(
            Actor(scope=installation.scope, name=address, roles=frozenset(), source=source, member=made),
            now=now,
            verb="join",
            subject=f"person {made}",
            after=LABELLER,
        )
    return True
