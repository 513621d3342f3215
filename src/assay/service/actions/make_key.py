"""Make an API key: scoped, expiring, shown once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assay.core.errors import BadValue, NotFound
from assay.core.ids import canonical
from assay.service.permissions import Actor, record, require
from assay.service.secret_words import new_key
from assay.store import db
from assay.store.keys import KeyRow, add_key
from assay.store.members import MemberRow, member_by_email, member_by_id

DAY: Final = 86_400_000_000
LONGEST: Final = 365
MOST_KEYS_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key's row, and the key itself, which is told once and kept as a hash."""

    row: KeyRow
    key: str


def make_key(actor: Actor, *, name: str, days: int, scopes: Sequence[str] | None, now: int) -> MadeKey:
    """Make a key for the actor; it may act with `scopes`, a part of the actor's roles (None: all).

    Raises:
        NotPermitted: if the actor has no role.
        NotFound: if the actor has no account.
        BadValue: if the name is empty, the days are not 1 to 365, or a role is not the actor's own.
    """
    require(actor, "manage own keys", now=now)
    if actor.member is None:
        raise NotFound(noun="account", key=actor.name)
    member = member_by_id(actor.scope, actor.member)
    return _make(actor, member, own=actor.roles & member.roles, name=name, days=days, scopes=scopes, now=now)


def make_key_for(
    actor: Actor, *, email: str, name: str, days: int, scopes: Sequence[str] | None, now: int
) -> MadeKey | None:
    """Make a key for another member, as only the installation's owner does; None for an unknown address."""
    require(actor, "manage people", now=now)
    member = member_by_email(actor.scope, email)
    if member is None:
        return None
    return _make(actor, member, own=member.roles, name=name, days=days, scopes=scopes, now=now)


def _make(
    actor: Actor,
    member: MemberRow,
    *,
    own: frozenset[str],
    name: str,
    days: int,
    scopes: Sequence[str] | None,
    now: int,
) -> MadeKey:
    wanted = sorted(own) if scopes is None else sorted(set(scopes))
    label = " ".join(name.split())[:MOST_KEYS_NAME]
    if not label:
        raise BadValue(where="key", key="name", found="empty", expected="a name by which you will know it")
    if not 1 <= days <= LONGEST:
        raise BadValue(where="key", key="days", found=str(days), expected=f"a number from 1 to {LONGEST}")
    foreign = [scope for scope in wanted if scope not in own]
    if foreign or not wanted:
        raise BadValue(
            where="key",
            key="scopes",
            found=f"'{foreign[0] if foreign else ''}'",
            expected=f"a part of {', '.join(sorted(own))}",
        )
    key, prefix, hashed = new_key()
    with db.transaction():
        row = add_key(
            actor.scope,
            member=member.id,
            name=label,
            prefix=prefix,
            hashed=hashed,
            scopes=wanted,
            now=now,
            expires_at=now + days * DAY,
        )
        record(
            actor,
            now=now,
            verb="make a key",
            subject=f"key {row.id}",
            detail=canonical({"member": member.id, "scopes": wanted, "days": days}).decode(),
        )
    return MadeKey(row=row, key=key)
