"""Delete a draft that was not submitted, with its files."""

import shutil

from assay.service.access.permissions import Actor, record, require
from assay.service.requests.drafts import draft_folder
from assay.service.requests.save_draft import open_draft
from assay.store import db
from assay.store.projects.drafts import remove_draft


def drop_draft(actor: Actor, *, draft: int, version: int | None = None, now: int) -> None:
    """Delete a draft of the actor's.

    Raises:
        NotFound: if the actor has no such draft.
        NotAllowed: if it was submitted.
        ChangedMeanwhile: if it is at another version.
    """
    require(actor, "edit a draft", now=now)
    row = open_draft(actor, draft=draft, version=version)
    with db.transaction():
        remove_draft(actor.scope, row)
        record(actor, now=now, verb="delete a draft", subject=f"draft {draft}")
    shutil.rmtree(draft_folder(row), ignore_errors=True)
