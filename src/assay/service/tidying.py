"""Forget what has had its time: sessions that are over, old log lines of webhooks."""

from typing import Final

from assay.store import db, sessions, webhooks

MESSAGES: Final = 30 * 86_400_000_000
"""How long the log of webhook messages reaches back."""


def tidy(*, now: int) -> None:
    """Forget what is over."""
    with db.transaction():
        sessions.forget_ended(now=now)
        webhooks.forget_deliveries(before=now - MESSAGES)
