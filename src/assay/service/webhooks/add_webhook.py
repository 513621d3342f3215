"""Add a webhook: an address that is told of what happens, signed."""

import ipaddress
import secrets
from collections.abc import Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

from assay.core.errors import BadValue, NotFound
from assay.core.ids import canonical
from assay.service.access.permissions import Actor, record, require
from assay.service.installation import Installation
from assay.service.webhooks.who_may_hear import verbs_for
from assay.store import db
from assay.store.trail import webhooks
from assay.store.trail.event_blocks import chain_head
from assay.store.trail.webhooks import WebhookRow

MOST: Final = 20
"""Webhooks that one person may have."""
LONGEST_URL: Final = 2_000


def add_webhook(
    installation: Installation, actor: Actor, *, url: str, verbs: Sequence[str], now: int
) -> WebhookRow:
    """Add a webhook of the actor, which hears of what is sealed from now on; no verbs: of everything.

    Raises:
        NotPermitted: if the actor may not have webhooks.
        NotFound: if the actor has no account.
        BadValue: if the address may not be told, a verb is unknown, or there are too many already.
    """
    require(actor, "manage webhooks", now=now)
    if actor.member is None:
        raise NotFound(noun="account", key=actor.name)
    address = regular_address(installation, url)
    wanted = regular_verbs(actor, verbs)
    if len(webhooks.list_webhooks(actor.scope, member=actor.member)) >= MOST:
        raise BadValue(
            where="webhook", key="url", found=f"your {MOST + 1}st", expected=f"one of at most {MOST}"
        )
    head, _ = chain_head()
    with db.transaction():
        made = webhooks.add_webhook(
            actor.scope,
            member=actor.member,
            url=address,
            verbs=wanted,
            salt=secrets.token_hex(16),
            seen_block=head,
            now=now,
        )
        record(
            actor,
            now=now,
            verb="add a webhook",
            subject=f"webhook {made.id}",
            detail=canonical({"url": address, "verbs": wanted}).decode(),
        )
    return made


def regular_address(installation: Installation, url: str) -> str:
    """Return an address that may be told: https, or http to a place that the settings allow (SEC-20)."""
    found = url.strip()
    try:
        parts = urlsplit(found)
        usable = bool(parts.hostname) and parts.username is None and not parts.fragment and parts.port != 0
    except ValueError:
        parts, usable = urlsplit(""), False
    if not usable or len(found) > LONGEST_URL or not found.isprintable() or " " in found:
        raise _bad(found)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_allowed(installation, parts)):
        raise _bad(found)
    return found


def regular_verbs(actor: Actor, verbs: Sequence[str]) -> list[str]:
    """Return the verbs without repeats; raises `BadValue` for one that the actor cannot hear of."""
    known = verbs_for(actor.roles)
    strange = [verb for verb in verbs if verb not in known]
    if strange:
        raise BadValue(
            where="webhook", key="verbs", found=f"'{strange[0][:60]}'", expected=f"some of {', '.join(known)}"
        )
    return sorted(set(verbs))


def _is_allowed(installation: Installation, parts: SplitResult) -> bool:
    host = (parts.hostname or "").lower()
    for one in installation.outbound_allowed:
        if host == one.lower():
            return True
        try:
            if ipaddress.ip_address(host) in ipaddress.ip_network(one, strict=False):
                return True
        except ValueError:
            continue
    return False


def _bad(url: str) -> BadValue:
    return BadValue(
        where="webhook",
        key="url",
        found=f"'{url[:80]}'",
        expected="an address that begins with https://, or http:// to a host that ASSAY_OUTBOUND_ALLOW names",
    )
