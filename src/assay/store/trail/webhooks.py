"""Webhooks: where to tell of events, and how each message went."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assay.core.errors import NotFound
from assay.store import db
from assay.store.scope import Scope
from assay.store.trail.events import EventRow


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


@dataclass(frozen=True, slots=True)
class HeardWebhook:
    """An active webhook with the roles and the address of its owner."""

    hook: WebhookRow
    roles: frozenset[str]
    owner: str


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


def update_webhook(scope: Scope, webhook: int, *, url: str, verbs: Sequence[str], state: str) -> None:
    """Change a webhook's address and verbs, and make it active, paused or removed."""
    db.execute(
        "UPDATE webhook SET url = %s, verbs = %s, state = %s WHERE id = %s AND tenant_id = %s",
        [url, "\n".join(verbs), state, webhook, scope.tenant],
    )


def active_webhooks() -> list[HeardWebhook]:
    """Return the active webhooks of every tenant whose owners are active too."""
    columns = ", ".join(f"w.{name}" for name in _HOOK.split(", "))
    found = db.rows(
        f"SELECT {columns}, m.roles, m.email FROM webhook w JOIN member m ON m.id = w.member_id"
        " WHERE w.state = 'active' AND m.state = 'active' ORDER BY w.id"
    )
    return [HeardWebhook(_hook(row[:9]), frozenset(row[9].split()), row[10]) for row in found]


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
    """Return messages that are due, one of each active webhook and the oldest first.

    Messages of a webhook that is paused, or whose owner is disabled, keep waiting.
    """
    columns = ", ".join(f"d.{name}" for name in _DELIVERY.split(", "))
    found = db.rows(
        f"SELECT {columns} FROM webhook_delivery d WHERE d.id IN"
        " (SELECT MIN(x.id) FROM webhook_delivery x JOIN webhook w ON w.id = x.webhook_id"
        "  JOIN member m ON m.id = w.member_id"
        "  WHERE x.state = 'waiting' AND x.due_at <= %s AND w.state = 'active' AND m.state = 'active'"
        "  GROUP BY x.webhook_id)"
        f" ORDER BY d.due_at, d.id LIMIT {int(limit)}",
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


def hold_back(webhook: int, *, until: int) -> None:
    """Let the other messages of a webhook that does not answer wait too, so that it is not asked for each."""
    db.execute(
        "UPDATE webhook_delivery SET due_at = %s WHERE webhook_id = %s AND state = 'waiting' AND due_at < %s",
        [until, webhook, until],
    )


def give_up_waiting(webhook: int, *, answer: str) -> None:
    """End all messages of a webhook that still wait."""
    db.execute(
        "UPDATE webhook_delivery SET state = 'failed', answer = %s WHERE webhook_id = %s AND state = 'waiting'",
        [answer, webhook],
    )


def list_deliveries(webhook: int, *, before: int | None = None, limit: int = 100) -> list[DeliveryRow]:
    """Return the newest messages of a webhook, those with a smaller id than `before`."""
    condition, values = ("", []) if before is None else (" AND id < %s", [before])
    found = db.rows(
        f"SELECT {_DELIVERY} FROM webhook_delivery WHERE webhook_id = %s{condition}"
        f" ORDER BY id DESC LIMIT {int(limit)}",
        [webhook, *values],
    )
    return [DeliveryRow(*row) for row in found]


def count_deliveries(scope: Scope) -> dict[int, dict[str, int]]:
    """Return how many messages each webhook of the tenant has in each state."""
    found = db.rows(
        "SELECT d.webhook_id, d.state, COUNT(*) FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook_id"
        " WHERE w.tenant_id = %s GROUP BY d.webhook_id, d.state",
        [scope.tenant],
    )
    counts: dict[int, dict[str, int]] = {}
    for webhook, state, number in found:
        counts.setdefault(int(webhook), {})[str(state)] = int(number)
    return counts


def forget_deliveries(*, before: int) -> None:
    """Forget messages that ended long ago."""
    db.execute("DELETE FROM webhook_delivery WHERE created_at < %s AND state <> 'waiting'", [before])


def send_again(webhook: int, delivery: int, *, now: int) -> None:
    """Make a message due once more; raises `NotFound` where the webhook has no such message."""
    changed = db.execute(
        "UPDATE webhook_delivery SET state = 'waiting', attempts = 0, due_at = %s WHERE id = %s AND webhook_id = %s",
        [now, delivery, webhook],
    )
    if not changed:
        raise NotFound(noun="message", key=str(delivery))


def webhook_of(delivery: DeliveryRow) -> WebhookRow | None:
    """Return the webhook of a message, None where it may not be told at the moment."""
    columns = ", ".join(f"w.{name}" for name in _HOOK.split(", "))
    found = db.row(
        f"SELECT {columns} FROM webhook w JOIN member m ON m.id = w.member_id"
        " WHERE w.id = %s AND w.state = 'active' AND m.state = 'active'",
        [delivery.webhook],
    )
    return None if found is None else _hook(found)


def _hook(row: db.Row) -> WebhookRow:
    values: list[Any] = [*row[:4], tuple(row[4].split("\n")) if row[4] else (), *row[5:]]
    return WebhookRow(*values)
