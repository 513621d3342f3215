"""Invitations: one-time codes of which only the hash is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assay.core.errors import NotFound
from assay.store import db
from assay.store.scope import Scope

_INVITATION = "id, tenant_id, email, roles, invited_by, created_at, expires_at, used_at, revoked_at"


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """A way in for somebody new, once."""

    id: int
    tenant: int
    email: str
    roles: frozenset[str]
    invited_by: str
    created_at: int
    expires_at: int
    used_at: int
    revoked_at: int


def add_invitation(
    scope: Scope, *, email: str, roles: Sequence[str], hashed: str, invited_by: str, now: int, expires_at: int
) -> InvitationRow:
    """Insert an invitation and return it."""
    found = db.row(
        "INSERT INTO invitation (tenant_id, email, roles, hash, invited_by, created_at, expires_at)"
        f" VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING {_INVITATION}",
        [scope.tenant, email.lower(), " ".join(sorted(roles)), hashed, invited_by, now, expires_at],
    )
    assert found is not None
    return _invitation(found)


def invitation_by_hash(hashed: str) -> InvitationRow | None:
    """Return the invitation that a secret opens, of whatever tenant."""
    found = db.row(f"SELECT {_INVITATION} FROM invitation WHERE hash = %s", [hashed])
    return None if found is None else _invitation(found)


def use_invitation(invitation: int, *, now: int) -> bool:
    """Use an invitation up; return whether it was still good."""
    return (
        db.execute(
            "UPDATE invitation SET used_at = %s WHERE id = %s AND used_at = 0 AND revoked_at = 0"
            " AND expires_at > %s",
            [now, invitation, now],
        )
        == 1
    )


def list_invitations(scope: Scope, *, now: int | None = None) -> list[InvitationRow]:
    """Return the tenant's invitations, newest first; with `now` only those that can still be used."""
    condition, values = (
        ("", []) if now is None else (" AND used_at = 0 AND revoked_at = 0 AND expires_at > %s", [now])
    )
    found = db.rows(
        f"SELECT {_INVITATION} FROM invitation WHERE tenant_id = %s{condition} ORDER BY id DESC",
        [scope.tenant, *values],
    )
    return [_invitation(row) for row in found]


def revoke_invitation(scope: Scope, invitation: int, *, now: int) -> None:
    """Take an invitation back; raises `NotFound` where there is none that is open."""
    changed = db.execute(
        "UPDATE invitation SET revoked_at = %s WHERE id = %s AND tenant_id = %s AND used_at = 0 AND revoked_at = 0",
        [now, invitation, scope.tenant],
    )
    if not changed:
        raise NotFound(noun="open invitation", key=str(invitation))


def revoke_invitations_like(scope: Scope, pattern: str, *, now: int) -> None:
    """Take back every open invitation whose address fits the pattern."""
    db.execute(
        "UPDATE invitation SET revoked_at = %s WHERE tenant_id = %s AND email LIKE %s AND used_at = 0"
        " AND revoked_at = 0",
        [now, scope.tenant, pattern],
    )


def _invitation(row: db.Row) -> InvitationRow:
    values: list[Any] = [*row[:3], frozenset(row[3].split()), *row[4:]]
    return InvitationRow(*values)
