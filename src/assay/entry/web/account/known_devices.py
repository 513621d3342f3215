"""Browsers in which somebody signed in before: a cookie says so, signed and bound to the account and its password.

It opens nothing. Failed tries that come with it are counted apart (`service/sign_in/protection/count_tries.py`), so that strangers
who guess cannot lock out whoever has it: the device cookies of OWASP.
"""

import secrets
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

SALT: Final = "assay.known-device"
AGE: Final = 365 * 86_400
MOST: Final = 5
"""Accounts that one browser is known to: the newest."""
Known = list[tuple[int, str, str]]
"""Account, device, and what binds it to the account's password."""


def device_of(request: HttpRequest, name: str) -> str | None:
    """Return the device that a browser is to the account of an address, None where it is none."""
    known = {user: (device, bound) for user, device, bound in _read(request)}
    if not known:
        return None
    for user in get_user_model().objects.filter(pk__in=known, email__iexact=name.strip()):
        device, bound = known[int(user.pk)]
        if constant_time_compare(bound, _bound_to(user)):
            return device
    return None


def remember_device(request: HttpRequest, response: HttpResponse, user: Any) -> bool:
    """Let the browser be known to the account from now on; return whether it was."""
    found = device_of(request, str(user.email))
    others = [one for one in _read(request) if one[0] != int(user.pk)]
    mine = (int(user.pk), found or secrets.token_urlsafe(16), _bound_to(user))
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps([mine, *others][:MOST], salt=SALT),
        max_age=AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return found is not None


def _read(request: HttpRequest) -> Known:
    try:
        found = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=AGE)
    except signing.BadSignature:
        return []
    return [(int(user), str(device), str(bound)) for user, device, bound in found]


def _bound_to(user: Any) -> str:
    """Return what changes with the account's password: cookies of whoever knew the old one are worth nothing."""
    return salted_hmac(SALT, f"{user.pk} {user.password}", algorithm="sha256").hexdigest()[:32]
