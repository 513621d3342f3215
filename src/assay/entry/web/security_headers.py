"""What every reply carries to protect who reads it: the content policy and its companions (SEC-12).

`Guard` stands outermost among what every request passes, and so it counts those of strangers (SEC-10).
"""

import logging
from typing import Final

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from assay.entry.web.error_pages import slowed
from assay.entry.web.page_access import clock
from assay.entry.web.signed_in_visitor import Handler, address_of
from assay.service.access.request_limits import FILE_COST, TooMany, count_stranger

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


log: Final = logging.getLogger("assay.server")


class Guard:
    """Notes the caller's address, and adds the protecting headers that a reply does not set itself."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        request.address = address_of(request)  # type: ignore[attr-defined]
        response = self._refused(request) or self.handler(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.SESSION_COOKIE_SECURE:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    @staticmethod
    def _refused(request: HttpRequest) -> HttpResponse | None:
        """Return the refusal of a request for another host, or one too many of those that do not say who sends them."""
        try:
            request.get_host()
        except DisallowedHost:
            log.warning("refused a request for the host %.100r", request.headers.get("Host", ""))
            return HttpResponse(
                "This is not the host that was asked for.\n", "text/plain; charset=utf-8", 400
            )
        if settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers:
            return None
        is_file = request.path.startswith(settings.STATIC_URL)
        try:
            count_stranger(request.address, now=clock(), cost=FILE_COST if is_file else 1.0)  # type: ignore[attr-defined]
        except TooMany as problem:
            return slowed(request, problem)
        return None
