"""Who visits: the signed-in member behind a session, the second factor that staff need, the address.

`Identify` stands innermost among what every request passes, and says who is signed in once somebody asks.
"""

import ipaddress
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.auth import logout
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from assay.core.errors import AssayError
from assay.entry.web.error_pages import problem_page, slowed, trouble_page
from assay.entry.web.page_access import clock
from assay.service.access.permissions import ADMINISTRATOR, AUDITOR, OPERATOR, REQUESTER
from assay.service.access.request_limits import TooMany, count_stranger, strangers_are_slowed
from assay.service.sign_in.actor_of_key_or_session import (
    SignedIn,
    WrongNetwork,
    has_second_factor,
    note_seen,
    signed_in,
)

Handler = Callable[[HttpRequest], HttpResponse]

STAFF: Final = frozenset({REQUESTER, OPERATOR, AUDITOR, ADMINISTRATOR})
"""Whoever has one of these roles needs a second factor."""
SEEN_EVERY: Final = 60
"""Seconds between two notes that a session is in use."""


class Identify:
    """Says who is signed in (`request.signed_in`), and turns errors of pages into sentences."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        request.signed_in = SimpleLazyObject(lambda: find_signed_in(request))  # type: ignore[attr-defined]
        request.lacks_second_factor = SimpleLazyObject(lambda: lacks_second_factor(request))  # type: ignore[attr-defined]
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.handler(request)
        address: str = request.address  # type: ignore[attr-defined]
        try:
            # A cookie that is nobody's is found out before the work is done where many strangers come from there.
            if strangers_are_slowed(address, now=clock()) and not _is_somebody(request):
                count_stranger(address, now=clock())
        except TooMany as problem:
            return slowed(request, problem)
        response = self.handler(request)
        if getattr(request, "is_stranger", False):
            with suppress(TooMany):
                count_stranger(address, now=clock())
        return response

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
        request.is_stranger = True  # type: ignore[attr-defined]
        return None
    try:
        found = signed_in(
            int(request.user.pk),
            source="web",
            address=request.address,  # type: ignore[attr-defined]
            confirmed_at=confirmed_at(request),
        )
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


def _is_somebody(request: HttpRequest) -> bool:
    try:
        return bool(request.signed_in)  # type: ignore[attr-defined]
    except WrongNetwork:
        return True


def confirmed_at(request: HttpRequest) -> int:
    """Return when whoever is signed in last gave password or second factor, in microseconds; 0: in no record."""
    records = get_authentication_records(request, request.user)
    return int(max((float(one["at"]) for one in records), default=0.0) * 1_000_000)


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
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return (_plain_address(told) if settings.ASSAY.behind_proxy else "") or _plain_address(near) or near


def _plain_address(told: str) -> str:
    """Return an address in its one spelling, an IPv4 address without IPv6's clothes; "" for what is none."""
    try:
        found = ipaddress.ip_address(told)
    except ValueError:
        return ""
    plain = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(plain or found)
