"""Who may see a page: `signed_in` before a view hands it the actor, or sends the visitor to sign in."""

import functools
import time
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from assay.service.access.permissions import Actor
from assay.service.access.request_limits import count_request

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]


def page(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Hand the view the actor; visitors go to the sign-in page, staff without a second factor set one up first."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        who: Any = request.signed_in  # type: ignore[attr-defined]
        if not who:
            return redirect(f"{settings.LOGIN_URL}?next={quote(request.get_full_path())}")
        if request.lacks_second_factor:  # type: ignore[attr-defined]
            return redirect("/account/2fa/?needed=1")
        count_request(who.actor, now=clock())
        return view(request, who.actor, *args, **kwargs)

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", guarded)


def clock() -> int:
    """Return the time in microseconds: the one place where the pages read it."""
    return time.time_ns() // 1_000
