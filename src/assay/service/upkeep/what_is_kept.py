"""What is kept how long: told from the constants that the code works with."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings

from assay.service.access.permissions import Actor, require
from assay.service.accounts.invitation_life import LIFE_IN_WORDS
from assay.service.upkeep import forget_old_rows
from assay.store.upkeep import kept_reply_rows

DAY: Final = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data, how long it is kept, and how it ends."""

    what: str
    how_long: str
    how: str


def what_is_kept(actor: Actor, *, now: int) -> list[Kept]:
    """Return the schedule of retention.

    Raises:
        NotPermitted: if the actor has no role.
    """
    require(actor, "see the access table", now=now)
    hours = settings.ASSAY.session_hours
    return [
        Kept(
            "Projects, items, labels, answers",
            "until the installation ends",
            "nothing deletes them by itself",
        ),
        Kept(
            "Ledger of pay",
            "for ever",
            "entries cannot be changed or removed, only corrected by counter-entries",
        ),
        Kept(
            "Audit events and their chain",
            "for ever, at least six years",
            "the application can append, not edit; signed checkpoints lie elsewhere",
        ),
        Kept(
            "Deliveries and certificates",
            "until somebody removes their folders",
            "a listing vouches for every file",
        ),
        Kept(
            "Copies of pictures that people see",
            "as long as an item of a batch that was received names them",
            "without metadata, in the home folder; what nothing names is removed after a day; originals stay where they are",
        ),
        Kept(
            "Accounts",
            "until the installation ends",
            "disabled ones stay as names in the trail, and open nothing",
        ),
        Kept(
            "Sessions",
            f"{hours} hours at most, {hours / 3:g} hours without use",
            "at once at sign-out, a new password, changed roles, or when the account is disabled",
        ),
        Kept(
            "API keys",
            "as long as their owner said, 365 days at most",
            "at once when revoked, with a new password unless its owner says otherwise; only digests are kept",
        ),
        Kept(
            "Notices on account pages",
            f"{forget_old_rows.NOTICES // DAY} days",
            "about keys, passwords, second factors and devices; the trail tells the same for longer",
        ),
        Kept(
            "Invitations",
            LIFE_IN_WORDS,
            "good once; only digests are kept",
        ),
        Kept(
            "Replies to requests with an idempotency key",
            f"{kept_reply_rows.LIFE // DAY} day",
            "forgotten by the worker within ten minutes",
        ),
        Kept(
            "Log of webhook messages",
            f"{forget_old_rows.MESSAGES // DAY} days",
            "messages that still wait stay until they arrive or are given up",
        ),
        Kept(
            "Drafts of requests and their files",
            "until their owner deletes them",
            "a submitted draft stays as it was; what an interrupted upload or deletion left is removed after a day",
        ),
        Kept(
            "Answers not yet sent, in a labeller's browser",
            "until they are sent",
            "they never leave the device otherwise",
        ),
    ]
