"""Change a webhook: its address and verbs, pause it, let it go on, remove it."""

from collections.abc import Sequence
from typing import Final

from assay.core.errors import BadValue
from assay.core.ids import canonical
from assay.service.access.permissions import Actor, record, require
from assay.service.installation import Installation
from assay.service.webhooks.add_webhook import regular_address, regular_verbs
from assay.service.webhooks.webhook_log import own_webhook
from assay.store import db
from assay.store.trail import webhooks
from assay.store.trail.webhooks import WebhookRow

STATES: Final = ("active", "paused", "removed")


def change_webhook(
    installation: Installation,
    actor: Actor,
    *,
    webhook: int,
    now: int,
    url: str | None = None,
    verbs: Sequence[str] | None = None,
    state: str | None = None,
) -> WebhookRow:
    """Change what is given and return the webhook as it is now.

    A paused webhook is told later what it missed; a removed one is told nothing more, nor what still waits.

    Raises:
        NotPermitted: if the actor may not have webhooks.
        NotFound: if the actor has no such webhook.
        BadValue: if the address, a verb or the state is none.
    """
    require(actor, "manage webhooks", now=now)
    before = own_webhook(actor, webhook)
    if state is not None and state not in STATES:
        raise BadValue(where="webhook", key="state", found=f"'{state[:40]}'", expected=" or ".join(STATES))
    address = before.url if url is None else regular_address(installation, url)
    wanted = list(before.verbs) if verbs is None else regular_verbs(actor, verbs)
    after = before.state if state is None else state
    with db.transaction():
        webhooks.update_webhook(actor.scope, webhook, url=address, verbs=wanted, state=after)
        if after == "removed":
            webhooks.give_up_waiting(webhook, answer="the webhook was removed")
        record(
            actor,
            now=now,
            verb="remove a webhook" if after == "removed" else "change a webhook",
            subject=f"webhook {webhook}",
            before=before.state,
            after=after,
            detail=canonical({"url": address, "verbs": wanted}).decode(),
        )
    return before if after == "removed" else own_webhook(actor, webhook)
