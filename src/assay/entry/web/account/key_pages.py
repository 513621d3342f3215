"""One's own API keys: made, shown once, revoked."""

from typing import Any
from urllib.parse import quote, urlencode

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from assay.core.errors import BadValue
from assay.entry.web.account.account_forms import ROLE_WORDS, KeyForm
from assay.entry.web.page_access import clock, page
from assay.service.access.permissions import Actor
from assay.service.sign_in.make_key import NotConfirmed, is_confirmed, make_key
from assay.service.sign_in.own_keys import own_keys
from assay.service.sign_in.revoke_key import revoke_key

HERE = "/account/keys/"


@page
def keys(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the keys; a POST makes one and shows it, this once, or asks first whether it is still the same person."""
    own = tuple(sorted(actor.roles))
    form, made = KeyForm(request.POST or None, own=own, initial=_typed_before(request)), None
    if request.method == "POST" and form.is_valid():
        try:
            made = make_key(actor, now=clock(), **form.cleaned_data)
        except BadValue as problem:
            form.add_error(problem.key if problem.key in form.fields else None, str(problem))
        except NotConfirmed as problem:
            ways = get_adapter().get_reauthentication_methods(request.user)
            if ways:
                return redirect(f"{ways[0]['url']}?next={quote(_with_what_was_typed(form.cleaned_data))}")
            minutes = problem.minutes
            form.add_error(
                None,
                f"Sign out, sign in again through your identity provider, and make the key within {minutes} minutes.",
            )
        else:
            form = KeyForm(own=own)
    now = clock()
    found = own_keys(actor, now=now)
    context = {
        "made": made,
        "form": form,
        "role_words": ROLE_WORDS,
        "good": [key for key in found if not key.revoked_at and key.expires_at > now],
        "ended": [key for key in found if key.revoked_at or key.expires_at <= now],
        "api": request.build_absolute_uri("/api/v1/me"),
        "confirmed": "name" in request.GET and not form.is_bound and is_confirmed(actor, now=now),
    }
    return render(request, "account/keys.html", context, status=422 if form.errors else 200)


@require_POST
@page
def revoke(request: HttpRequest, actor: Actor, key: int) -> HttpResponse:
    """End one of one's own keys."""
    revoke_key(actor, key=key, now=clock())
    messages.success(request, "The key has ended: whoever uses it is refused from now on.")
    return redirect(HERE)


def _with_what_was_typed(typed: dict[str, Any]) -> str:
    """Return the address of this page with the form as it was filled in."""
    return f"{HERE}?{urlencode(typed, doseq=True)}"


def _typed_before(request: HttpRequest) -> dict[str, Any]:
    """Return what was filled in before the password was asked for."""
    if "name" not in request.GET:
        return {}
    return {
        "name": request.GET["name"][:100],
        "days": request.GET.get("days", ""),
        "scopes": request.GET.getlist("scopes"),
    }
