"""Take files into a draft, each accepted or rejected with a reason (SEC-10, SEC-17, REL-6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.service.access.permissions import Actor, record, require
from assay.service.intake.zip_archives import ENDING, BadArchive, OpenZip, without_common_folder
from assay.service.requests.draft_files import (
    MOST_FILES,
    Incoming,
    RefusedFile,
    Room,
    bytes_held,
    drop_files,
    files_of,
    holding,
    note_refused,
    plain_name,
    put_file,
    refused_of,
    usable_name,
    waiting_file,
)
from assay.service.requests.drafts import draft_folder, member_of
from assay.service.requests.save_draft import open_draft
from assay.store import db
from assay.store.projects.drafts import list_drafts


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

    Of a ZIP the files in it are stored, each as if it had come by itself, without the folders that all of them lie in.

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
    with holding(folder):
        taking = _Taking(folder, most_file=most_file, most_all=most_all - others)
        for file in files:
            taking.take(file)
    accepted, rejected = taking.accepted, taking.rejected
    with db.transaction():
        record(
            actor,
            now=now,
            verb="upload files",
            subject=f"draft {draft}",
            detail=f'{{"accepted":{accepted},"rejected":{len(rejected)}}}',
        )
    return TakenFiles(accepted=accepted, rejected=tuple(rejected))


class _Taking:
    """Takes one file after another into a draft's folder, which is held meanwhile.

    Attributes:
        accepted: how many were stored.
        rejected: the others, with the reason.
    """

    def __init__(self, folder: Path, *, most_file: int, most_all: int) -> None:
        self.accepted = 0
        self.rejected: list[RejectedFile] = []
        self._folder = folder
        self._most_file, self._most_all = most_file, most_all
        self._known = files_of(folder)
        self._refused = len(refused_of(folder))

    def take(self, file: Incoming) -> None:
        """Store a file, or all files of a ZIP, or say why not."""
        if not file.name.lower().endswith(ENDING):
            self._store(file, shown=file.name)
            return
        try:
            with waiting_file(self._folder, file, room=self._room()) as path:
                self._take_all(path, shown=plain_name(file.name))
        except (RefusedFile, BadArchive) as problem:
            self.rejected.append(RejectedFile(path=file.name[:500], reason=problem.reason))

    def _take_all(self, path: Path, *, shown: str) -> None:
        with OpenZip(path, shown=shown) as archive:
            for name, entry in without_common_folder(archive.entries()).items():
                inner = Incoming(name=name, size=entry.size, chunks=archive.read(entry))
                self._store(inner, shown=f"{shown}: {name}")

    def _store(self, file: Incoming, *, shown: str) -> None:
        if len(self._known) >= MOST_FILES:
            reason = f"a draft holds at most {MOST_FILES:,} files"
            self.rejected.append(RejectedFile(path=shown[:500], reason=reason))
            return
        try:
            before = self._known.get(file.name)
            made = put_file(self._folder, file, room=self._room(), before=before)
            self._known[made.name] = made
            self.accepted += 1
        except RefusedFile as problem:
            self.rejected.append(RejectedFile(path=shown[:500], reason=problem.reason))
            name = usable_name(file.name)
            if name is not None and len(self._known) + self._refused < MOST_FILES:
                note_refused(self._folder, name=name, reason=problem.reason)
                self._refused += 1

    def _room(self) -> Room:
        return Room(file=self._most_file, left=self._most_all - bytes_held(self._folder))


def drop_draft_files(actor: Actor, *, draft: int, names: Sequence[str], now: int) -> int:
    """Delete files of a draft by the requester's names; return how many there were."""
    require(actor, "edit a draft", now=now)
    row = open_draft(actor, draft=draft, version=None)
    return drop_files(draft_folder(row), names)
