"""What the accounts library asks us: who may sign up, and what is written down about signing in (AUD-1)."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from assay.service.actions.note_sign_in import note_sign_in
from assay.service.installation import this_installation


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Registration is by invitation unless the settings open it; every sign-in and failed try is an event."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether anybody may register."""
        return bool(settings.ASSAY.sign_up)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Note the sign-in."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        _note(request, str(user.email), outcome="done")
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note a failed try."""
        super().authentication_failed(request, **credentials)
        _note(request, str(credentials.get("email") or credentials.get("username") or ""), outcome="refused")

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that limits count."""
        return str(getattr(request, "address", ""))


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Identities are keyed by issuer and subject; a new one belongs to nobody until it is connected."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Whether an unknown identity may make an account."""
        return bool(settings.ASSAY.sign_up)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """Go back to the sign-in page and note the failed try."""
        _note(request, str(getattr(provider, "id", provider)), outcome="refused")
        raise ImmediateHttpResponse(redirect("account_login"))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The names that authenticator apps and passkeys show."""

    def get_totp_label(self, user: Any) -> str:
        """Return what the app calls the account."""
        return str(user.email)


def _note(request: HttpRequest, name: str, *, outcome: str) -> None:
    note_sign_in(
        this_installation(),
        email=name,
        source=f"web {getattr(request, 'address', '')}",
        outcome=outcome,
        now=time.time_ns() // 1_000,
    )
