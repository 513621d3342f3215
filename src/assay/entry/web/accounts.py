"""What the accounts library asks us: who may sign up, and what is written down about signing in (AUD-1)."""

import time
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from assay.entry.web.identity_session import IdentitySession
from assay.service.actions.note_account_change import note_account_change
from assay.service.actions.note_sign_in import note_sign_in
from assay.service.actions.sign_up import sign_up
from assay.service.installation import this_installation


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Registration is by invitation unless the settings open it; what happens to an account is an event."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The address and the password do not belong together.",
        "too_many_login_attempts": "Too many failed tries from here. Wait five minutes, then try again.",
        "rate_limited": "Too many tries. Wait a few minutes, then try again.",
        "incorrect_password": "That is not your password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the library's signature
        """Whether anybody may register."""
        return bool(settings.ASSAY.sign_up)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Note the sign-in; where registration is open, somebody new becomes a labeller first."""
        if settings.ASSAY.sign_up:
            sign_up(
                this_installation(),
                user=int(user.pk),
                email=str(user.email),
                source=source(request),
                now=clock(),
            )
        response: HttpResponse = super().post_login(request, user, **kwargs)
        _note(request, str(user.email), outcome="done")
        return response

    def logout(self, request: HttpRequest) -> None:
        """Note the sign-out."""
        email = str(getattr(request.user, "email", ""))
        super().logout(request)
        _note(request, email, outcome="done", verb="sign out")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note a failed try."""
        super().authentication_failed(request, **credentials)
        _note(request, str(credentials.get("email") or credentials.get("username") or ""), outcome="refused")

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Note what changed about signing in; whether a second factor is there is looked at again."""
        self.request.session.pop("second_factor", None)
        note_account_change(
            this_installation(),
            user=int(user.pk),
            email=str(user.email),
            what=template_prefix,
            source=source(self.request),
            now=clock(),
        )
        if settings.ASSAY.mail_host:
            super().send_notification_mail(template_prefix, user, context, email)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether the password or a code is asked again: not within minutes of signing in with one."""
        del app, kwargs
        records = self.request.session.get("account_authentication_methods", [])
        newest = max((float(one.get("at", 0)) for one in records), default=0.0)
        return time.time() - newest > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that limits count."""
        return str(getattr(request, "address", ""))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failed tries per account and source: an attacker elsewhere does not lock out the owner (SEC-10)."""
        name = str(credentials.get("email") or credentials.get("username") or "").lower()
        return f"{self.get_client_ip(request)} {name}"


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Identities are keyed by issuer and subject; a new one belongs to nobody until it is connected."""

    def get_requests_session(self) -> IdentitySession:
        """Return what asks identity providers: the one guarded way out (SEC-20)."""
        return IdentitySession(this_installation())

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002 - as above
        """Whether an unknown identity may make an account."""
        return bool(settings.ASSAY.sign_up)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,  # noqa: ARG002 - the library's signature
        exception: Any = None,  # noqa: ARG002 - as above
        extra_context: Any = None,  # noqa: ARG002 - as above
    ) -> None:
        """Go back to the sign-in page and note the failed try."""
        _note(request, str(getattr(provider, "id", provider)), outcome="refused")
        messages.error(request, "The identity provider did not let you in. Nothing was changed.")
        raise ImmediateHttpResponse(redirect("account_login"))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The names that authenticator apps and passkeys show."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That code does not fit. Codes change every 30 seconds; each works once.",
    }

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the site that passkeys belong to."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Assay"}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - the library's name
        """Return what a new passkey is called until somebody says otherwise."""
        del type
        number = len(user.authenticator_set.filter(type="webauthn")) + 1
        return "Passkey" if number == 1 else f"Passkey {number}"

    def get_totp_label(self, user: Any) -> str:
        """Return what the app calls the account."""
        return str(user.email)


def source(request: HttpRequest) -> str:
    """Return where a request comes from, as events say it."""
    return f"web {getattr(request, 'address', '')}"


def clock() -> int:
    """Return the time in microseconds."""
    return time.time_ns() // 1_000


def _note(request: HttpRequest, name: str, *, outcome: str, verb: str = "sign in") -> None:
    note_sign_in(
        this_installation(),
        email=name,
        source=source(request),
        outcome=outcome,
        now=clock(),
        verb=verb,
    )
