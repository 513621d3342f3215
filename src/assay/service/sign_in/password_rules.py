"""Which passwords are taken, and how they are kept: the rules are settings, the same at every door (SEC-7)."""

from dataclasses import dataclass
from typing import Final

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from assay.core.errors import InputError

LONGEST: Final = 1_000
"""Longer ones are no passwords but somebody's file."""


@dataclass(eq=False, kw_only=True)
class WeakPassword(InputError):
    """{reason}."""

    reason: str


def check_password(password: str, *, email: str, name: str) -> None:
    """Raise `WeakPassword` for one that is too short, too common or too much like the person's own words."""
    if len(password) > LONGEST:
        raise WeakPassword(reason=f"The password is longer than {LONGEST:,} characters")
    person = get_user_model()(email=email, username=email, first_name=name)
    try:
        validate_password(password, person)
    except ValidationError as problem:
        raise WeakPassword(reason=" ".join(problem.messages).rstrip(".")) from None


def hash_password(password: str) -> str:
    """Return the hash under which a password is kept; it takes memory and time by intent."""
    return make_password(password)
