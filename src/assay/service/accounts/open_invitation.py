"""What an invitation offers to whoever holds its code."""

from dataclasses import dataclass
from typing import Final

from assay.core.errors import AssayError
from assay.service.sign_in.shown_once_secrets import hash_of
from assay.store.accounts.invitations import InvitationRow, invitation_by_hash

NEWCOMER: Final = "@setup.invalid"
"""The end of the stand-in address of the first administrator, who types a real one."""
LONGEST_CODE: Final = 200


@dataclass(eq=False, kw_only=True)
class InvitationGone(AssayError):
    """This invitation cannot be used: it was used or taken back, its time is over, or the code is mistyped."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that can be used now; `email` is empty where the person chooses it."""

    row: InvitationRow
    email: str


def open_invitation(code: str, *, now: int) -> OpenInvitation:
    """Return what a code opens.

    Raises:
        InvitationGone: if the code is unknown, used, taken back or too old: all look the same.
    """
    word = code.strip()
    found = invitation_by_hash(hash_of(word)) if 0 < len(word) <= LONGEST_CODE else None
    if found is None or found.used_at or found.revoked_at or found.expires_at <= now:
        raise InvitationGone
    return OpenInvitation(row=found, email="" if found.email.endswith(NEWCOMER) else found.email)
