"""Invite somebody: a one-time code with which they make their account."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.core.errors import BadValue
from assay.core.ids import canonical
from assay.service.access.permissions import ADMINISTRATOR, Actor, record, require
from assay.service.accounts.invitation_life import LIFE
from assay.service.accounts.names_and_addresses import check_roles, regular_email
from assay.service.accounts.open_invitation import NEWCOMER
from assay.service.installation import Installation
from assay.service.sign_in.shown_once_secrets import new_secret
from assay.store import db
from assay.store.accounts.account_members import has_members, is_known_address
from assay.store.accounts.invitations import InvitationRow, add_invitation


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and its code, which is told once and kept as a hash."""

    invitation: InvitationRow
    code: str


def invite_person(actor: Actor, *, email: str, roles: Sequence[str], now: int) -> Invited:
    """Make an invitation for an address.

    Raises:
        NotPermitted: if the actor may not manage people.
        BadValue: if the address is none or has an account, or a role is unknown.
    """
    require(actor, "manage people", now=now)
    address = regular_email(email, where="invitation")
    check_roles(roles, where="invitation")
    if is_known_address(address):
        raise BadValue(
            where="invitation", key="email", found="the address of an account", expected="a new address"
        )
    code, hashed = new_secret()
    with db.transaction():
        made = add_invitation(
            actor.scope,
            email=address,
            roles=roles,
            hashed=hashed,
            invited_by=actor.name,
            now=now,
            expires_at=now + LIFE,
        )
        record(
            actor,
            now=now,
            verb="invite a person",
            subject=f"invitation {made.id}",
            detail=canonical({"email": address, "roles": sorted(roles)}).decode(),
        )
    return Invited(invitation=made, code=code)


def first_invitation(installation: Installation, actor: Actor, *, now: int) -> str | None:
    """Return the code for the first administrator where nobody has an account yet, else None (SEC-6)."""
    if has_members(installation.scope):
        return None
    return invite_person(actor, email=f"first-{now}{NEWCOMER}", roles=[ADMINISTRATOR], now=now).code
