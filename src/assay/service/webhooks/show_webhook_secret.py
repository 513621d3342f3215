"""Show a webhook's secret to its owner; that it was shown is an event."""

from assay.service.access.permissions import Actor, record, require
from assay.service.webhooks.send_webhook_messages import signing_secret
from assay.service.webhooks.webhook_log import own_webhook
from assay.store import db


def show_webhook_secret(actor: Actor, *, webhook: int, now: int) -> str:
    """Return the secret with which the receiver checks signatures.

    Raises:
        NotPermitted: if the actor may not have webhooks.
        NotFound: if the actor has no such webhook.
    """
    require(actor, "manage webhooks", now=now)
    row = own_webhook(actor, webhook)
    with db.transaction():
        record(actor, now=now, verb="see a webhook's secret", subject=f"webhook {webhook}")
    return signing_secret(row.salt)
