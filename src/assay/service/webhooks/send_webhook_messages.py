"""Webhooks: what is sealed is told to those who asked for it (Standard Webhooks), again and again until it arrives.

A message is made of each event when its block is sealed, so order and completeness come from the chain and
not from clocks. The secret that signs is derived from the server's own and a salt: it is stored nowhere.
"""

import base64
import hashlib
import hmac
import json
from typing import Final

from django.conf import settings

from assay.core.ids import canonical
from assay.core.ports.outbound import OutboundFailed
from assay.providers.outbound import OutboundClient
from assay.service.installation import Installation
from assay.service.stored_times import iso
from assay.service.webhooks.who_may_hear import may_hear, sees_all
from assay.store import db
from assay.store.trail import webhooks
from assay.store.trail.event_blocks import chain_head, events_of_block
from assay.store.trail.events import EventRow

MOST: Final = 8
"""Messages in one go, of one webhook each; the next ones come with the next go, on a clock that was read again."""
SECONDS: Final = 10.0
"""How long a receiver may take."""
MOST_ATTEMPTS: Final = 12
FIRST_WAIT: Final = 5_000_000
LONGEST_WAIT: Final = 6 * 3_600_000_000
"""After a failed try the next one waits, from five seconds doubling up to six hours; the twelfth is the last."""
TRY: Final = 60_000_000
"""A try that has not ended after so long may be taken by another process."""


def send_due(installation: Installation, *, now: int) -> int:
    """Queue messages of what was sealed meanwhile, and send what is due; return how many were tried."""
    _queue_new(now=now)
    due = webhooks.due_deliveries(now=now, limit=MOST)
    if not due:
        return 0
    client = OutboundClient(allowed=installation.outbound_allowed, seconds=SECONDS)
    tried = 0
    for delivery in due:
        with db.transaction():
            claimed = webhooks.claim_delivery(delivery, until=now + TRY)
        hook = webhooks.webhook_of(delivery) if claimed else None
        if hook is None:
            continue  # another process has it, or the webhook was paused meanwhile: the message waits
        tried += 1
        state, answer = _send(client, hook, delivery, now=now)
        attempts = delivery.attempts + 1
        retry_at = now + min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
        with db.transaction():
            if state == "waiting":
                webhooks.hold_back(hook.id, until=retry_at)
                state = "failed" if attempts >= MOST_ATTEMPTS else "waiting"
            webhooks.end_try(delivery.id, state=state, answer=answer, due_at=retry_at)
    return tried


def signing_secret(salt: str) -> str:
    """Return a webhook's secret as its owner configures it at the receiver."""
    return "whsec_" + base64.b64encode(_key(salt)).decode()


def signature(*, salt: str, message: str, timestamp: int, body: str) -> str:
    """Return the `webhook-signature` of a message (Standard Webhooks: `v1,` and the HMAC of id.timestamp.body)."""
    signed = f"{message}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(_key(salt), signed, hashlib.sha256).digest()).decode()


def message_of(event: EventRow, *, actor: str | None = None) -> str:
    """Return the body that tells of an event; `actor` stands in for a name that the owner may not see."""
    return canonical(
        {
            "type": event.verb.replace(" ", "_"),
            "timestamp": iso(event.at) + "Z",
            "data": {
                "event": event.id,
                "verb": event.verb,
                "subject": event.subject,
                "actor": event.actor if actor is None else actor,
                "outcome": event.outcome,
                "before": event.before,
                "after": event.after,
                "detail": json.loads(event.detail or "{}"),
            },
        }
    ).decode()


def _queue_new(*, now: int) -> None:
    head, _ = chain_head()
    for one in webhooks.active_webhooks():
        for block in range(one.hook.seen_block + 1, head + 1):
            found = [
                (event, message_of(event, actor=_shown_actor(one, event)))
                for event in events_of_block(block)
                if event.tenant == one.hook.tenant
                and (not one.hook.verbs or event.verb in one.hook.verbs)
                and may_hear(one.roles, event.verb)
            ]
            with db.transaction():
                webhooks.see_block(one.hook, block, found, now=now)


def _shown_actor(one: webhooks.HeardWebhook, event: EventRow) -> str | None:
    """Return what stands for the actor's name where the owner may not see it, None where they may (PRIV-4)."""
    if sees_all(one.roles) or event.actor in ("assay", one.owner):
        return None
    return "somebody"


def _send(
    client: OutboundClient, hook: webhooks.WebhookRow, delivery: webhooks.DeliveryRow, *, now: int
) -> tuple[str, str]:
    message, timestamp = f"msg_{delivery.id}", now // 1_000_000
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(
            salt=hook.salt, message=message, timestamp=timestamp, body=delivery.body
        ),
    }
    try:
        client.post(hook.url, delivery.body.encode(), headers=headers)
    except OutboundFailed as problem:
        return "waiting", problem.reason[:300]
    return "delivered", "taken"


def _key(salt: str) -> bytes:
    secret = hashlib.sha256(b"webhooks" + str(settings.SECRET_KEY).encode()).digest()
    return hmac.new(secret, salt.encode(), hashlib.sha256).digest()
