"""Revoke an invitation that nobody has used yet."""

from assay.service.access.permissions import Actor, record, require
from assay.store import db
from assay.store.accounts import invitations


def revoke_invitation(actor: Actor, *, invitation: int, now: int) -> None:
    """Take an invitation back; its code opens nothing from now on.

    Raises:
        NotPermitted: if the actor may not manage people.
        NotFound: if the tenant has no such open invitation.
    """
    require(actor, "manage people", now=now)
    with db.transaction():
        invitations.revoke_invitation(actor.scope, invitation, now=now)
        record(actor, now=now, verb="revoke an invitation", subject=f"invitation {invitation}")
