"""The account library's forms in our words: a password is typed once, a failed second step is an event (AUD-1)."""

import time
from typing import Any, Final

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
    SignupForm,
)
from allauth.account.forms import (
    ReauthenticateForm as PasswordAgainForm,
)
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError

from assay.entry.web.account.account_library import count_or_refuse
from assay.service.installation import this_installation
from assay.service.sign_in.end_keys import end_keys
from assay.service.sign_in.note_sign_in import note_sign_in
from assay.service.sign_in.protection.count_tries import forget_tries, give_back
from assay.service.sign_in.protection.factor_secrets import FactorKeyLost

CODE_VERB: Final = "give a second factor"
LENGTH: Final = "At least 12 characters. Long and easy to remember is better than short and odd."


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


class Again(PasswordAgainForm):  # type: ignore[misc]
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
        self.fields["end_keys"] = _end_keys()

    def clean_oldpassword(self) -> str:
        """Return the old password; a wrong one counts like one at the sign-in page."""
        counted = count_or_refuse(context.request, str(self.user.email), verb="change the password")
        try:
            old = str(super().clean_oldpassword())
        except ValidationError:
            note_failure(self.user, verb="change the password")
            raise
        give_back(counted)
        return old

    def save(self) -> None:
        """Keep the password, and end what else was made with the old one."""
        super().save()
        _end_keys_if_wanted(self)


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
        self.fields["end_keys"] = _end_keys()

    def save(self) -> None:
        """Keep the password, end what else was made with the old one, and let its owner in at once."""
        super().save()
        forget_tries(name=str(self.user.email), address=getattr(context.request, "address", ""))
        _end_keys_if_wanted(self)


class CountedCode:
    """A code of the authenticator app, or a recovery code; tries are counted, and failed ones noted."""

    user: Any

    def clean_code(self) -> str:
        """Return the code; what was stored under a key that is gone has its own sentence."""
        counted = count_or_refuse(context.request, str(self.user.email), verb=CODE_VERB, what="a code for")
        try:
            code = str(super().clean_code())  # type: ignore[misc]
        except FactorKeyLost as problem:
            note_failure(self.user)
            raise ValidationError(str(problem)) from None
        give_back(counted)
        return code

    def _emit_authentication_failed(self, authenticator: Any) -> None:
        super()._emit_authentication_failed(authenticator)  # type: ignore[misc]
        note_failure(self.user)


class SignInCode(CountedCode, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class AgainCode(CountedCode, ReauthenticateForm):  # type: ignore[misc]
    """The second factor once more."""


class SignInPasskey(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """What the browser says about a passkey."""

    def clean_credential(self) -> Any:
        """Return the passkey; a failed try is noted."""
        try:
            return super().clean_credential()
        except ValidationError:
            note_failure(self.user)
            raise


def note_failure(user: Any, *, verb: str = CODE_VERB) -> None:
    """Note that a second factor, or something else that was asked for, did not fit."""
    note_sign_in(
        this_installation(),
        email=str(getattr(user, "email", "")),
        source=f"web {getattr(context.request, 'address', '')}",
        outcome="refused",
        now=time.time_ns() // 1_000,
        verb=verb,
    )


def _end_keys() -> forms.BooleanField:
    return forms.BooleanField(
        required=False,
        initial=True,
        label="End all my API keys too",
        help_text="Whoever knew the old password may have made one.",
    )


def _end_keys_if_wanted(form: Any) -> None:
    if form.cleaned_data.get("end_keys"):
        address = getattr(context.request, "address", "")
        end_keys(user=int(form.user.pk), source=f"web {address}", now=time.time_ns() // 1_000)


def _word(form: Any, field: str, label: str, *, help_text: str = "") -> None:
    """Say in our words what a field is for."""
    found = form.fields[field]
    found.label, found.help_text = label, help_text
    found.widget.attrs.pop("placeholder", None)
