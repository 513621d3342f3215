"""Take files into a draft, each accepted or rejected with a reason (SEC-10, SEC-17, REL-6)."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.service.actions.save_draft import open_draft
from assay.service.draft_files import (
    MOST_FILES,
    DraftFile,
    Incoming,
    RefusedFile,
    Room,
    bytes_held,
    drop_files,
    files_of,
    holding,
    put_file,
)
from assay.service.permissions import Actor, record, require
from assay.service.reads.drafts import draft_folder, member_of
from assay.store import db
from assay.store.drafts import list_drafts


@dataclass(frozen=True, slots=True)
class RejectedFile:
    """A file that was not taken, by the requester's name, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class TakenFiles:
    """What became of some files: accepted + rejected = received."""

    accepted: int
    rejected: tuple[RejectedFile, ...]


def add_draft_files(
    actor: Actor, *, draft: int, files: Sequence[Incoming], most_file: int, most_all: int, now: int
) -> TakenFiles:
    """Store files for a draft; a name that was there before is replaced.

    Args:
        actor: whose draft it is.
        draft: the draft.
        files: what arrived.
        most_file: bytes that one file may have.
        most_all: bytes that all of the member's drafts may hold together.
        now: the time.

    Raises:
        NotFound: if the actor has no such draft.
        NotAllowed: if it was submitted.
    """
    require(actor, "edit a draft", now=now)
    row = open_draft(actor, draft=draft, version=None)
    folder = draft_folder(row)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    others = sum(
        bytes_held(draft_folder(one))
        for one in list_drafts(actor.scope, member=member_of(actor), before=2**62, limit=1_000)
        if one.id != row.id
    )
    accepted: list[DraftFile] = []
    rejected: list[RejectedFile] = []
    with holding(folder):
        known = files_of(folder)
        for file in files:
            left = most_all - others - bytes_held(folder)
            if len(known) >= MOST_FILES:
                reason = f"a draft holds at most {MOST_FILES:,} files"
                rejected.append(RejectedFile(path=file.name[:500], reason=reason))
                continue
            try:
                made = put_file(
                    folder, file, room=Room(file=most_file, left=left), before=known.get(file.name)
                )
                known[made.name] = made
                accepted.append(made)
            except RefusedFile as problem:
                rejected.append(RejectedFile(path=file.name[:500], reason=problem.reason))
    with db.transaction():
        record(
            actor,
            now=now,
            verb="upload files",
            subject=f"draft {draft}",
            detail=f'{{"accepted":{len(accepted)},"rejected":{len(rejected)}}}',
        )
    return TakenFiles(accepted=len(accepted), rejected=tuple(rejected))


def drop_draft_files(actor: Actor, *, draft: int, names: Sequence[str], now: int) -> int:
    """Delete files of a draft by the requester's names; return how many there were."""
    require(actor, "edit a draft", now=now)
    row = open_draft(actor, draft=draft, version=None)
    return drop_files(draft_folder(row), names)
