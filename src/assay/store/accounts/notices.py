"""Notices: what a member is told on their account page about keys, passwords and devices."""

from dataclasses import dataclass

from assay.store import db
from assay.store.scope import Scope


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One sentence for one member; `at` in microseconds."""

    id: int
    at: int
    text: str


def add_notice(*, member: int, text: str, now: int) -> None:
    """Insert a notice, inside the transaction of what it tells."""
    db.execute("INSERT INTO notice (member_id, at, text) VALUES (%s, %s, %s)", [member, now, text])


def list_notices(scope: Scope, *, member: int, limit: int) -> list[NoticeRow]:
    """Return a member's notices, newest first."""
    found = db.rows(
        "SELECT n.id, n.at, n.text FROM notice n JOIN member m ON m.id = n.member_id"
        " WHERE m.tenant_id = %s AND m.id = %s ORDER BY n.id DESC LIMIT %s",
        [scope.tenant, member, limit],
    )
    return [NoticeRow(*row) for row in found]


def forget_notices(*, before: int) -> None:
    """Forget what was told long ago; the trail keeps it."""
    db.execute("DELETE FROM notice WHERE at < %s", [before])
