"""Sessions of signed-in browsers, second factors and connected identities: rows of the account library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.apps import apps
from django.db import connection

from assay.store import db
from assay.store.accounts.digested_sessions import digest_of
from assay.store.scope import Scope

LONGEST_AGENT: Final = 200
FACTOR_SECRETS: Final = ("secret", "seed", "migrated_codes")
"""What in a stored factor is secret: an app's key, the seed of recovery codes, recovery codes of before."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A browser in which somebody is signed in; `here` is the one that asks. Times in microseconds."""

    id: int
    member: int
    here: bool
    address: str
    agent: str
    created_at: int
    seen_at: int


@dataclass(frozen=True, slots=True)
class FactorRow:
    """A second factor: `totp`, `webauthn` or `recovery_codes`. Times in microseconds, 0 for never."""

    id: int
    kind: str
    created_at: int
    used_at: int


def add_session(*, user: int, key: str, address: str, agent: str, now: int) -> None:
    """Remember the browser in which a user signed in; `key` is what its cookie says."""
    db.execute(
        "INSERT INTO usersessions_usersession (user_id, session_key, ip, user_agent, created_at, last_seen_at, data)"
        " VALUES (%s, %s, %s, %s, %s, %s, '{}') ON CONFLICT (session_key) DO NOTHING",
        [user, digest_of(key), address, agent[:LONGEST_AGENT], _stored(now), _stored(now)],
    )


def list_sessions(scope: Scope, *, member: int, now: int, here: str = "") -> list[SessionRow]:
    """Return the sessions of a member that are still good, the last seen first; `here` is the asking browser's key."""
    found = db.rows(
        "SELECT s.id, m.id, s.session_key, CAST(s.ip AS TEXT), s.user_agent, s.created_at, s.last_seen_at"
        " FROM usersessions_usersession s JOIN member m ON m.user_id = s.user_id"
        " JOIN django_session d ON d.session_key = s.session_key"
        " WHERE m.tenant_id = %s AND m.id = %s AND d.expire_date > %s ORDER BY s.last_seen_at DESC, s.id DESC",
        [scope.tenant, member, _stored(now)],
    )
    return [
        SessionRow(
            id=int(row[0]),
            member=int(row[1]),
            here=row[2] == digest_of(here),
            address=str(row[3]).partition("/")[0],
            agent=str(row[4]),
            created_at=_micros(row[5]),
            seen_at=_micros(row[6]),
        )
        for row in found
    ]


def on_one_device(scope: Scope) -> list[tuple[int, int]]:
    """Return pairs of members, the smaller id first, who were signed in at one address with one kind of browser."""
    found = db.rows(
        "SELECT DISTINCT m.id, n.id FROM usersessions_usersession s JOIN member m ON m.user_id = s.user_id"
        " JOIN usersessions_usersession t ON t.ip = s.ip AND t.user_agent = s.user_agent"
        " JOIN member n ON n.user_id = t.user_id"
        " WHERE m.tenant_id = %s AND n.tenant_id = %s AND m.id < n.id ORDER BY m.id, n.id",
        [scope.tenant, scope.tenant],
    )
    return [(int(one), int(other)) for one, other in found]


def last_seen(scope: Scope) -> dict[int, int]:
    """Return when each member of the tenant was last seen in a browser, by member."""
    found = db.rows(
        "SELECT m.id, MAX(s.last_seen_at) FROM usersessions_usersession s"
        " JOIN member m ON m.user_id = s.user_id WHERE m.tenant_id = %s GROUP BY m.id",
        [scope.tenant],
    )
    return {int(member): _micros(at) for member, at in found}


def end_sessions(scope: Scope, *, member: int, sessions: Sequence[int] | None = None, but: str = "") -> int:
    """End some sessions of a member, or (None) all but the one whose browser has the key `but`; return how many."""
    found = db.rows(
        "SELECT s.id, s.session_key FROM usersessions_usersession s JOIN member m ON m.user_id = s.user_id"
        " WHERE m.tenant_id = %s AND m.id = %s",
        [scope.tenant, member],
    )
    wanted = [(int(one), str(key)) for one, key in found if sessions is None or int(one) in sessions]
    ending = [(one, key) for one, key in wanted if key != digest_of(but) or sessions is not None]
    db.change_many("DELETE FROM django_session WHERE session_key = %s", [(key,) for _, key in ending])
    db.change_many("DELETE FROM usersessions_usersession WHERE id = %s", [(one,) for one, _ in ending])
    return len(ending)


