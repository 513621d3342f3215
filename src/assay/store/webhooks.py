"""Webhooks: where to tell of events, and how each message went."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.core.errors import NotFound
from assay.store import db
from assay.store.events import EventRow
from assay.store.scope import Scope


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """One webhook; `verbs` are words of the audit trail, none: all. Times in microseconds."""

    id: int
    tenant: int
    member: int
    url: str
    verbs: tuple[str, ...]
    salt: str
    state: str
    seen_block: int
    created_at: int


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One message: `waiting`, `delivered` or `failed`; `answer` tells how the last try ended."""

    id: int
    webhook: int
    event: int
    body: str
    state: str
    attempts: int
    due_at: int
    answer: str
    created_at: int


_HOOK = "id, tenant_id, member_id, url, verbs, salt, state, seen_block, created_at"
_DELIVERY = "id, webhook_id, event_id, body, state, attempts, due_at, answer, created_at"


def add_webhook(
    scope: Scope, *, member: int, url: str, verbs: Sequence[str], salt: str, seen_block: int, now: int
) -> WebhookRow:
    """Insert a webhook that hears of what is sealed after `seen_block`."""
    found = db.row(
        "INSERT INTO webhook (tenant_id, member_id, url, verbs, salt, seen_block, created_at)"
        f" VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING {_HOOK}",
        [scope.tenant, member, url, "\n".join(verbs), salt, seen_block, now],
    )
    assert found is not None
    return _hook(found)


def list_webhooks(scope: Scope, *, member: int | None = None) -> list[WebhookRow]:
    """Return the tenant's webhooks, or those of one member, that were not removed."""
    condition, values = ("AND member_id = %s", [member]) if member is not None else ("", [])
    found = db.rows(
        f"SELECT {_HOOK} FROM webhook WHERE tenant_id = %s AND state <> 'removed' {condition} ORDER BY id",
        [scope.tenant, *values],
    )
    return [_hook(row) for row in found]


def webhook_by_id(scope: Scope, webhook: int, *, member: int) -> WebhookRow:
    """Return a member's own webhook; raises `NotFound` for any other."""
    found = db.row(
        f"SELECT {_HOOK} FROM webhook WHERE id = %s AND tenant_id = %s AND member_id = %s AND state <> 'removed'",
        [webhook, scope.tenant, member],
    )
    if found is None:
        raise NotFound(noun="webhook", key=str(webhook))
    return _hook(found)


def set_webhook_state(scope: Scope, webhook: int, *, state: str) -> None:
    """Make a webhook active, paused or removed."""
    db.execute(
        "UPDATE webhook SET state = %s WHERE id = %s AND tenant_id = %s", [state, webhook, scope.tenant]
    )


def active_webhooks() -> list[WebhookRow]:
    """Return the active webhooks of every tenant."""
    return [_hook(row) for row in db.rows(f"SELECT {_HOOK} FROM webhook WHERE state = 'active' ORDER BY id")]


def see_block(webhook: WebhookRow, block: int, messages: Sequence[tuple[EventRow, str]], *, now: int) -> None:
    """Queue messages of one block's events and move on behind it; nothing is queued twice."""
    db.change_many(
        "INSERT INTO webhook_delivery (webhook_id, event_id, body, due_at, created_at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (webhook_id, event_id) DO NOTHING",
        [(webhook.id, event.id, body, now, now) for event, body in messages],
    )
    db.execute(
        "UPDATE webhook SET seen_block = %s WHERE id = %s AND seen_block < %s", [block, webhook.id, block]
    )


def due_deliveries(*, now: int, limit: int) -> list[DeliveryRow]:
    """Return the messages that are due, oldest first."""
    found = db.rows(
        f"SELECT {_DELIVERY} FROM webhook_delivery WHERE state = 'waiting' AND due_at <= %s ORDER BY due_at, id"
        f" LIMIT {int(limit)}",
        [now],
    )
    return [DeliveryRow(*row) for row in found]


def claim_delivery(delivery: DeliveryRow, *, until: int) -> bool:
    """Take a due message for one try; whoever dies with it leaves it due again later."""
    return (
        db.execute(
            "UPDATE webhook_delivery SET due_at = %s, attempts = attempts + 1"
            " WHERE id = %s AND due_at = %s AND state = 'waiting'",
            [until, delivery.id, delivery.due_at],
        )
        == 1
    )


def end_try(delivery: int, *, state: str, answer: str, due_at: int) -> None:
    """Keep how a try ended, and when the next one is due."""
    db.execute(
        "UPDATE webhook_delivery SET state = %s, answer = %s, due_at = %s WHERE id = %s",
        [state, answer, due_at, delivery],
    )


def list_deliveries(webhook: int, *, limit: int = 100) -> list[DeliveryRow]:
    """Return the newest messages of a webhook."""
    found = db.rows(
        f"SELECT {_DELIVERY} FROM webhook_delivery WHERE webhook_id = %s ORDER BY id DESC LIMIT {int(limit)}",
        [webhook],
    )
    return [DeliveryRow(*row) for row in found]


def send_again(webhook: int, delivery: int, *, now: int) -> None:
    """Make a message due once more; raises `NotFound` where the webhook has no such message."""
    changed = db.execute(
        "UPDATE webhook_delivery SET state = 'waiting', attempts = 0, due_at = %s WHERE id = %s AND webhook_id = %s",
        [now, delivery, webhook],
    )
    if not changed:
        raise NotFound(noun="message", key=str(delivery))


def webhook_of(delivery: DeliveryRow) -> WebhookRow | None:
    """Return the webhook of a message, None where it was removed or paused."""
    found = db.row(f"SELECT {_HOOK} FROM webhook WHERE id = %s AND state = 'active'", [delivery.webhook])
    return None if found is None else _hook(found)


def _hook(row: db.Row) -> WebhookRow:
    return WebhookRow(*row[:4], tuple(row[4].split("\n")) if row[4] else (), *row[5:])
