"""End sessions: one's own, or, as an administrator, another person's."""

from collections.abc import Sequence

from assay.core.errors import NotFound
from assay.core.ids import canonical
from assay.service.access.permissions import Actor, record, require
from assay.store import db
from assay.store.accounts import account_members, sessions_and_second_factors


def end_sessions(
    actor: Actor, *, person: int, only: Sequence[int] | None = None, but: str = "", now: int
) -> int:
    """End some sessions of a person, or (None) all but that of the browser with the key `but`; return how many.

    Raises:
        NotPermitted: if it is another's, and the actor may not manage people.
        NotFound: if the tenant has no such person.
    """
    require(actor, "manage own account" if person == actor.member else "manage people", now=now)
    account_members.member_by_id(actor.scope, person)
    with db.transaction():
        ended = sessions_and_second_factors.end_sessions(actor.scope, member=person, sessions=only, but=but)
        if only is not None and ended < len(only):
            raise NotFound(noun="session", key=", ".join(str(one) for one in only))
        if ended:
            record(
                actor,
                now=now,
                verb="end sessions",
                subject=f"person {person}",
                detail=canonical({"ended": ended}).decode(),
            )
    return ended
