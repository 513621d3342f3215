"""Error pages: what happened, what is safe, what to do."""

import json
from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assay.core.errors import AssayError, InputError, NotAllowed, NotFound, NotPermitted
from assay.core.ports.outbound import OutboundFailed
from assay.service.access.refuse_own_work import OwnWork
from assay.service.access.request_limits import TooMany
from assay.service.accounts.change_person import LastAdministrator
from assay.service.sign_in.actor_of_key_or_session import NotSignedIn, WrongNetwork
from assay.service.sign_in.make_key import KeyMakesNoKeys, NotConfirmed
from assay.service.sign_in.protection.factor_secrets import FactorKeyLost

STATUS: Final[Mapping[type[AssayError], int]] = {
    NotFound: 404,
    NotPermitted: 403,
    OwnWork: 403,
    WrongNetwork: 403,
    KeyMakesNoKeys: 403,
    NotConfirmed: 403,
    NotSignedIn: 401,
    TooMany: 429,
    NotAllowed: 409,
    LastAdministrator: 409,
    FactorKeyLost: 409,
    OutboundFailed: 502,
    InputError: 400,
    AssayError: 500,
}
"""Which status a page has for an error: that of the nearest class."""

TITLES: Final = {
    400: "That could not be used",
    401: "Nobody is signed in",
    403: "This is not open to you",
    404: "There is no such page",
    409: "This is not possible now",
    500: "Something went wrong here",
    429: "Too many requests",
    502: "Somebody else does not answer",
    503: "Assay is out of breath",
}


def problem_page(request: HttpRequest, problem: AssayError) -> HttpResponse:
    """Return the page of an error with its own sentence."""
    status = next(STATUS[kind] for kind in type(problem).__mro__ if kind in STATUS)
    response = _page(request, status, str(problem))
    if isinstance(problem, TooMany):
        response.headers["Retry-After"] = str(problem.seconds)
    return response


def slowed(request: HttpRequest, problem: TooMany) -> HttpResponse:
    """Return the reply to somebody who asks too often: small, since many of them may be asked for."""
    if request.path.startswith("/api/"):
        found = {
            "type": "urn:assay:error:too-many",
            "title": TITLES[429],
            "status": 429,
            "detail": str(problem),
        }
        response = HttpResponse(json.dumps(found), content_type="application/problem+json", status=429)
    else:
        response = HttpResponse(f"{problem}\n", content_type="text/plain; charset=utf-8", status=429)
    response.headers["Retry-After"] = str(problem.seconds)
    return response


def trouble_page(request: HttpRequest) -> HttpResponse:
    """Return the page for a database that does not answer."""
    response = _page(
        request,
        503,
        "The database does not answer at the moment. What was saved before is safe; try again in a few seconds.",
    )
    response.headers["Retry-After"] = "5"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Return the page for a request that cannot be read."""
    return _page(request, 400, "The request could not be read; nothing was changed.")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - as above
    """Return the page for something that is not open to this person."""
    return _page(request, 403, "Your roles do not include this page. An administrator can change that.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - as above
    """Return the page for an address that leads nowhere."""
    return _page(request, 404, "The address leads nowhere, or to something that is not yours.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the page for an error that nobody foresaw."""
    return _page(request, 500, "What was saved before is safe. The server's log says what happened.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Return the page for a form that does not come from this site, or is too old."""
    return _page(
        request, 403, "The form is too old or came from another site; nothing was changed. Load it again."
    )


def _page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    return render(
        request,
        "errors/problem.html",
        {"title": TITLES[status], "sentence": sentence, "status": status},
        status=status,
    )
