"""Send a webhook's message once more."""

from assay.service.access.permissions import Actor, record, require
from assay.service.webhooks.webhook_log import own_webhook
from assay.store import db
from assay.store.trail import webhooks


def send_message_again(actor: Actor, *, webhook: int, message: int, now: int) -> None:
    """Make a message due now, with all its tries before it again; the receiver knows it by its id.

    Raises:
        NotPermitted: if the actor may not have webhooks.
        NotFound: if the actor has no such webhook, or it no such message.
    """
    require(actor, "manage webhooks", now=now)
    own_webhook(actor, webhook)
    with db.transaction():
        webhooks.send_again(webhook, message, now=now)
        record(
            actor,
            now=now,
            verb="send a message again",
            subject=f"webhook {webhook}",
            after=f"message {message}",
        )
