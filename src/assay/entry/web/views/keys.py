"""One's own API keys: made, shown once, revoked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from assay.core.errors import BadValue
from assay.entry.web.access import clock, page
from assay.entry.web.forms import ROLE_WORDS, KeyForm
from assay.service.actions.make_key import make_key
from assay.service.actions.revoke_key import revoke_key
from assay.service.permissions import Actor
from assay.service.reads.own_keys import own_keys


@page
def keys(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the keys; a POST makes one and shows it, this once."""
    form = KeyForm(request.POST or None, own=tuple(sorted(actor.roles)))
    made = None
    if request.method == "POST" and form.is_valid():
        try:
            made = make_key(actor, now=clock(), **form.cleaned_data)
        except BadValue as problem:
            form.add_error(problem.key if problem.key in form.fields else None, str(problem))
        else:
            form = KeyForm(own=tuple(sorted(actor.roles)))
    now = clock()
    found = own_keys(actor, now=now)
    context = {
        "made": made,
        "form": form,
        "role_words": ROLE_WORDS,
        "good": [key for key in found if not key.revoked_at and key.expires_at > now],
        "ended": [key for key in found if key.revoked_at or key.expires_at <= now],
        "api": request.build_absolute_uri("/api/v1/me"),
    }
    return render(request, "account/keys.html", context, status=422 if form.errors else 200)


@require_POST
@page
def revoke(request: HttpRequest, actor: Actor, key: int) -> HttpResponse:
    """End one of one's own keys."""
    revoke_key(actor, key=key, now=clock())
    messages.success(request, "The key has ended: whoever uses it is refused from now on.")
    return redirect("/account/keys/")
