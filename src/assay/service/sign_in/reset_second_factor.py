"""Reset a person's second factor: whoever lost theirs sets up a new one after signing in with the password."""

from assay.service.access.permissions import Actor, record, require
from assay.store import db
from assay.store.accounts import account_members, sessions_and_second_factors


def reset_second_factor(actor: Actor, *, person: int, now: int) -> int:
    """Remove a person's second factors and end their sessions; return how many factors there were.

    Raises:
        NotPermitted: if the actor may not manage people.
        NotFound: if the tenant has no such person.
    """
    require(actor, "manage people", now=now)
    account_members.member_by_id(actor.scope, person)
    with db.transaction():
        removed = sessions_and_second_factors.remove_factors(actor.scope, member=person)
        sessions_and_second_factors.end_sessions(actor.scope, member=person)
        record(actor, now=now, verb="reset a second factor", subject=f"person {person}")
    return removed
