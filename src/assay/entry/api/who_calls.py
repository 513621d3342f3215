"""Who calls: a key in the Authorization header, or the session of a signed-in browser."""

import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from assay.entry.api.query_parameters import refuse_unknown_parameters
from assay.service.access.permissions import Actor
from assay.service.access.request_limits import count_request, count_stranger
from assay.service.sign_in.actor_of_key_or_session import SignedIn, actor_of_key


class ByKey(HttpBearer):
    """A scoped, expiring API key: `Authorization: Bearer assay_...`."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the key's actor."""
        actor = actor_of_key(token, source="api", address=request.address, now=clock())  # type: ignore[attr-defined]
        if actor is None:
            count_stranger(request.address, now=clock())  # type: ignore[attr-defined]
        else:
            count_request(actor, now=clock())
            refuse_unknown_parameters(request)
        return actor


class BySession(APIKeyCookie):
    """The session cookie of a signed-in browser; changes also need the page's CSRF token."""

    param_name = settings.SESSION_COOKIE_NAME

    def _get_key(self, request: HttpRequest) -> str | None:
        """Return the cookie; without one nobody is signed in, whatever a token would say."""
        if self.param_name not in request.COOKIES:
            return None
        found: str | None = super()._get_key(request)
        return found

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """Return the signed-in actor."""
        if not key:
            return None
        found: Any = request.signed_in  # type: ignore[attr-defined]
        if not found or request.lacks_second_factor:  # type: ignore[attr-defined]
            return None
        who: SignedIn = found
        count_request(who.actor, now=clock())
        refuse_unknown_parameters(request)
        return who.actor


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor that authentication found."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor


def clock() -> int:
    """Return the time in microseconds: the one place where the API reads it."""
    return time.time_ns() // 1_000
