"""End sessions: one's own, or, as an administrator, another person's."""

from collections.abc import Sequence

from assay.core.errors import NotFound
from assay.core.ids import canonical
from assay.service.permissions import Actor, record, require
from assay.store import db, members, sessions


def end_sessions(
    actor: Actor, *, person: int, only: Sequence[int] | None = None, but: str = "", now: int
) -> int:
    """End some sessions of a person, or (None) all but the one with the key `but`; return how many ended.

    Raises:
        NotPermitted: if it is another's, and the actor may not manage people.
        NotFound: if the tenant has no such person.
    """
    require(actor, "manage own account" if person == actor.member else "manage people", now=now)
    members.member_by_id(actor.scope, person)
    with db.transaction():
        ended = sessions.end_sessions(actor.scope, member=person, sessions=only, but=but)
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
