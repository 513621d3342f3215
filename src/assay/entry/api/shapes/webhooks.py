"""Shapes of webhooks and their messages."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from assay.entry.api.cursor_paging import Cursor, Limit
from assay.entry.api.shapes.base import Received, Shape, moment
from assay.service.webhooks.webhook_log import DeliveryRow, SeenWebhook

Url = Annotated[str, Field(max_length=2_000, pattern=r"^\s*https?://\S+\s*$")]
Verbs = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=100)]


class NewWebhook(Received):
    """An address to tell, and of which verbs; none: of all that one may hear of."""

    url: Url
    verbs: Verbs = Field(default_factory=list)


class WebhookChange(Received):
    """What to change; what is not named stays."""

    url: Url | None = None
    verbs: Verbs | None = None
    state: Literal["active", "paused"] | None = None


class Webhook(Shape):
    """A webhook, and how many of its messages arrived, wait, or were given up."""

    id: int
    url: str
    verbs: list[str]
    state: str
    created_at: datetime | None
    delivered: int
    waiting: int
    failed: int


class Webhooks(Shape):
    """One's own webhooks."""

    webhooks: list[Webhook]


class WebhookVerb(Shape):
    """A verb that can be chosen, and what it tells."""

    verb: str
    tells: str


class WebhookVerbs(Shape):
    """The verbs that one may hear of."""

    verbs: list[WebhookVerb]


class WebhookSecret(Shape):
    """The secret with which a receiver checks signatures (Standard Webhooks)."""

    secret: str


class WebhookMessage(Shape):
    """One message: `waiting`, `delivered` or `failed`; `answer` tells how the last try ended."""

    id: str
    event: int
    state: str
    attempts: int
    answer: str
    body: str
    created_at: datetime | None
    next_try_at: datetime | None


class WebhookMessages(Shape):
    """One page of messages, newest first."""

    messages: list[WebhookMessage]
    next: str | None


class WebhookMessagesQuery(Shape):
    """Which page of messages."""

    limit: Limit = 50
    cursor: Cursor = None


def webhook_of(found: SeenWebhook) -> Webhook:
    """Return the shape of a webhook."""
    return Webhook.of(found.row, delivered=found.delivered, waiting=found.waiting, failed=found.failed)


def message_of(row: DeliveryRow) -> WebhookMessage:
    """Return the shape of a message."""
    return WebhookMessage.of(
        row, id=f"msg_{row.id}", next_try_at=moment(row.due_at) if row.state == "waiting" else None
    )
