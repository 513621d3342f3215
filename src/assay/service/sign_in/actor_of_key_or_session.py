"""Who a request comes from: a key or a signed-in user becomes an actor, or nobody."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assay.core.errors import AssayError
from assay.service.access.permissions import Actor
from assay.service.sign_in.shown_once_secrets import matches, parts_of
from assay.store import db
from assay.store.accounts.account_members import MemberRow, has_authenticator, member_of_user
from assay.store.accounts.api_keys import held_key, touch_key
from assay.store.accounts.sessions_and_second_factors import touch_session
from assay.store.scope import Scope

TOUCH_EVERY: Final = 60_000_000


@dataclass(eq=False, kw_only=True)
class NotSignedIn(AssayError):
    """Nobody is signed in: a session or a valid key is needed."""

    exit_code = 4


@dataclass(eq=False, kw_only=True)
class WrongNetwork(AssayError):
    """This account may not be used from the address {address}."""

    exit_code = 4
    address: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody with an account, and the actor they are."""

    actor: Actor
    member: MemberRow


def signed_in(user: int, *, source: str, address: str, confirmed_at: int = 0) -> SignedIn | None:
    """Return the member behind a user, None for one who has no (active) account in any tenant.

    `confirmed_at` is when they last gave password or second factor in this session.

    Raises:
        WrongNetwork: if the member is confined to networks and the address is in none of them.
    """
    member = member_of_user(user)
    if member is None or not member.is_active:
        return None
    check_network(member.networks, address)
    actor = Actor(
        scope=Scope(member.tenant),
        name=member.email,
        roles=member.roles,
        source=f"{source} {address}",
        member=member.id,
        confirmed_at=confirmed_at,
    )
    return SignedIn(actor=actor, member=member)


def actor_of_key(key: str, *, source: str, address: str, now: int) -> Actor | None:
    """Return the actor behind an API key, None where it is unknown, expired, revoked or its owner disabled.

    Raises:
        WrongNetwork: as above.
    """
    parts = parts_of(key)
    held = None if parts is None else held_key(parts[0])
    if parts is None or held is None or not matches(parts[1], held.hash):
        return None
    if held.key.revoked_at or held.key.expires_at <= now or held.state != "active":
        return None
    check_network(held.networks, address)
    if now - held.key.used_at > TOUCH_EVERY:
        with db.transaction():
            touch_key(held.key.id, now=now)
    return Actor(
        scope=Scope(held.key.tenant),
        name=f"{held.name} (key {held.key.name})",
        roles=held.key.scopes & held.roles,
        source=f"{source} {address}",
        member=held.key.member,
        key=held.key.id,
    )


def has_second_factor(user: int) -> bool:
    """Whether a user has an authenticator app or a passkey."""
    return has_authenticator(user)


def note_seen(session: str, *, now: int) -> None:
    """Remember that a session, by its key, is in use."""
    with db.transaction():
        touch_session(session, now=now)


def check_network(networks: Sequence[str], address: str) -> None:
    """Raise `WrongNetwork` where networks are named and the address lies in none (SEC-11)."""
    if not networks:
        return
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        raise WrongNetwork(address=address) from None
    if not any(found in ipaddress.ip_network(one, strict=False) for one in networks):
        raise WrongNetwork(address=address)
