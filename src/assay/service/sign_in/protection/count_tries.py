"""Tries to sign in are counted before they are looked at, and given back when they succeed (SEC-10).

An attacker is slowed in every way at once: by address, by address and account, and by account over all addresses. The
last could lock out the account's owner, so a browser in which the owner signed in before has counts of its own.
"""

import hashlib
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from assay.core.errors import AssayError
from assay.store import db
from assay.store.accounts import counted_tries

_SECOND: Final = 1_000_000
_DAY: Final = 86_400
ROUTING: Final = 64
"""The bits of an IPv6 address that tell one customer from another; below them they choose freely."""


@dataclass(eq=False, kw_only=True)
class TooManyTries(AssayError):
    """Too many failed tries {where}. Wait {wait}, then try again{otherwise}."""

    exit_code = 4
    where: str
    wait: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failed tries at once, and as many again evenly within so many seconds."""

    name: str
    most: int
    seconds: int
    where: str
    otherwise: str = ""

    @property
    def every(self) -> int:
        """After how many microseconds there is one more."""
        return self.seconds * _SECOND // self.most


ADDRESS: Final = Limit("address", 10, 60, "from here")
HERE: Final = Limit("account from an address", 8, 300, "from here")
ACCOUNT: Final = Limit(
    "account",
    100,
    _DAY,
    "for this address and password from devices on which nobody signed in with it",
    "; or sign in with a passkey, or in a browser in which you did before",
)
DEVICE: Final = Limit("known device", 8, 300, "in this browser")
DEVICE_A_DAY: Final = Limit("known device, a day", 50, _DAY, "in this browser")
LIMITS: Final = (ADDRESS, HERE, ACCOUNT, DEVICE, DEVICE_A_DAY)


@dataclass(frozen=True, slots=True)
class CountedTry:
    """What was taken for one try: buckets with their limits."""

    taken: tuple[tuple[str, Limit], ...]


def count_try(*, name: str, address: str, device: str | None, now: int) -> CountedTry:
    """Count a try to open the account `name`; `device` is a browser in which its owner signed in before.

    Raises:
        TooManyTries: if one of the limits is reached.
    """
    taken: list[tuple[str, Limit]] = []
    refused, wait = None, 0
    with db.transaction():
        for bucket, limit in _buckets(name=name, address=address, device=device):
            wait = counted_tries.take_try(bucket, most=limit.most, every=limit.every, now=now)
            if wait:
                refused = limit
                break
            taken.append((bucket, limit))
    if refused is not None:
        raise TooManyTries(where=refused.where, wait=_in_words(wait), otherwise=refused.otherwise)
    return CountedTry(taken=tuple(taken))


def give_back(counted: CountedTry) -> None:
    """Give back what was taken for a try that succeeded."""
    with db.transaction():
        for bucket, limit in counted.taken:
            counted_tries.give_back_try(bucket, every=limit.every)


def forget_tries(*, name: str, address: str) -> None:
    """Forget the failed tries for an account whose owner has shown in another way who they are."""
    with db.transaction():
        for bucket, limit in _buckets(name=name, address=address, device=None):
            if limit is not ADDRESS:
                counted_tries.forget_bucket(bucket)


def _buckets(*, name: str, address: str, device: str | None) -> Iterator[tuple[str, Limit]]:
    """Yield the buckets of a try, always in one order; they are named by digests, for people mistype odd things."""
    account, source = name.strip().lower(), _source(address)
    if device is not None:
        yield _digest(DEVICE, device, account), DEVICE
        yield _digest(DEVICE_A_DAY, device, account), DEVICE_A_DAY
        return
    yield _digest(ADDRESS, source), ADDRESS
    yield _digest(HERE, source, account), HERE
    yield _digest(ACCOUNT, account), ACCOUNT


def _digest(limit: Limit, *parts: str) -> str:
    return hashlib.sha256("\0".join((limit.name, *parts)).encode()).hexdigest()


def _source(address: str) -> str:
    """Return the address, of IPv6 the network that belongs to one customer."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network(f"{address.partition('%')[0]}/{ROUTING}", strict=False))


def _in_words(micros: int) -> str:
    seconds = -(-micros // _SECOND)
    if seconds < 100:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    return f"{-(-seconds // 60)} minutes"
