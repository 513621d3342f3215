"""Begin a session: the browser in which somebody signed in stands in their list of sessions from now on."""

from assay.store import db
from assay.store.accounts import sessions_and_second_factors


def begin_session(*, user: int, key: str, address: str, agent: str, now: int) -> None:
    """List the session of the browser with this key; its digest is kept (SEC-8)."""
    with db.transaction():
        sessions_and_second_factors.add_session(user=user, key=key, address=address, agent=agent, now=now)
