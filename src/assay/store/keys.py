"""API keys and invitations: secrets of which only the hash is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assay.core.errors import NotFound
from assay.store import db
from assay.store.scope import Scope


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An API key without its secret; `scopes` are the roles it may act with. Times in microseconds."""

    id: int
    tenant: int
    member: int
    name: str
    prefix: str
    scopes: frozenset[str]
    created_at: int
    expires_at: int
    used_at: int
    revoked_at: int


@dataclass(frozen=True, slots=True)
class HeldKey:
    """What a request with a key needs to know: the key, its hash, and the member it acts for."""

    key: KeyRow
    hash: str
    roles: frozenset[str]
    state: str
    name: str
    networks: tuple[str, ...]


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


_KEY = "id, tenant_id, member_id, name, prefix, scopes, created_at, expires_at, used_at, revoked_at"
_INVITATION = "id, tenant_id, email, roles, invited_by, created_at, expires_at, used_at, revoked_at"


def add_key(
    scope: Scope,
    *,
    member: int,
    name: str,
    prefix: str,
    hashed: str,
    scopes: Sequence[str],
    now: int,
    expires_at: int,
) -> KeyRow:
    """Insert a key and return it."""
    found = db.row(
        "INSERT INTO api_key (tenant_id, member_id, name, prefix, hash, scopes, created_at, expires_at)"
        f" VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING {_KEY}",
        [scope.tenant, member, name, prefix, hashed, " ".join(sorted(scopes)), now, expires_at],
    )
    assert found is not None
    return _key(found)


def held_key(prefix: str) -> HeldKey | None:
    """Return the key with this prefix and its member in one look; None where there is none."""
    columns = ", ".join(f"k.{name}" for name in _KEY.split(", "))
    found = db.row(
        f"SELECT {columns}, k.hash, m.roles, m.state, m.name, m.networks"
        " FROM api_key k JOIN member m ON m.id = k.member_id WHERE k.prefix = %s",
        [prefix],
    )
    if found is None:
        return None
    return HeldKey(
        key=_key(found[:10]),
        hash=found[10],
        roles=frozenset(found[11].split()),
        state=found[12],
        name=found[13],
        networks=tuple(found[14].split()),
    )


def touch_key(key: int, *, now: int) -> None:
    """Remember when a key was last used."""
    db.execute("UPDATE api_key SET used_at = %s WHERE id = %s", [now, key])


def list_keys(scope: Scope, *, member: int | None = None) -> list[KeyRow]:
    """Return the keys of one member, or of the tenant, newest first."""
    condition, values = ("AND member_id = %s", [member]) if member is not None else ("", [])
    found = db.rows(
        f"SELECT {_KEY} FROM api_key WHERE tenant_id = %s {condition} ORDER BY id DESC",
        [scope.tenant, *values],
    )
    return [_key(row) for row in found]


def keys_used_at(scope: Scope) -> dict[int, int]:
    """Return when the keys of each member were last used, by member."""
    found = db.rows(
        "SELECT member_id, MAX(used_at) FROM api_key WHERE tenant_id = %s GROUP BY member_id", [scope.tenant]
    )
    return {int(member): int(at) for member, at in found}


def key_by_id(scope: Scope, key: int) -> KeyRow:
    """Return a key; raises `NotFound` also for one of another tenant."""
    found = db.row(f"SELECT {_KEY} FROM api_key WHERE id = %s AND tenant_id = %s", [key, scope.tenant])
    if found is None:
        raise NotFound(noun="key", key=str(key))
    return _key(found)


def revoke_keys(scope: Scope, keys: Sequence[int], *, now: int) -> None:
    """End keys at once."""
    db.change_many(
        "UPDATE api_key SET revoked_at = %s WHERE id = %s AND tenant_id = %s AND revoked_at = 0",
        [(now, key, scope.tenant) for key in keys],
    )


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


def _key(row: db.Row) -> KeyRow:
    values: list[Any] = [*row[:5], frozenset(row[5].split()), *row[6:10]]
    return KeyRow(*values)


def _invitation(row: db.Row) -> InvitationRow:
    values: list[Any] = [*row[:3], frozenset(row[3].split()), *row[4:]]
    return InvitationRow(*values)
