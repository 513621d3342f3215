"""One's own webhooks, and how each message went (SEC-21)."""

from dataclasses import dataclass
from typing import Final

from assay.core.errors import NotFound
from assay.service.access.permissions import Actor, require
from assay.store.trail import webhooks
from assay.store.trail.webhooks import DeliveryRow, WebhookRow

__all__ = [
    "PAGE",
    "DeliveryRow",
    "SeenWebhook",
    "own_webhook",
    "own_webhooks",
    "see_webhook",
    "webhook_messages",
]
PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class SeenWebhook:
    """A webhook, and how many of its messages arrived, wait, or were given up."""

    row: WebhookRow
    delivered: int
    waiting: int
    failed: int


def own_webhooks(actor: Actor, *, now: int) -> list[SeenWebhook]:
    """Return the actor's webhooks.

    Raises:
        NotPermitted: if the actor may not have webhooks.
    """
    require(actor, "manage webhooks", now=now)
    if actor.member is None:
        return []
    counts = webhooks.count_deliveries(actor.scope)
    rows = webhooks.list_webhooks(actor.scope, member=actor.member)
    return [_seen(row, counts.get(row.id, {})) for row in rows]


def see_webhook(actor: Actor, *, webhook: int, now: int) -> SeenWebhook:
    """Return one webhook of the actor.

    Raises:
        NotPermitted: if the actor may not have webhooks.
        NotFound: if the actor has no such webhook.
    """
    require(actor, "manage webhooks", now=now)
    row = own_webhook(actor, webhook)
    return _seen(row, webhooks.count_deliveries(actor.scope).get(row.id, {}))


def webhook_messages(
    actor: Actor, *, webhook: int, before: int | None = None, limit: int = PAGE, now: int
) -> list[DeliveryRow]:
    """Return a webhook's messages, newest first, those with a smaller id than `before`.

    Raises:
        NotPermitted: if the actor may not have webhooks.
        NotFound: if the actor has no such webhook.
    """
    require(actor, "manage webhooks", now=now)
    own_webhook(actor, webhook)
    return webhooks.list_deliveries(webhook, before=before, limit=limit)


def own_webhook(actor: Actor, webhook: int) -> WebhookRow:
    """Return a webhook of the actor; raises `NotFound` for any other."""
    if actor.member is None:
        raise NotFound(noun="webhook", key=str(webhook))
    return webhooks.webhook_by_id(actor.scope, webhook, member=actor.member)


def _seen(row: WebhookRow, counts: dict[str, int]) -> SeenWebhook:
    return SeenWebhook(
        row=row,
        delivered=counts.get("delivered", 0),
        waiting=counts.get("waiting", 0),
        failed=counts.get("failed", 0),
    )
