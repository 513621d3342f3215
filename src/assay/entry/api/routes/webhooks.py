"""Webhooks: one's own, their messages, and sending one again (SEC-21)."""

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from assay.entry.api.cursor_paging import cursor_of, values_of
from assay.entry.api.idempotency_keys import once
from assay.entry.api.shapes.base import Problem
from assay.entry.api.shapes.texts import Id
from assay.entry.api.shapes.webhooks import (
    NewWebhook,
    Webhook,
    WebhookChange,
    WebhookMessages,
    WebhookMessagesQuery,
    Webhooks,
    WebhookSecret,
    WebhookVerb,
    WebhookVerbs,
    message_of,
    webhook_of,
)
from assay.entry.api.who_calls import actor_of, clock
from assay.service.installation import this_installation
from assay.service.webhooks.add_webhook import add_webhook
from assay.service.webhooks.change_webhook import change_webhook
from assay.service.webhooks.send_message_again import send_message_again
from assay.service.webhooks.show_webhook_secret import show_webhook_secret
from assay.service.webhooks.webhook_log import own_webhooks, see_webhook, webhook_messages
from assay.service.webhooks.who_may_hear import verbs_for

router = Router(tags=["webhooks"])
PROBLEMS = frozenset({401, 403, 404, 409, 422, 429})


@router.get("", response={200: Webhooks, PROBLEMS: Problem}, summary="Your webhooks")
def list_webhooks(request: HttpRequest) -> Webhooks:
    """Return the caller's webhooks."""
    return Webhooks(webhooks=[webhook_of(one) for one in own_webhooks(actor_of(request), now=clock())])


@router.post("", response={201: Webhook, PROBLEMS: Problem}, summary="Add a webhook")
def post_webhook(request: HttpRequest, wanted: NewWebhook) -> object:
    """Add a webhook, which hears of what happens from now on."""
    actor = actor_of(request)

    def work() -> Webhook:
        installation = this_installation().of(actor.scope)
        made = add_webhook(installation, actor, url=wanted.url, verbs=wanted.verbs, now=clock())
        return webhook_of(see_webhook(actor, webhook=made.id, now=clock()))

    return once(request, work, status=201)


@router.get(
    "/verbs", response={200: WebhookVerbs, PROBLEMS: Problem}, summary="What webhooks can tell you of"
)
def list_verbs(request: HttpRequest) -> WebhookVerbs:
    """Return the verbs that the caller may choose."""
    found = verbs_for(actor_of(request).roles)
    return WebhookVerbs(verbs=[WebhookVerb(verb=verb, tells=tells) for verb, tells in found.items()])


@router.get("/{webhook}", response={200: Webhook, PROBLEMS: Problem}, summary="One webhook")
def get_webhook(request: HttpRequest, webhook: Path[Id]) -> Webhook:
    """Return a webhook of the caller."""
    return webhook_of(see_webhook(actor_of(request), webhook=webhook, now=clock()))


@router.patch("/{webhook}", response={200: Webhook, PROBLEMS: Problem}, summary="Change a webhook")
def patch_webhook(request: HttpRequest, webhook: Path[Id], wanted: WebhookChange) -> Webhook:
    """Change address or verbs, pause it, or let it go on; a paused one is told later what it missed."""
    actor = actor_of(request)
    change_webhook(
        this_installation().of(actor.scope),
        actor,
        webhook=webhook,
        url=wanted.url,
        verbs=wanted.verbs,
        state=wanted.state,
        now=clock(),
    )
    return webhook_of(see_webhook(actor, webhook=webhook, now=clock()))


@router.delete("/{webhook}", response={204: None, PROBLEMS: Problem}, summary="Remove a webhook")
def delete_webhook(request: HttpRequest, webhook: Path[Id]) -> Status[None]:
    """Remove a webhook: nothing is sent there any more."""
    actor = actor_of(request)
    installation = this_installation().of(actor.scope)
    change_webhook(installation, actor, webhook=webhook, state="removed", now=clock())
    return Status(204, None)


@router.post(
    "/{webhook}/secret", response={200: WebhookSecret, PROBLEMS: Problem}, summary="Show a webhook's secret"
)
def post_secret(request: HttpRequest, webhook: Path[Id]) -> WebhookSecret:
    """Return the secret to its owner; that it was shown is an event, so this is no GET."""
    return WebhookSecret(secret=show_webhook_secret(actor_of(request), webhook=webhook, now=clock()))


@router.get(
    "/{webhook}/messages", response={200: WebhookMessages, PROBLEMS: Problem}, summary="What was sent"
)
def list_messages(
    request: HttpRequest, webhook: Path[Id], wanted: Query[WebhookMessagesQuery]
) -> WebhookMessages:
    """Return the messages of a webhook, newest first."""
    place = values_of(wanted.cursor, int)
    found = webhook_messages(
        actor_of(request),
        webhook=webhook,
        before=None if place is None else int(place[0]),
        limit=wanted.limit + 1,
        now=clock(),
    )
    more = len(found) > wanted.limit
    return WebhookMessages(
        messages=[message_of(one) for one in found[: wanted.limit]],
        next=cursor_of(found[wanted.limit - 1].id) if more else None,
    )


@router.post(
    "/{webhook}/messages/{message}/again", response={204: None, PROBLEMS: Problem}, summary="Send it again"
)
def post_again(request: HttpRequest, webhook: Path[Id], message: Path[Id]) -> Status[None]:
    """Make a message due now; its `webhook-id` stays the same. `message` is its number, without `msg_`."""
    send_message_again(actor_of(request), webhook=webhook, message=message, now=clock())
    return Status(204, None)
