"""Drafts as their authors see them: the list, and one with its fields, text and files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.core.errors import InputError, NotFound
from assay.core.limits import DRAFT_GUIDE_BYTES
from assay.service.access.permissions import Actor, require
from assay.service.requests.draft_files import (
    GUIDE,
    DraftFile,
    bytes_held,
    files_of,
    images_of,
    refused_of,
    tables_of,
)
from assay.service.requests.draft_form.draft_text import GUIDE_NAME, DraftFields, fields_of, tree_of
from assay.store.projects import drafts
from assay.store.projects.drafts import DraftRow

MOST_LISTED: Final = 200
LARGEST_GUIDE: Final = DRAFT_GUIDE_BYTES.most


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in the list; times in microseconds."""

    id: int
    name: str
    version: int
    bytes: int
    created_at: int
    changed_at: int


@dataclass(frozen=True, slots=True)
class ShownDraft:
    """One draft with everything its page shows.

    `tables` are the uploaded tables, `images` is the number of pictures, and `refused` says of files that were not
    taken why; `problem` says why the text cannot be shown as a form, or "".
    """

    id: int
    name: str
    version: int
    project: str
    text: str
    fields: DraftFields
    guide: str
    tables: Sequence[DraftFile]
    images: int
    refused: Mapping[str, str]
    files: int
    bytes: int
    changed_at: int
    problem: str


def list_my_drafts(
    actor: Actor, *, before: int = 2**62, limit: int = MOST_LISTED, now: int
) -> list[DraftLine]:
    """Return the actor's drafts that were not submitted, newest first."""
    require(actor, "edit a draft", now=now)
    return [
        DraftLine(
            id=row.id,
            name=row.name,
            version=row.version,
            bytes=bytes_held(draft_folder(row)),
            created_at=row.created_at,
            changed_at=row.changed_at,
        )
        for row in drafts.list_drafts(actor.scope, member=member_of(actor), before=before, limit=limit)
    ]


def show_draft(actor: Actor, *, draft: int, now: int) -> ShownDraft:
    """Return one draft of the actor's; raises `NotFound` also for somebody else's."""
    require(actor, "edit a draft", now=now)
    row = drafts.draft_by_id(actor.scope, member=member_of(actor), draft=draft)
    folder = draft_folder(row)
    files = files_of(folder)
    problem, fields = "", DraftFields()
    try:
        fields = fields_of(tree_of(row.text))
    except InputError as found:
        problem = str(found)
    return ShownDraft(
        id=row.id,
        name=row.name,
        version=row.version,
        project=row.project,
        text=row.text,
        fields=fields,
        guide=guide_of(row),
        tables=tables_of(files),
        images=len(images_of(files)),
        refused=refused_of(folder),
        files=len(files),
        bytes=bytes_held(folder),
        changed_at=row.changed_at,
        problem=problem,
    )


def list_draft_files(actor: Actor, *, draft: int, now: int) -> list[DraftFile]:
    """Return the files of a draft, in the order in which they came."""
    require(actor, "edit a draft", now=now)
    row = drafts.draft_by_id(actor.scope, member=member_of(actor), draft=draft)
    return list(files_of(draft_folder(row)).values())


def guide_of(row: DraftRow) -> str:
    """Return a draft's instructions as they are written; "" where there are none."""
    folder = draft_folder(row)
    try:
        name = fields_of(tree_of(row.text)).instructions or GUIDE_NAME
    except InputError:
        name = GUIDE_NAME
    file = files_of(folder).get(name)
    if file is None or file.kind != GUIDE:
        return ""
    with (folder / file.stored).open("rb") as found:
        return found.read(LARGEST_GUIDE).decode("utf-8", "replace")


def draft_folder(row: DraftRow) -> Path:
    """Return where a draft's files lie."""
    return Path(row.folder)


def member_of(actor: Actor) -> int:
    """Return the actor's account; raises `NotFound` where there is none."""
    if actor.member is None:
        raise NotFound(noun="account", key=actor.name)
    return actor.member
