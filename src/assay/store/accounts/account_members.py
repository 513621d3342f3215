"""Members: who has an account in a tenant, with which roles; and the account library's users behind them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth import get_user_model

from assay.core.errors import NotFound
from assay.store import db
from assay.store.scope import Scope


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody with an account. `epoch` grows when roles change or the account is disabled.

    `networks` are CIDR blocks separated by spaces; none: any. Times in microseconds.
    """

    id: int
    tenant: int
    user: int
    name: str
    email: str
    roles: frozenset[str]
    state: str
    epoch: int
    networks: tuple[str, ...]
    created_at: int

    @property
    def is_active(self) -> bool:
        """Whether the account may be used."""
        return self.state == "active"


_COLUMNS = "id, tenant_id, user_id, name, email, roles, state, epoch, networks, created_at"


def add_user(*, email: str, password: str | None = None, hashed: str = "") -> int:
    """Insert an account that can sign in with a password, or (None) only in other ways; return its id.

    Inside a transaction give the password `hashed` already: hashing takes as long as a hundred statements.
    """
    if not hashed:
        made = get_user_model().objects.create_user(username=email, email=email, password=password)
        return int(made.pk)
    return int(get_user_model().objects.create(username=email, email=email, password=hashed).pk)


def add_member(
    scope: Scope,
    *,
    user: int,
    name: str,
    email: str,
    roles: Sequence[str],
    networks: Sequence[str] = (),
    now: int,
) -> int:
    """Insert a member and return its id."""
    found = db.row(
        "INSERT INTO member (tenant_id, user_id, name, email, roles, networks, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
        [scope.tenant, user, name, email.lower(), " ".join(sorted(roles)), " ".join(networks), now],
    )
    assert found is not None
    return int(found[0])


def member_of_user(user: int) -> MemberRow | None:
    """Return the member behind a signed-in user; whose tenant that is, only the row says."""
    found = db.row(f"SELECT {_COLUMNS} FROM member WHERE user_id = %s", [user])
    return None if found is None else _value(found)


def member_by_id(scope: Scope, member: int) -> MemberRow:
    """Return a member; raises `NotFound` also for one outside the tenant."""
    found = db.row(f"SELECT {_COLUMNS} FROM member WHERE id = %s AND tenant_id = %s", [member, scope.tenant])
    if found is None:
        raise NotFound(noun="person", key=str(member))
    return _value(found)


def member_by_email(scope: Scope, email: str) -> MemberRow | None:
    """Return the member with this address, or None."""
    found = db.row(
        f"SELECT {_COLUMNS} FROM member WHERE tenant_id = %s AND email = %s", [scope.tenant, email.lower()]
    )
    return None if found is None else _value(found)


def find_member(email: str) -> MemberRow | None:
    """Return the member who signs in with this address, of whatever tenant; only for signing in."""
    found = db.row(f"SELECT {_COLUMNS} FROM member WHERE email = %s ORDER BY id LIMIT 1", [email.lower()])
    return None if found is None else _value(found)


def list_members(scope: Scope, *, after: int = 0, limit: int = 1_000) -> list[MemberRow]:
    """Return the tenant's members by id, those behind `after`."""
    found = db.rows(
        f"SELECT {_COLUMNS} FROM member WHERE tenant_id = %s AND id > %s ORDER BY id LIMIT %s",
        [scope.tenant, after, limit],
    )
    return [_value(row) for row in found]


def has_members(scope: Scope) -> bool:
    """Whether anybody has an account."""
    return db.row("SELECT 1 FROM member WHERE tenant_id = %s LIMIT 1", [scope.tenant]) is not None


def is_alone(scope: Scope, *, project: int) -> bool:
    """Whether a tenant has one active member and no more, and no other was ever one of a project's people."""
    found = db.rows("SELECT id FROM member WHERE tenant_id = %s AND state = 'active' LIMIT 2", [scope.tenant])
    if len(found) != 1:
        return False
    other = db.row(
        "SELECT 1 FROM person WHERE project_id = %s AND tenant_id = %s AND member_id <> %s LIMIT 1",
        [project, scope.tenant, found[0][0]],
    )
    return other is None


def is_known_address(email: str) -> bool:
    """Whether anybody in any tenant signs in with this address."""
    return db.row("SELECT 1 FROM auth_user WHERE LOWER(email) = %s LIMIT 1", [email.lower()]) is not None


def active_administrators(scope: Scope, *, role: str) -> list[int]:
    """Return the active members with this role; inside a transaction nobody else changes them meanwhile."""
    lock = " FOR UPDATE" if db.is_postgres() else ""
    found = db.rows(
        f"SELECT id FROM member WHERE tenant_id = %s AND state = 'active' AND (' ' || roles || ' ') LIKE %s{lock}",
        [scope.tenant, f"% {role} %"],
    )
    return [int(member) for (member,) in found]


def change_member(
    scope: Scope, member: int, *, roles: Sequence[str], state: str, networks: Sequence[str]
) -> None:
    """Change roles, state and networks; older sessions end with the epoch, who is disabled cannot sign in."""
    db.execute(
        "UPDATE member SET roles = %s, state = %s, networks = %s, epoch = epoch + 1 WHERE id = %s AND tenant_id = %s",
        [" ".join(sorted(roles)), state, " ".join(networks), member, scope.tenant],
    )
    db.execute(
        "UPDATE auth_user SET is_active = %s WHERE id IN (SELECT user_id FROM member WHERE id = %s AND tenant_id = %s)",
        [state == "active", member, scope.tenant],
    )


def rename_member(scope: Scope, member: int, *, name: str) -> None:
    """Change how a member is called."""
    db.execute("UPDATE member SET name = %s WHERE id = %s AND tenant_id = %s", [name, member, scope.tenant])


def has_authenticator(user: int) -> bool:
    """Whether a user has an authenticator app or a passkey: rows of the accounts library."""
    found = db.row(
        "SELECT 1 FROM mfa_authenticator WHERE user_id = %s AND type IN ('totp', 'webauthn') LIMIT 1", [user]
    )
    return found is not None


def _value(row: db.Row) -> MemberRow:
    return MemberRow(
        id=row[0],
        tenant=row[1],
        user=row[2],
        name=row[3],
        email=row[4],
        roles=frozenset(row[5].split()),
        state=row[6],
        epoch=row[7],
        networks=tuple(row[8].split()),
        created_at=row[9],
    )
