"""What the accounts library asks us: who may sign up, and what is written down about signing in (AUD-1)."""

import time
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from assay.entry.web.account.identity_provider_calls import IdentitySession
from assay.entry.web.account.known_devices import device_of, remember_device
from assay.entry.web.signed_in_visitor import confirmed_at
from assay.service.accounts.sign_up import sign_up
from assay.service.installation import this_installation
from assay.service.sign_in.begin_session import begin_session
from assay.service.sign_in.note_account_change import note_account_change
from assay.service.sign_in.note_sign_in import note_sign_in
from assay.service.sign_in.protection.count_tries import CountedTry, TooManyTries, count_try, give_back
from assay.service.sign_in.protection.factor_secrets import open_factor, seal_factor
from assay.service.sign_in.protection.note_new_device import note_new_device


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Registration is by invitation unless the settings open it; what happens to an account is an event."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The address and the password do not belong together.",
        "too_many_login_attempts": "Too many failed tries. Wait five minutes, then try again.",
        "rate_limited": "Too many tries. Wait a few minutes, then try again.",
        "incorrect_password": "That is not your password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the library's signature
        """Whether anybody may register."""
        return bool(settings.ASSAY.sign_up)

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in; whether it is the account's first time is asked before it is written down that it was here."""
        request.first_sign_in = user.last_login is None  # type: ignore[attr-defined]
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Note the sign-in and the device; where registration is open, somebody new becomes a labeller first."""
        if settings.ASSAY.sign_up:
            sign_up(
                this_installation(),
                user=int(user.pk),
                email=str(user.email),
                source=source(request),
                now=clock(),
            )
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if not request.session.session_key:
            request.session.save()
        begin_session(
            user=int(user.pk),
            key=request.session.session_key or "",
            address=self.get_client_ip(request),
            agent=request.headers.get("User-Agent", ""),
            now=clock(),
        )
        _note(request, str(user.email), outcome="done")
        _note_device(request, response, user)
        return response

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try before it is looked at (SEC-10); one too many is noted, and refused with a sentence."""
        name = str(credentials.get("email") or credentials.get("username") or "")
        self.counted = count_or_refuse(request, name)

    def _rollback_login_failed_rl_usage(self) -> None:
        """Give back what was counted for a try that succeeded; the library calls it so."""
        give_back(self.counted)

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
        """Note and tell what changed about signing in; whether a second factor is there is looked at again."""
        del context, email
        self.request.session.pop("second_factor", None)
        note_account_change(
            this_installation(),
            user=int(user.pk),
            email=str(user.email),
            what=template_prefix,
            source=source(self.request),
            now=clock(),
        )

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether the password or a code is asked again: not within minutes of signing in with one."""
        del app, kwargs
        return clock() - confirmed_at(self.request) > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT * 1_000_000

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that limits count."""
        return str(getattr(request, "address", ""))

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Forget nothing of the library's: it counts no tries."""


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

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored (PRIV-6)."""
        return seal_factor(this_installation(), text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret."""
        return open_factor(this_installation(), encrypted_text)

    def get_totp_label(self, user: Any) -> str:
        """Return what the app calls the account."""
        return str(user.email)


def count_or_refuse(request: HttpRequest, name: str, *, verb: str = "sign in", what: str = "") -> CountedTry:
    """Count a try for the account `name`; `what` is what is tried, where that is not its password."""
    address = str(getattr(request, "address", ""))
    try:
        return count_try(
            name=f"{what} {name}".strip(), address=address, device=device_of(request, name), now=clock()
        )
    except TooManyTries as problem:
        _note(request, name, outcome="refused", verb=verb, subject="limit of tries")
        raise ValidationError(str(problem)) from None


def _note_device(request: HttpRequest, response: HttpResponse, user: Any) -> None:
    """Let the browser be known from now on; where it was not, the account's owner is told."""
    known = remember_device(request, response, user)
    if not known and not getattr(request, "first_sign_in", True):
        note_new_device(
            user=int(user.pk),
            address=str(getattr(request, "address", "")),
            agent=request.headers.get("User-Agent", ""),
            source=source(request),
            now=clock(),
        )


def source(request: HttpRequest) -> str:
    """Return where a request comes from, as events say it."""
    return f"web {getattr(request, 'address', '')}"


def clock() -> int:
    """Return the time in microseconds."""
    return time.time_ns() // 1_000


def _note(request: HttpRequest, name: str, *, outcome: str, verb: str = "sign in", subject: str = "") -> None:
    note_sign_in(
        this_installation(),
        email=name,
        source=source(request),
        outcome=outcome,
        now=clock(),
        verb=verb,
        subject=subject,
    )
