"""Who may see a page: `signed_in` before a view hands it the actor, or sends the visitor to sign in."""

import functools
import time
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from assay.service.identity import has_second_factor
from assay.service.permissions import ADMINISTRATOR, AUDITOR, OPERATOR, REQUESTER, Actor

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Actor, P], HttpResponse]
STAFF = frozenset({REQUESTER, OPERATOR, AUDITOR, ADMINISTRATOR})


def page(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Hand the view the actor; visitors go to the sign-in page, staff without a second factor set one up first."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        who: Any = request.signed_in  # type: ignore[attr-defined]
        if not who:
            return redirect(f"{settings.LOGIN_URL}?next={quote(request.get_full_path())}")
        if lacks_second_factor(request, who.actor.roles):
            return redirect("/account/2fa/?needed=1")
        return view(request, who.actor, *args, **kwargs)

    return guarded


def lacks_second_factor(request: HttpRequest, roles: frozenset[str]) -> bool:
    """Whether this person must have a second factor (SEC-7) and has none yet."""
    if not settings.ASSAY.staff_second_factor or not roles & STAFF:
        return False
    if request.session.get("second_factor"):
        return False
    used = {one.get("method") for one in request.session.get("account_authentication_methods", [])}
    if "socialaccount" not in used and not has_second_factor(int(request.user.pk or 0)):
        return True
    request.session["second_factor"] = True
    return False


def clock() -> int:
    """Return the time in microseconds: the one place where the pages read it."""
    return time.time_ns() // 1_000
