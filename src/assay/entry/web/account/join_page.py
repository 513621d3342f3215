"""Joining: the code of an invitation becomes an account, and its holder is signed in.

The code stands behind the `#` of its link, which browsers do not send; the page's script puts it into the form.
"""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from assay.core.errors import AssayError, BadValue
from assay.entry.web.account.account_forms import CodeForm, JoinForm
from assay.entry.web.account.account_library import source
from assay.entry.web.page_access import clock
from assay.service.accounts.accept_invitation import AddressTaken, accept_invitation
from assay.service.accounts.open_invitation import InvitationGone, open_invitation
from assay.service.sign_in.password_rules import WeakPassword


@sensitive_post_parameters("password", "code")
def join(request: HttpRequest) -> HttpResponse:
    """Ask for the code, then for the rest, then make the account."""
    if request.user.is_authenticated:
        return render(request, "account/join_signed_in.html")
    if request.method != "POST":
        return render(request, "account/join_code.html", {"form": CodeForm()})
    code = CodeForm(request.POST)
    if not code.is_valid():
        return render(request, "account/join_code.html", {"form": code}, status=422)
    try:
        found = open_invitation(code.cleaned_data["code"], now=clock())
    except InvitationGone as problem:
        code.add_error("code", str(problem))
        return render(request, "account/join_code.html", {"form": code}, status=422)
    if "name" not in request.POST:
        return _ask(
            request, JoinForm(initial={"code": code.cleaned_data["code"], "email": found.email}), found
        )
    form = JoinForm({**request.POST.dict(), "email": found.email or request.POST.get("email", "")})
    return _join(request, form, found)


def _join(request: HttpRequest, form: JoinForm, found: Any) -> HttpResponse:
    if not form.is_valid():
        return _ask(request, form, found, status=422)
    try:
        member = accept_invitation(source=source(request), now=clock(), **form.cleaned_data)
    except (WeakPassword, AddressTaken, BadValue) as problem:
        form.add_error(_field_of(problem), str(problem))
        return _ask(request, form, found, status=422)
    except InvitationGone as problem:
        code = CodeForm(request.POST)
        code.is_valid()
        code.add_error("code", str(problem))
        return render(request, "account/join_code.html", {"form": code}, status=422)
    user = get_user_model().objects.get(pk=member.user)
    record_authentication(request, user, "password", email=member.email)
    signed_in: HttpResponse = perform_login(request, user, email_verification="none")
    return signed_in


def _field_of(problem: AssayError) -> str | None:
    """Return the field that an error is about."""
    if isinstance(problem, BadValue):
        return problem.key
    return "password" if isinstance(problem, WeakPassword) else "email"


def _ask(request: HttpRequest, form: JoinForm, found: Any, *, status: int = 200) -> HttpResponse:
    return render(request, "account/join.html", {"form": form, "invitation": found}, status=status)
