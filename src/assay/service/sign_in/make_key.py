"""Make an API key: scoped, expiring, shown once; by somebody who just said again who they are, never by a key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from assay.core.errors import AssayError, BadValue, NotFound
from assay.core.ids import canonical
from assay.service.access.permissions import Actor, record, record_outcome, require
from assay.service.sign_in.protection.tell_owner import tell_owner
from assay.service.sign_in.shown_once_secrets import new_key
from assay.store import db
from assay.store.accounts.account_members import MemberRow, member_by_email, member_by_id
from assay.store.accounts.api_keys import KeyRow, add_key
from assay.store.accounts.makers_of_keys import SESSION, SHELL

DAY: Final = 86_400_000_000
LONGEST: Final = 365
MOST_KEYS_NAME: Final = 100
VERB: Final = "make a key"
_WHERE: Final = {SESSION: "on the pages or over the API", SHELL: "at the shell of the installation"}


@dataclass(eq=False, kw_only=True)
class KeyMakesNoKeys(AssayError):
    """A key makes no keys: sign in, and make one on the page of your keys (/account/keys/)."""

    exit_code = 4


@dataclass(eq=False, kw_only=True)
class NotConfirmed(AssayError):
    """A key is made within {minutes} minutes of giving password or second factor: confirm at {where} that it is you, then ask again."""

    exit_code = 4
    minutes: int
    where: str = "/account/reauthenticate/"


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key's row, and the key itself, which is told once and kept as a hash."""

    row: KeyRow
    key: str


def make_key(actor: Actor, *, name: str, days: int, scopes: Sequence[str] | None, now: int) -> MadeKey:
    """Make a key for whoever is signed in; it may act with `scopes`, a part of the actor's roles (None: all).

    Raises:
        NotPermitted: if the actor has no role.
        NotFound: if the actor has no account.
        KeyMakesNoKeys: if a key asks.
        NotConfirmed: if password or second factor were given too long ago.
        BadValue: if the name is empty, the days are not 1 to 365, or a role is not the actor's own.
    """
    require(actor, "manage own keys", now=now)
    if actor.member is None:
        raise NotFound(noun="account", key=actor.name)
    _check_maker(actor, now=now)
    member = member_by_id(actor.scope, actor.member)
    own = actor.roles & member.roles
    return _make(actor, member, own=own, made_by=SESSION, name=name, days=days, scopes=scopes, now=now)


def make_key_for(
    actor: Actor, *, email: str, name: str, days: int, scopes: Sequence[str] | None, now: int
) -> MadeKey | None:
    """Make a key for another member, as only the installation's owner does; None for an unknown address."""
    require(actor, "manage people", now=now)
    member = member_by_email(actor.scope, email)
    if member is None:
        return None
    return _make(actor, member, own=member.roles, made_by=SHELL, name=name, days=days, scopes=scopes, now=now)


def is_confirmed(actor: Actor, *, now: int) -> bool:
    """Whether whoever is signed in gave password or second factor not long ago."""
    return now - actor.confirmed_at <= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT * 1_000_000


def _check_maker(actor: Actor, *, now: int) -> None:
    """Refuse, and write down, keys that ask and sessions whose owner may have left."""
    if actor.key is None and is_confirmed(actor, now=now):
        return
    with db.transaction():
        record_outcome(actor, now=now, verb=VERB, outcome="refused", subject=f"person {actor.member}")
    if actor.key is not None:
        raise KeyMakesNoKeys
    raise NotConfirmed(minutes=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT // 60)


def _make(
    actor: Actor,
    member: MemberRow,
    *,
    own: frozenset[str],
    made_by: str,
    name: str,
    days: int,
    scopes: Sequence[str] | None,
    now: int,
) -> MadeKey:
    label, wanted = _checked(own=own, name=name, days=days, scopes=scopes)
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
            made_by=made_by,
        )
        said = {"member": member.id, "scopes": wanted, "days": days, "made_by": made_by}
        record(actor, now=now, verb=VERB, subject=f"key {row.id}", detail=canonical(said).decode())
        tell_owner(member, f"The API key “{label}” was made {_WHERE[made_by]}.", now=now)
    return MadeKey(row=row, key=key)


def _checked(
    *, own: frozenset[str], name: str, days: int, scopes: Sequence[str] | None
) -> tuple[str, list[str]]:
    """Return the name and the scopes of a key as they are kept."""
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
    return label, wanted
