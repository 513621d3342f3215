"""What every request passes: where it comes from, who it is, and the headers that protect its reply.

`Guard` stands outermost and adds the content policy (SEC-12) to every reply; `Identify` stands innermost and
says who is signed in, once somebody asks.
"""

import ipaddress
import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib.auth import logout
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from assay.core.errors import AssayError
from assay.entry.web.views.errors import problem_page, trouble_page
from assay.service.identity import SignedIn, WrongNetwork, has_second_factor, note_seen, signed_in
from assay.service.permissions import ADMINISTRATOR, AUDITOR, OPERATOR, REQUESTER

Handler = Callable[[HttpRequest], HttpResponse]

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self';"
    " font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
YEAR: Final = 31_536_000
STAFF: Final = frozenset({REQUESTER, OPERATOR, AUDITOR, ADMINISTRATOR})
"""Whoever has one of these roles needs a second factor."""
SEEN_EVERY: Final = 60
"""Seconds between two notes that a session is in use."""


class Guard:
    """Notes the caller's address, and adds the protecting headers that a reply does not set itself."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        request.address = address_of(request)  # type: ignore[attr-defined]
        response = self.handler(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.SESSION_COOKIE_SECURE:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class Identify:
    """Says who is signed in (`request.signed_in`), and turns errors of pages into sentences."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        request.signed_in = SimpleLazyObject(lambda: find_signed_in(request))  # type: ignore[attr-defined]
        request.lacks_second_factor = SimpleLazyObject(lambda: lacks_second_factor(request))  # type: ignore[attr-defined]
        return self.handler(request)

    def process_view(self, request: HttpRequest, *view: object) -> HttpResponse | None:
        """Look at every session on the account library's pages too, which know nothing of members."""
        del view
        if request.path.startswith("/account/"):
            try:
                bool(request.signed_in)  # type: ignore[attr-defined]
            except WrongNetwork as problem:
                return None if request.path == "/account/logout/" else problem_page(request, problem)
        return None

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Return the page for an error that has a sentence; the API has replies of its own."""
        if isinstance(problem, AssayError):
            return problem_page(request, problem)
        if isinstance(problem, DatabaseError):
            return trouble_page(request)
        return None


def find_signed_in(request: HttpRequest) -> SignedIn | None:
    """Return who is signed in; sessions that are idle too long, or older than a change of roles, end (SEC-8)."""
    if not request.user.is_authenticated:
        return None
    try:
        found = signed_in(int(request.user.pk), source="web", address=request.address)  # type: ignore[attr-defined]
    except WrongNetwork:
        request.signed_in = None  # type: ignore[attr-defined]  # so that the page about it has no frame
        raise
    session, now = request.session, int(time.time())
    epoch = session.get("epoch")
    idle = now - int(session.get("seen", now)) > settings.SESSION_COOKIE_AGE // 3
    over = now - int(session.get("since", now)) > settings.SESSION_COOKIE_AGE
    if found is None or idle or over or (epoch is not None and epoch != found.member.epoch):
        logout(request)
        return None
    if epoch is None:
        session["epoch"], session["since"] = found.member.epoch, now
    if now - int(session.get("seen", 0)) > SEEN_EVERY:
        session["seen"] = now
        note_seen(session.session_key or "", now=now * 1_000_000)
    return found


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether somebody is signed in who must have a second factor (SEC-7) and has none yet."""
    who: SignedIn | None = request.signed_in  # type: ignore[attr-defined]
    if not who or not settings.ASSAY.staff_second_factor or not who.actor.roles & STAFF:
        return False
    if request.session.get("second_factor"):
        return False
    used = {one.get("method") for one in request.session.get("account_authentication_methods", [])}
    if "socialaccount" not in used and not has_second_factor(int(request.user.pk or 0)):
        return True
    request.session["second_factor"] = True
    return False


def address_of(request: HttpRequest) -> str:
    """Return the caller's address; what a proxy says is believed only where the settings say so."""
    near = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.ASSAY.behind_proxy:
        return near
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(told))
    except ValueError:
        return near
