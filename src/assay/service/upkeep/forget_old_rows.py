"""Forget what has had its time: sessions that are over, old notices, log lines of webhooks, quotes of drafts."""

from typing import Final

from assay.service.access.note_reading import MARK
from assay.store import db
from assay.store.accounts import counted_tries, notices, sessions_and_second_factors
from assay.store.projects import wanted_quotes
from assay.store.trail import webhooks
from assay.store.upkeep import fenced_leases

MESSAGES: Final = 30 * 86_400_000_000
"""How long the log of webhook messages reaches back."""
NOTICES: Final = 90 * 86_400_000_000
"""How long people are told what happened with their account."""

QUOTES: Final = 86_400_000_000
"""How long a draft's quote is kept for whoever asks again."""


def tidy(*, now: int) -> None:
    """Forget what is over."""
    with db.transaction():
        sessions_and_second_factors.forget_ended(now=now)
        counted_tries.forget_full_buckets(now=now)
        notices.forget_notices(before=now - NOTICES)
        webhooks.forget_deliveries(before=now - MESSAGES)
        fenced_leases.forget_leases(mark=MARK, before=now)
        wanted_quotes.forget_quotes(before=now - QUOTES)
