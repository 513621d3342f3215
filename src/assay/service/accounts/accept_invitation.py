"""Accept an invitation: account and membership in one transaction, the code used up exactly once."""

from dataclasses import dataclass

from assay.core.errors import AssayError
from assay.core.ids import canonical
from assay.service.access.permissions import Actor, record
from assay.service.accounts.names_and_addresses import regular_email, regular_name
from assay.service.accounts.open_invitation import NEWCOMER, InvitationGone, open_invitation
from assay.service.sign_in.password_rules import check_password, hash_password
from assay.store import db
from assay.store.accounts.account_members import (
    MemberRow,
    add_member,
    add_user,
    is_known_address,
    member_by_id,
)
from assay.store.accounts.invitations import revoke_invitations_like, use_invitation
from assay.store.scope import Scope


@dataclass(eq=False, kw_only=True)
class AddressTaken(AssayError):
    """Somebody signs in with {email} already."""

    exit_code = 4
    email: str


def accept_invitation(*, code: str, name: str, email: str, password: str, source: str, now: int) -> MemberRow:
    """Make the account that an invitation is for; the invitation itself is the permission.

    `email` counts only where the invitation names none, as that of the first administrator.

    Raises:
        InvitationGone: if the code cannot be used (any more).
        BadValue: if the name or address is none.
        WeakPassword: if the password breaks a rule.
        AddressTaken: if the address has an account.
    """
    invitation = open_invitation(code, now=now)
    called = regular_name(name, where="account")
    address = invitation.email or regular_email(email, where="account")
    if is_known_address(address):
        raise AddressTaken(email=address)
    check_password(password, email=address, name=called)
    hashed = hash_password(password)
    scope, roles = Scope(invitation.row.tenant), sorted(invitation.row.roles)
    with db.transaction():
        if not use_invitation(invitation.row.id, now=now):
            raise InvitationGone
        user = add_user(email=address, hashed=hashed)
        made = add_member(scope, user=user, name=called, email=address, roles=roles, now=now)
        if not invitation.email:
            revoke_invitations_like(scope, f"%{NEWCOMER}", now=now)
        record(
            Actor(scope=scope, name=address, roles=frozenset(), source=source, member=made),
            now=now,
            verb="join",
            subject=f"person {made}",
            after=" ".join(roles),
            detail=canonical({"invitation": invitation.row.id}).decode(),
        )
    return member_by_id(scope, made)
