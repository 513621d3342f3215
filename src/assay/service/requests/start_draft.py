"""Start a draft of a request: an empty intake and a folder for its files."""

from pathlib import Path
from typing import Final

from assay.core.errors import InputError, MissingKey, problems_in, raise_all
from assay.service.access.permissions import Actor, record, require
from assay.service.installation import Installation
from assay.service.intake.intake_file import parse_intake
from assay.service.requests.draft_form.draft_text import EMPTY, SOURCE, shown_name, tree_of
from assay.service.requests.drafts import member_of
from assay.store import db
from assay.store.projects.drafts import (
    DraftRow,
    add_draft,
    count_drafts,
    draft_by_id,
    place_draft,
    write_draft,
)

MOST_DRAFTS: Final = 200


class TooManyDrafts(InputError):
    """You have 200 drafts; submit or delete some of them before you start another."""


def start_draft(installation: Installation, actor: Actor, *, text: str = EMPTY, now: int) -> DraftRow:
    """Return a new draft of the actor's.

    Raises:
        NotPermitted: if the actor may not edit drafts.
        NotFound: if the actor has no account.
        TooManyDrafts: if there are enough.
        BadYaml, UnknownKey: if a text is given that is no intake.
    """
    require(actor, "edit a draft", now=now)
    member = member_of(actor)
    if count_drafts(actor.scope, member=member) >= MOST_DRAFTS:
        raise TooManyDrafts
    try:
        tree = tree_of(text)
    except InputError:
        _tell_all(text)
        raise
    with db.transaction():
        draft = add_draft(actor.scope, member=member, text=EMPTY, now=now)
        folder = installation.home / "uploads" / str(actor.scope.tenant) / str(draft)
        place_draft(actor.scope, draft, folder=str(folder))
        row = draft_by_id(actor.scope, member=member, draft=draft)
        if text != EMPTY:
            write_draft(actor.scope, row, name=shown_name(tree), text=text, now=now)
        record(actor, now=now, verb="start a draft", subject=f"draft {draft}")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return draft_by_id(actor.scope, member=member, draft=draft)


def _tell_all(text: str) -> None:
    """Raise whatever else is wrong with an intake that is refused; what a draft has not said yet is no fault."""
    try:
        parse_intake(text, source=SOURCE, folder=Path())
    except InputError as problem:
        faults = [
            one
            for one in problems_in(problem)
            if isinstance(one, InputError) and not isinstance(one, MissingKey)
        ]
        raise_all(faults, where=SOURCE)
