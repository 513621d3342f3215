"""The account library's forms in our words: a password is typed once, a failed second step is an event (AUD-1)."""

import time
from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
    SignupForm,
)
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from django.core.exceptions import ValidationError

from assay.service.actions.note_sign_in import note_sign_in
from assay.service.installation import this_installation

LENGTH: str = "At least 12 characters. Long and easy to remember is better than short and odd."


class SignIn(LoginForm):  # type: ignore[misc]
    """Address and password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _word(self, "login", "Address")
        self.fields["login"].widget.attrs.update({"autocomplete": "username webauthn", "spellcheck": "false"})
        _word(self, "password", "Password")


class SignUp(SignupForm):  # type: ignore[misc]
    """Address and password of somebody who registers."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _word(self, "email", "Address")
        _word(self, "password1", "A password", help_text=LENGTH)


class Again(ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _word(self, "password", "Your password")


class NewPassword(ChangePasswordForm):  # type: ignore[misc]
    """The old password and a new one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["password2"]
        _word(self, "oldpassword", "Your password now")
        _word(self, "password1", "The new one", help_text=LENGTH)


class FirstPassword(SetPasswordForm):  # type: ignore[misc]
    """A password for an account that had none."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["password2"]
        _word(self, "password1", "A password", help_text=LENGTH)


class Forgotten(ResetPasswordForm):  # type: ignore[misc]
    """The address to which a link is sent."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _word(self, "email", "Your address")


class PasswordAfterReset(ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password in place of a forgotten one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["password2"]
        _word(self, "password1", "The new password", help_text=LENGTH)


class SignInCode(AuthenticateForm):  # type: ignore[misc]
    """A code of the authenticator app, or a recovery code."""

    def _emit_authentication_failed(self, authenticator: Any) -> None:
        super()._emit_authentication_failed(authenticator)
        note_failure(self.user)


class SignInPasskey(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """What the browser says about a passkey."""

    def clean_credential(self) -> Any:
        """Return the passkey; a failed try is noted."""
        try:
            return super().clean_credential()
        except ValidationError:
            note_failure(self.user)
            raise


def note_failure(user: Any) -> None:
    """Note that the second step of signing in failed."""
    note_sign_in(
        this_installation(),
        email=str(getattr(user, "email", "")),
        source=f"web {getattr(context.request, 'address', '')}",
        outcome="refused",
        now=time.time_ns() // 1_000,
        verb="give a second factor",
    )


def _word(form: Any, field: str, label: str, *, help_text: str = "") -> None:
    """Say in our words what a field is for."""
    found = form.fields[field]
    found.label, found.help_text = label, help_text
    found.widget.attrs.pop("placeholder", None)
