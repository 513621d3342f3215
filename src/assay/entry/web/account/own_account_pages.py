"""One's own account: name, roles, second factor, sessions, identities."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from assay.core.errors import BadValue, NotFound
from assay.entry.web.account.account_forms import ROLE_WORDS, NameForm
from assay.entry.web.page_access import clock, page
from assay.service.access.permissions import Actor
from assay.service.accounts.own_account import own_account
from assay.service.accounts.rename_self import rename_self
from assay.service.sign_in.end_sessions import end_sessions


@page
def profile(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the account; a POST changes the name."""
    found = own_account(actor, session=request.session.session_key or "", now=clock())
    form = NameForm(request.POST or None, initial={"name": found.member.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_self(actor, name=form.cleaned_data["name"], now=clock())
        except BadValue as problem:
            form.add_error("name", str(problem))
        else:
            messages.success(request, "Your name is kept.")
            return redirect("/account/profile/")
    context = {
        "account": found,
        "form": form,
        "role_words": ROLE_WORDS,
        "has_password": request.user.is_authenticated and request.user.has_usable_password(),
        "good_keys": [key for key in found.keys if not key.revoked_at and key.expires_at > clock()],
    }
    return render(request, "account/profile.html", context, status=422 if form.errors else 200)


@require_POST
@page
def end_one(request: HttpRequest, actor: Actor, session: int) -> HttpResponse:
    """End one of one's own sessions."""
    end_sessions(actor, person=actor.member or 0, only=[session], now=clock())
    messages.success(request, "That session has ended.")
    return redirect("/account/profile/#sessions")


@require_POST
@page
def end_others(request: HttpRequest, actor: Actor) -> HttpResponse:
    """End all of one's own sessions but this one."""
    ended = end_sessions(actor, person=actor.member or 0, but=request.session.session_key or "", now=clock())
    messages.success(request, f"{ended} other session{'' if ended == 1 else 's'} ended.")
    return redirect("/account/profile/#sessions")


@require_GET
def to_profile(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Send the library's page of sessions to the profile, which shows them."""
    return redirect("/account/profile/#sessions")


def not_here(request: HttpRequest, **parts: str) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer the library's pages that this installation does not offer."""
    raise NotFound(noun="page", key=request.path)
