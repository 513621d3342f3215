"""Start a draft of a request: an empty intake and a folder for its files."""

from typing import Final

from assay.core.errors import InputError
from assay.service.draft_text import EMPTY, shown_name, tree_of
from assay.service.installation import Installation
from assay.service.permissions import Actor, record, require
from assay.service.reads.drafts import member_of
from assay.store import db
from assay.store.drafts import DraftRow, add_draft, count_drafts, draft_by_id, place_draft, write_draft

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
    tree = tree_of(text)
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
