"""Save a draft: its text as a whole, or the fields of the form; never over what somebody else saved meanwhile."""

from dataclasses import dataclass
from typing import Final

from assay.core.errors import AssayError, InputError, NotAllowed, NotReadable
from assay.core.project.page_saves import (
    LastSave,
    PageSave,
    came_late,
    came_twice,
    last_after,
    only_own_changes,
)
from assay.service.access.permissions import Actor, require
from assay.service.intake.intake_file import LARGEST
from assay.service.requests.draft_files import holding, put_text
from assay.service.requests.draft_form.draft_text import (
    GUIDE_NAME,
    SOURCE,
    DraftFields,
    changed,
    fields_of,
    shown_name,
    text_of,
    tree_of,
    with_guide,
)
from assay.service.requests.drafts import draft_folder, guide_of, member_of
from assay.store import db
from assay.store.projects.drafts import DraftRow, draft_by_id, note_save, write_draft

TRIES: Final = 5
"""How often a save begins anew because another one was faster."""


@dataclass(eq=False, kw_only=True)
class ChangedMeanwhile(AssayError):
    """The draft was changed meanwhile: it is at version {found}, this was about version {expected}; nothing was saved."""

    exit_code = 4
    found: int
    expected: int


class CameLate(AssayError):
    """The same page had saved something newer before this arrived; nothing was changed."""


@dataclass(frozen=True, slots=True)
class FormInput:
    """What the form says: its fields, of which only the given ones count, and the instructions (None: not shown)."""

    fields: DraftFields
    given: frozenset[str]
    guide: str | None


def save_draft(
    actor: Actor,
    *,
    draft: int,
    version: int | None,
    said: str | FormInput,
    save: PageSave | None = None,
    now: int,
) -> DraftRow:
    """Keep a draft's text, or what its form says, and return the draft; without a change it stays as it is.

    `version` is the one that was edited; None: whatever there is. A draft that holds what is said already is what was
    wanted, at whatever version. With `save` what the page itself had saved meanwhile is no change by somebody else.

    Raises:
        ChangedMeanwhile: if the draft is at another version.
        CameLate: if the page had saved something newer.
        NotAllowed: if it was submitted.
        BadYaml, UnknownKey, BadValue: if a text is no intake, with the line.
    """
    require(actor, "edit a draft", now=now)
    for _ in range(TRIES):
        row = open_draft(actor, draft=draft, version=None)
        wanted = _wanted(row, said)
        if save is not None and came_late(save, row.last):
            raise CameLate
        own = save is not None and only_own_changes(save, row.last, version=version or 0)
        if version not in (None, row.version) and not own and wanted.changes(row):
            break
        if _keep(actor, row, wanted, save=save, now=now):
            return draft_by_id(actor.scope, member=member_of(actor), draft=draft)
    raise ChangedMeanwhile(found=row.version, expected=row.version if version is None else version)


def holds(actor: Actor, *, draft: int, said: FormInput, now: int) -> bool:
    """Whether a draft, submitted or not, holds what the form says; none holds what cannot be saved."""
    require(actor, "edit a draft", now=now)
    row = draft_by_id(actor.scope, member=member_of(actor), draft=draft)
    try:
        return not _wanted(row, said).changes(row)
    except InputError:
        return False


def open_draft(actor: Actor, *, draft: int, version: int | None) -> DraftRow:
    """Return a draft of the actor's that can still be changed.

    Raises:
        NotAllowed: if it was submitted.
        ChangedMeanwhile: if it is not at this version.
    """
    row = draft_by_id(actor.scope, member=member_of(actor), draft=draft)
    if row.project:
        raise NotAllowed(
            noun="draft", state="submitted", verb="change", possible=f"nothing, it became {row.project}"
        )
    if version is not None and version != row.version:
        raise ChangedMeanwhile(found=row.version, expected=version)
    return row


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a draft is to hold; `guide` is None where the instructions stay."""

    text: str
    name: str
    guide: str | None
    guide_file: str

    def changes(self, row: DraftRow) -> bool:
        return self.text != row.text or self.guide is not None


def _wanted(row: DraftRow, said: str | FormInput) -> _Wanted:
    text = said if isinstance(said, str) else _filled(row, said)
    if len(text.encode("utf-8", "replace")) > LARGEST:
        raise NotReadable(path=SOURCE, reason=f"an intake has at most {LARGEST:,} bytes")
    tree = tree_of(text)
    guide = None if isinstance(said, str) or said.guide == guide_of(row) else said.guide
    return _Wanted(text, shown_name(tree), guide, fields_of(tree).instructions or GUIDE_NAME)


def _filled(row: DraftRow, said: FormInput) -> str:
    """Return the draft's text with the form's values in it."""
    tree = tree_of(row.text)
    made = changed(tree, said.fields, given=said.given)
    if said.guide is not None:
        made = with_guide(made, guide=said.guide)
    return row.text if made == tree else text_of(made)


def _keep(actor: Actor, row: DraftRow, wanted: _Wanted, *, save: PageSave | None, now: int) -> bool:
    """Store what a draft is to hold; return whether nobody was faster."""
    if not wanted.changes(row) and (save is None or came_twice(save, row.last)):
        return True
    last = LastSave() if save is None else last_after(save, row.last, version=row.version)
    if save is not None and not save.unheard and not wanted.changes(row):
        with db.transaction():
            return note_save(actor.scope, row, last=last)
    # With requests on their way that nobody heard of, the version grows in any case: none of them fits it any more.
    if wanted.guide is None:
        with db.transaction():
            return write_draft(actor.scope, row, name=wanted.name, text=wanted.text, last=last, now=now)
    with holding(draft_folder(row)), db.transaction():
        kept = write_draft(actor.scope, row, name=wanted.name, text=wanted.text, last=last, now=now)
        if kept:
            put_text(draft_folder(row), name=wanted.guide_file, text=wanted.guide)
    return kept
