"""Webhooks in the browser: one's own, what was sent, and what the receiver said."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from assay.core.errors import BadValue
from assay.entry.web.administration.administration_forms import WebhookForm
from assay.entry.web.page_access import clock, page
from assay.service.access.permissions import Actor, may
from assay.service.installation import this_installation
from assay.service.webhooks.add_webhook import add_webhook
from assay.service.webhooks.change_webhook import change_webhook
from assay.service.webhooks.send_message_again import send_message_again
from assay.service.webhooks.show_webhook_secret import show_webhook_secret
from assay.service.webhooks.webhook_log import PAGE, own_webhooks, see_webhook, webhook_messages
from assay.service.webhooks.who_may_hear import verbs_for

SAID = {
    "active": "The webhook is active: it is told now what it missed.",
    "paused": "The webhook is paused: what happens meanwhile is told when it goes on.",
    "removed": "The webhook is removed: nothing is sent there any more.",
}


@page
def webhooks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List one's own webhooks; a POST adds one."""
    verbs = verbs_for(actor.roles)
    form = WebhookForm(request.POST or None, verbs=tuple(verbs))
    if request.method == "POST" and form.is_valid():
        installation = this_installation().of(actor.scope)
        try:
            made = add_webhook(installation, actor, now=clock(), **form.cleaned_data)
        except BadValue as problem:
            form.add_error(problem.key, str(problem))
        else:
            messages.success(request, "The webhook is there. Show its secret to configure the receiver.")
            return redirect(f"/webhooks/{made.id}/")
    context = {"webhooks": own_webhooks(actor, now=clock()), "form": form, "verbs": verbs}
    return render(request, "webhooks/webhooks.html", context, status=422 if form.errors else 200)


@page
def webhook(request: HttpRequest, actor: Actor, webhook: int) -> HttpResponse:
    """Show one webhook and its messages; a POST shows its secret, this once."""
    found = see_webhook(actor, webhook=webhook, now=clock())
    secret = show_webhook_secret(actor, webhook=webhook, now=clock()) if request.method == "POST" else ""
    given = request.GET.get("before", "")
    before = min(int(given), 2**62) if given.isdecimal() and len(given) < 20 else None
    sent = webhook_messages(actor, webhook=webhook, before=before, limit=PAGE + 1, now=clock())
    context = {
        "found": found,
        "hook": found.row,
        "host": urlsplit(found.row.url).hostname or "",
        "secret": secret,
        "sees_events": may(actor, "see events"),
        "messages_sent": sent[:PAGE],
        "next": sent[PAGE - 1].id if len(sent) > PAGE else 0,
    }
    return render(request, "webhooks/webhook.html", context)


@require_POST
@page
def set_state(request: HttpRequest, actor: Actor, webhook: int, state: str) -> HttpResponse:
    """Pause a webhook, let it go on, or remove it."""
    change_webhook(this_installation().of(actor.scope), actor, webhook=webhook, state=state, now=clock())
    messages.success(request, SAID[state])
    return redirect("/webhooks/" if state == "removed" else f"/webhooks/{webhook}/")


@require_POST
@page
def again(request: HttpRequest, actor: Actor, webhook: int, message: int) -> HttpResponse:
    """Send a message once more."""
    send_message_again(actor, webhook=webhook, message=message, now=clock())
    messages.success(request, "The message goes out again within a second.")
    return redirect(f"/webhooks/{webhook}/")
