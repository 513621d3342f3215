"""Save a draft: its text as a whole, or the fields of the form; never over what somebody else saved meanwhile."""

from dataclasses import dataclass

from assay.core.errors import AssayError, NotAllowed, NotReadable
from assay.service.draft_files import put_text
from assay.service.draft_text import (
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
from assay.service.intake_file import LARGEST
from assay.service.permissions import Actor, require
from assay.service.reads.drafts import draft_folder, guide_of, member_of
from assay.store import db
from assay.store.drafts import DraftRow, draft_by_id, write_draft


@dataclass(eq=False, kw_only=True)
class ChangedMeanwhile(AssayError):
    """The draft was changed meanwhile: it is at version {found}, this was about version {expected}; nothing was saved."""

    exit_code = 4
    found: int
    expected: int


@dataclass(frozen=True, slots=True)
class FormInput:
    """What the form says: its fields, of which only the given ones count, and the instructions (None: not shown)."""

    fields: DraftFields
    given: frozenset[str]
    guide: str | None


def save_draft(actor: Actor, *, draft: int, version: int | None, said: str | FormInput, now: int) -> DraftRow:
    """Keep a draft's text, or what its form says, and return the draft; without a change it stays as it is.

    `version` is the one that was edited; None: whatever there is.

    Raises:
        ChangedMeanwhile: if the draft is at another version.
        NotAllowed: if it was submitted.
        BadYaml, UnknownKey, BadValue: if a text is no intake, with the line.
    """
    require(actor, "edit a draft", now=now)
    row = open_draft(actor, draft=draft, version=version)
    text = said if isinstance(said, str) else _filled(row, said)
    if len(text.encode("utf-8", "replace")) > LARGEST:
        raise NotReadable(path=SOURCE, reason=f"an intake has at most {LARGEST:,} bytes")
    tree = tree_of(text)
    guide = None if isinstance(said, str) or said.guide == guide_of(row) else said.guide
    if text != row.text or guide is not None:
        with db.transaction():
            kept = write_draft(actor.scope, row, name=shown_name(tree), text=text, now=now)
        if not kept:
            raise ChangedMeanwhile(found=row.version + 1, expected=row.version)
        if guide is not None:
            put_text(draft_folder(row), name=fields_of(tree).instructions or GUIDE_NAME, text=guide)
    return draft_by_id(actor.scope, member=member_of(actor), draft=draft)


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


def _filled(row: DraftRow, said: FormInput) -> str:
    """Return the draft's text with the form's values in it."""
    tree = tree_of(row.text)
    made = changed(tree, said.fields, given=said.given)
    if said.guide is not None:
        made = with_guide(made, guide=said.guide)
    return row.text if made == tree else text_of(made)
