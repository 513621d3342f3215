"""How people are called and reached: names, addresses, networks as they are typed, made regular or refused."""

import ipaddress
import re
from collections.abc import Sequence
from typing import Final

from assay.core.did_you_mean import one_of
from assay.core.errors import BadValue
from assay.service.access.permissions import ROLES, SYSTEM

EMAIL: Final = re.compile(r"[^\s@<>\"\x00-\x1f]{1,64}@[^\s@<>\"\x00-\x1f]{1,189}")
GIVEN_ROLES: Final = tuple(role for role in ROLES if role != SYSTEM)
LONGEST_NAME: Final = 100
MOST_NETWORKS: Final = 50


def regular_name(name: str, *, where: str) -> str:
    """Return a person's name with single spaces; raises `BadValue` for none, a long one or odd signs."""
    found = " ".join(name.split())
    if not found or len(found) > LONGEST_NAME or not found.isprintable():
        raise BadValue(
            where=where,
            key="name",
            found=f"'{found[:40]}'",
            expected=f"1 to {LONGEST_NAME} printable characters",
        )
    return found


def regular_email(email: str, *, where: str) -> str:
    """Return an address in small letters; raises `BadValue` for something else."""
    found = email.strip().lower()
    if not EMAIL.fullmatch(found) or not found.isprintable():
        raise BadValue(
            where=where, key="email", found=f"'{found[:80]}'", expected="an address like rita@example.org"
        )
    return found


def check_roles(roles: Sequence[str], *, where: str) -> None:
    """Raise `BadValue` for a role that nobody can be given, or for none at all."""
    strange = [role for role in roles if role not in GIVEN_ROLES]
    if strange or not roles:
        raise BadValue(
            where=where,
            key="roles",
            found=f"'{strange[0][:40]}'" if strange else "empty",
            expected=one_of(strange[0] if strange else "", GIVEN_ROLES, called="at least one of"),
        )


def regular_networks(networks: Sequence[str], *, where: str) -> list[str]:
    """Return networks as CIDR blocks; raises `BadValue` for the first that is none."""
    found: list[str] = []
    for one in networks:
        try:
            block = str(ipaddress.ip_network(one.strip(), strict=False))
        except ValueError:
            raise BadValue(
                where=where,
                key="networks",
                found=f"'{one[:60]}'",
                expected="addresses and networks like 192.0.2.0/24 or 2001:db8::/32",
            ) from None
        if block not in found:
            found.append(block)
    if len(found) > MOST_NETWORKS:
        raise BadValue(
            where=where, key="networks", found=f"{len(found)} networks", expected=f"at most {MOST_NETWORKS}"
        )
    return found
