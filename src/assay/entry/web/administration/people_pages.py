"""People with an account, for administrators: invite, change, disable, end what is open."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from assay.core.errors import BadValue
from assay.entry.web.account.account_forms import ROLE_WORDS
from assay.entry.web.administration.administration_forms import InviteForm, PersonForm
from assay.entry.web.page_access import clock, page
from assay.service.access.permissions import Actor, may
from assay.service.accounts.change_person import LastAdministrator, change_person
from assay.service.accounts.invitation_life import LIFE_IN_WORDS
from assay.service.accounts.invite_person import Invited, invite_person
from assay.service.accounts.people_with_accounts import PAGE, open_invitations, see_people, see_person
from assay.service.accounts.revoke_invitation import revoke_invitation
from assay.service.sign_in.end_sessions import end_sessions
from assay.service.sign_in.reset_second_factor import reset_second_factor
from assay.service.sign_in.revoke_key import revoke_key


@page
def people(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List everybody; a POST invites somebody and shows the link, this once."""
    form, made = InviteForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            made = invite_person(actor, now=clock(), **form.cleaned_data)
        except BadValue as problem:
            form.add_error(problem.key, str(problem))
        else:
            form = InviteForm()
    after = int(request.GET["after"]) if request.GET.get("after", "").isdecimal() else 0
    found = see_people(actor, after=min(after, 2**62), limit=PAGE + 1, now=clock())
    context = {
        "people": found[:PAGE],
        "next": found[PAGE - 1].member.id if len(found) > PAGE else 0,
        "invitations": open_invitations(actor, now=clock()),
        "form": form,
        "made": made,
        "life": LIFE_IN_WORDS,
        "link": "" if made is None else link_of(request, made),
        "manages": may(actor, "manage people"),
        "role_words": ROLE_WORDS,
    }
    return render(request, "admin_pages/people.html", context, status=422 if form.errors else 200)


@page
def person(request: HttpRequest, actor: Actor, person: int) -> HttpResponse:
    """Show one person; a POST changes roles and networks."""
    found = see_person(actor, person=person, now=clock())
    member = found.person.member
    initial: dict[str, Any] = {"roles": sorted(member.roles), "networks": "\n".join(member.networks)}
    form = PersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_person(actor, person=person, now=clock(), **form.cleaned_data)
        except BadValue as problem:
            form.add_error(problem.key, str(problem))
        except LastAdministrator as problem:
            form.add_error("roles", str(problem))
        else:
            if member.id == actor.member and changed != member:
                logout(request)  # the session behind this page has ended with the others
                messages.success(request, "Your own roles are kept. Sign in again to use them.")
                return redirect(settings.LOGIN_URL)
            messages.success(request, "The change is kept. Sessions that were open have ended.")
            return redirect(request.path)
    context = {
        "found": found,
        "member": member,
        "form": form,
        "manages": may(actor, "manage people"),
        "revokes": may(actor, "revoke a key"),
        "sees_keys": may(actor, "see keys"),
        "own": member.id == actor.member,
        "now": clock(),
        "role_words": ROLE_WORDS,
    }
    return render(request, "admin_pages/person.html", context, status=422 if form.errors else 200)


@require_POST
@page
def set_state(request: HttpRequest, actor: Actor, person: int, state: str) -> HttpResponse:
    """Disable or enable somebody."""
    changed = change_person(actor, person=person, state=state, now=clock())
    words = "may sign in again" if changed.is_active else "is disabled: sessions and keys have ended"
    messages.success(request, f"{changed.name} {words}.")
    return redirect(f"/people/{person}/")


@require_POST
@page
def end_all(request: HttpRequest, actor: Actor, person: int) -> HttpResponse:
    """End every session of somebody."""
    ended = end_sessions(actor, person=person, now=clock())
    messages.success(request, f"{ended} session{'' if ended == 1 else 's'} ended.")
    return redirect(f"/people/{person}/")


@require_POST
@page
def end_one(request: HttpRequest, actor: Actor, person: int, session: int) -> HttpResponse:
    """End one session of somebody."""
    end_sessions(actor, person=person, only=[session], now=clock())
    messages.success(request, "That session has ended.")
    return redirect(f"/people/{person}/")


@require_POST
@page
def reset_factor(request: HttpRequest, actor: Actor, person: int) -> HttpResponse:
    """Remove the second factors of somebody who lost them."""
    reset_second_factor(actor, person=person, now=clock())
    messages.success(request, "The second factor is removed. At the next sign-in they set up a new one.")
    return redirect(f"/people/{person}/")


@require_POST
@page
def revoke(request: HttpRequest, actor: Actor, person: int, key: int) -> HttpResponse:
    """End somebody's key."""
    revoke_key(actor, key=key, now=clock())
    messages.success(request, "The key has ended.")
    return redirect(f"/people/{person}/")


@require_POST
@page
def revoke_invited(request: HttpRequest, actor: Actor, invitation: int) -> HttpResponse:
    """Take an invitation back."""
    revoke_invitation(actor, invitation=invitation, now=clock())
    messages.success(request, "The invitation is taken back: its link opens nothing any more.")
    return redirect("/people/")


def link_of(request: HttpRequest, made: Invited) -> str:
    """Return the link that an invitation is sent as; the code behind `#` never reaches a server's log."""
    site = settings.ASSAY.url or request.build_absolute_uri("/").rstrip("/")
    return f"{site}/account/join/#{made.code}"