def touch_session(key: str, *, now: int) -> None:
    """Remember when the session of the browser with this key was last in use."""
    db.execute(
        "UPDATE usersessions_usersession SET last_seen_at = %s WHERE session_key = %s",
        [_stored(now), digest_of(key)],
    )


def forget_ended(*, now: int) -> None:
    """Forget sessions whose time is over."""
    db.execute("DELETE FROM django_session WHERE expire_date <= %s", [_stored(now)])
    db.execute(
        "DELETE FROM usersessions_usersession WHERE session_key NOT IN (SELECT session_key FROM django_session)"
    )


def list_factors(scope: Scope, *, member: int) -> list[FactorRow]:
    """Return a member's second factors, oldest first."""
    found = db.rows(
        "SELECT a.id, a.type, a.created_at, a.last_used_at FROM mfa_authenticator a"
        " JOIN member m ON m.user_id = a.user_id WHERE m.tenant_id = %s AND m.id = %s ORDER BY a.id",
        [scope.tenant, member],
    )
    return [FactorRow(int(row[0]), str(row[1]), _micros(row[2]), _micros(row[3])) for row in found]


def members_with_factor(scope: Scope) -> frozenset[int]:
    """Return the members of the tenant who have an authenticator app or a passkey."""
    found = db.rows(
        "SELECT DISTINCT m.id FROM mfa_authenticator a JOIN member m ON m.user_id = a.user_id"
        " WHERE m.tenant_id = %s AND a.type IN ('totp', 'webauthn')",
        [scope.tenant],
    )
    return frozenset(int(member) for (member,) in found)


def remove_factors(scope: Scope, *, member: int) -> int:
    """Remove all second factors of a member, who then sets up new ones; return how many there were."""
    return db.execute(
        "DELETE FROM mfa_authenticator WHERE user_id IN"
        " (SELECT user_id FROM member WHERE tenant_id = %s AND id = %s)",
        [scope.tenant, member],
    )


def has_factor_secrets() -> bool:
    """Whether there is a factor, of any tenant, with a secret of its own."""
    return bool(_factors_with_secrets().exists())


def factor_secrets() -> list[tuple[int, dict[str, Any]]]:
    """Inside a transaction: return (id, what is secret in it) of every factor of every tenant, for changing it."""
    found = _factors_with_secrets().select_for_update().order_by("pk")
    return [
        (int(one.pk), {name: one.data[name] for name in FACTOR_SECRETS if one.data.get(name)})
        for one in found
    ]


def set_factor_secrets(factor: int, secrets: Mapping[str, Any]) -> None:
    """Inside the same transaction: keep other words for what is secret in a factor."""
    row = _factors_with_secrets().get(pk=factor)
    row.data = {**row.data, **secrets}
    row.save(update_fields=["data"])


def _factors_with_secrets() -> Any:
    model: Any = apps.get_model("mfa", "Authenticator")
    return model.objects.filter(type__in=("totp", "recovery_codes"))


def list_identities(scope: Scope, *, member: int) -> list[tuple[str, str]]:
    """Return a member's connected identities as (provider, subject)."""
    found = db.rows(
        "SELECT a.provider, a.uid FROM socialaccount_socialaccount a JOIN member m ON m.user_id = a.user_id"
        " WHERE m.tenant_id = %s AND m.id = %s ORDER BY a.id",
        [scope.tenant, member],
    )
    return [(str(provider), str(uid)) for provider, uid in found]


def _stored(at: int) -> object:
    """Return a moment as the database's column of the library takes it."""
    return connection.ops.adapt_datetimefield_value(_EPOCH + timedelta(microseconds=at))


def _micros(value: datetime | str | None) -> int:
    """Return a moment of the library, which SQLite gives as text, in microseconds."""
    if value is None:
        return 0
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(microseconds=1)
