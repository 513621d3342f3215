"""Limits of requests (SEC-10), counted over all server processes of this machine.

The numbers stand in the documents. Whoever is signed in has buckets of their own; requests of which nobody knows
who sends them are counted by address. Haste is slowed, and nobody else's. When slowing begins and when it is over
is an event each.
"""

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from assay.core.errors import AssayError
from assay.core.ids import canonical
from assay.service.access.permissions import Actor, record_outcome
from assay.store import db
from assay.store.accounts.tenants import tenant_id
from assay.store.scope import Scope
from assay.store.upkeep.shared_buckets import SharedBuckets, Taken

EXPORTS_PER_MINUTE: Final = 10
UPLOADS_PER_MINUTE: Final = 600
FILE_COST: Final = 0.05
"""What a file of the pages costs a stranger, in requests: it is read and sent, and nothing is looked up for it."""
SECOND: Final = 1_000_000
LOOK_EVERY: Final = 10.0
QUIET: Final = 60.0
"""Seconds without a request after which whoever was slowed is slowed no longer: a full bucket's time."""
_NETWORK: Final = 64
"""Bits of an IPv6 address that tell networks apart; the rest is one host's to choose."""


@dataclass(eq=False, kw_only=True)
class TooMany(AssayError):
    """Too many {what}: at most {limit} in {window}; try again in {seconds} seconds."""

    exit_code = 5
    what: str
    limit: int
    window: str
    seconds: int


def count_request(actor: Actor, *, now: int) -> None:
    """Count one request of a caller."""
    _count(actor, "requests", settings.ASSAY.requests_per_minute, now=now)


def count_export(actor: Actor, *, now: int) -> None:
    """Count one export of a caller."""
    _count(actor, "exports", EXPORTS_PER_MINUTE, now=now)


def count_upload(actor: Actor, *, now: int) -> None:
    """Count one upload of a caller."""
    _count(actor, "uploads", UPLOADS_PER_MINUTE, now=now)


def count_stranger(address: str, *, now: int, cost: float = 1.0) -> None:
    """Count a request from an address of which nobody knows who sends it.

    Raises:
        TooMany: if too many came from there.
    """
    limit = settings.ASSAY.stranger_requests_per_minute
    found = _take(_stranger(address), per_minute=limit, now=now, cost=cost)
    if found.wait:
        raise _too_many("requests of people who are not signed in", limit, found)


def strangers_are_slowed(address: str, *, now: int) -> bool:
    """Whether requests of strangers from this address are refused at the moment."""
    limit = settings.ASSAY.stranger_requests_per_minute
    return _buckets().is_empty(_stranger(address), per_minute=limit, now=now / SECOND)


def _count(actor: Actor, what: str, limit: int, *, now: int) -> None:
    found = _take(f"{actor.scope.tenant} {what} of person {actor.member}", per_minute=limit, now=now)
    if found.wait:
        raise _too_many(what, limit, found)


def _too_many(what: str, limit: int, found: Taken) -> TooMany:
    return TooMany(what=what, limit=limit, window="a minute", seconds=int(found.wait) + 1)


def _take(name: str, *, per_minute: int, now: int, cost: float = 1.0) -> Taken:
    buckets, seconds = _buckets(), now / SECOND
    found = buckets.take(name, per_minute=per_minute, now=seconds, cost=cost)
    over = [(name, found.ends)] if found.ends else []
    if not 0 <= seconds - _looked[0] <= LOOK_EVERY:
        _looked[0] = seconds
        over += buckets.rested(now=seconds, after=QUIET)
    if found.begins:
        _note(name, verb="slow down", outcome="refused", refused=0, now=now)
    for one, refused in over:
        _note(one, verb="slow down no longer", outcome="done", refused=refused, now=now)
    return found


_looked: Final = [0.0]
"""When this process last looked for whoever was slowed and has gone."""


def _note(name: str, *, verb: str, outcome: str, refused: int, now: int) -> None:
    tenant, _, subject = name.partition(" ")
    with db.transaction():
        scope = (
            Scope(int(tenant))
            if tenant.isdigit() and tenant != "0"
            else Scope(tenant_id(settings.ASSAY.tenant))
        )
        record_outcome(
            Actor(scope=scope, name="assay", roles=frozenset(), source="server"),
            now=now,
            verb=verb,
            outcome=outcome,
            subject=subject,
            detail=canonical({"refused": refused}).decode() if refused else "{}",
        )


def _stranger(address: str) -> str:
    """Return whom requests from an address are counted for; one IPv6 host has as many addresses as it likes."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "0 address unknown"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found.version == 4:
        return f"0 address {found}"
    return f"0 address {ipaddress.ip_network((found, _NETWORK), strict=False)}"


def _buckets() -> SharedBuckets:
    return _opened(settings.ASSAY.home)


def forget_opened() -> None:
    """Open the buckets anew at the next request."""
    _opened.cache_clear()


@lru_cache(maxsize=4)
def _opened(home: Path) -> SharedBuckets:
    return SharedBuckets(home / "limits")
