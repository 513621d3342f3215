"""Passwords that are long and yet easy to guess: common ones, runs, repeats, the site's own name (SEC-7).

How many guesses a password takes is estimated by zxcvbn (Wheeler: zxcvbn: Low-Budget Password Strength Estimation,
USENIX Security 2016) from lists of passwords, words and names, keyboards, dates, runs and repeats. There is no rule
about which kinds of signs a password has to have.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from assay.core.lazy_import import Late
from assay.service.sign_in.protection.well_known_phrases import is_well_known

_estimate: Final = Late("zxcvbn")
LEAST_GUESSES: Final = 10**10
"""What a password must be worth: a hundred guesses a day would take 270,000 years, a thousand a second four months."""
LOOKED_AT: Final = 40
"""Signs that are looked at: what takes many guesses this far takes no fewer with the rest; longer ones take long."""
LEAST_WORD: Final = 3
BETWEEN: Final = re.compile(r"[\s\-_.,!]")
PER_SIGN: Final = 4
"""How many guesses each sign between words is worth."""
COMMON: Final = "it is, or is built on, one that many people use"
PHRASE: Final = "it is a phrase that everybody knows"
OWN: Final = "it is made of your own or this site's name"
ADVICE: Final = "Four words that have nothing to do with each other are a good one."


class NotGuessable(CommonPasswordValidator):
    """Refuses passwords that take too few guesses; one of Django's validators, as the settings name them."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` for a password that is easy to guess, with the reason."""
        known = password.lower().strip() in self.passwords
        reason = COMMON if known else PHRASE if is_well_known(password) else _reason(password, user)
        if reason:
            raise ValidationError(f"This password is too easy to guess: {reason}. {ADVICE}")

    def get_help_text(self) -> str:
        """Return what to do."""
        return ADVICE


def _reason(password: str, user: Any) -> str:
    """Return why a password is easy to guess, empty where it is not."""
    start, words = password[:LOOKED_AT], list(_own_words(user))
    # Signs between words hide what they part from the estimate, as in `Assay-2026-assay`: it is asked without them too.
    joined, removed = BETWEEN.subn("", start)
    for text, times in ((start, 1), (joined, PER_SIGN**removed)):
        found = _estimate.zxcvbn(text, user_inputs=words)
        if found["guesses"] * times < LEAST_GUESSES:
            return _said(max(found["sequence"], key=lambda part: len(part["token"]), default={}))
    return ""


def _said(part: Mapping[str, Any]) -> str:
    """Return what is wrong with the longest part that was recognised."""
    if part.get("pattern") == "repeat":
        inner = _own_part(part)
        return OWN if inner else "it is something short, repeated"
    if part.get("pattern") == "dictionary":
        return _KINDS_OF_WORDS.get(part["dictionary_name"], "it has too few words, or words that go together")
    return _PATTERNS.get(part.get("pattern", ""), "it is too short for what it is made of")


def _own_part(part: Mapping[str, Any]) -> bool:
    return any(one.get("dictionary_name") == "user_inputs" for one in part.get("base_matches", ()))


_KINDS_OF_WORDS: Final = {"passwords": COMMON, "user_inputs": OWN}
_PATTERNS: Final = {
    "sequence": "it is a run of letters or digits",
    "spatial": "it is a run of neighbouring keys",
    "date": "it is little more than a date",
    "regex": "it is little more than a year",
}


def _own_words(user: Any) -> Iterator[str]:
    """Yield words that an attacker tries first: the product's, the site's and the person's."""
    yield "assay"
    host = urlsplit(settings.ASSAY.url).hostname or ""
    own = (host, *(str(getattr(user, name, "") or "") for name in ("email", "username", "first_name")))
    for text in own:
        for word in re.split(r"[\W_]+", text.lower()):
            if len(word) >= LEAST_WORD:
                yield word
