"""Change one's own name."""

from assay.core.errors import NotFound
from assay.service.access.permissions import Actor, record, require
from assay.service.accounts.names_and_addresses import regular_name
from assay.store import db
from assay.store.accounts import account_members


def rename_self(actor: Actor, *, name: str, now: int) -> None:
    """Change how the actor is called.

    Raises:
        NotPermitted: if the actor has no role.
        NotFound: if the actor has no account.
        BadValue: if the name is none.
    """
    require(actor, "manage own account", now=now)
    if actor.member is None:
        raise NotFound(noun="account", key=actor.name)
    called = regular_name(name, where="account")
    before = account_members.member_by_id(actor.scope, actor.member)
    with db.transaction():
        account_members.rename_member(actor.scope, before.id, name=called)
        record(
            actor,
            now=now,
            verb="change a name",
            subject=f"person {before.id}",
            before=before.name,
            after=called,
        )
