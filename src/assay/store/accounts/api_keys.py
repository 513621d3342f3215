"""API keys: secrets of which only the hash is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assay.core.errors import NotFound
from assay.store import db
from assay.store.scope import Scope


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An API key without its secret; `scopes` are the roles it may act with. Times in microseconds.

    `made_by` is `session`, `shell` or, for older ones, `key`; then `parent` is that key where it is known.
    """

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
    made_by: str
    parent: int | None


@dataclass(frozen=True, slots=True)
class HeldKey:
    """What a request with a key needs to know: the key, its hash, and the member it acts for."""

    key: KeyRow
    hash: str
    roles: frozenset[str]
    state: str
    name: str
    networks: tuple[str, ...]


_KEY = "id, tenant_id, member_id, name, prefix, scopes, created_at, expires_at, used_at, revoked_at, made_by, parent_id"


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
    made_by: str,
) -> KeyRow:
    """Insert a key and return it."""
    found = db.row(
        "INSERT INTO api_key (tenant_id, member_id, name, prefix, hash, scopes, created_at, expires_at, made_by)"
        f" VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING {_KEY}",
        [scope.tenant, member, name, prefix, hashed, " ".join(sorted(scopes)), now, expires_at, made_by],
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
        key=_key(found[:12]),
        hash=found[12],
        roles=frozenset(found[13].split()),
        state=found[14],
        name=found[15],
        networks=tuple(found[16].split()),
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


def revoke_key(scope: Scope, key: int, *, now: int) -> int:
    """End a key at once, and whatever was made with it; return how many ended."""
    return db.execute(
        "WITH RECURSIVE below (id) AS (SELECT id FROM api_key WHERE id = %s AND tenant_id = %s"
        " UNION SELECT k.id FROM api_key k JOIN below b ON k.parent_id = b.id)"
        " UPDATE api_key SET revoked_at = %s WHERE id IN (SELECT id FROM below) AND revoked_at = 0",
        [key, scope.tenant, now],
    )


def revoke_keys_of(scope: Scope, *, member: int, now: int) -> int:
    """End every key of a member at once; return how many ended that were still good."""
    return db.execute(
        "UPDATE api_key SET revoked_at = %s WHERE tenant_id = %s AND member_id = %s AND revoked_at = 0"
        " AND expires_at > %s",
        [now, scope.tenant, member, now],
    )


def _key(row: db.Row) -> KeyRow:
    values: list[Any] = [*row[:5], frozenset(row[5].split()), *row[6:12]]
    return KeyRow(*values)
