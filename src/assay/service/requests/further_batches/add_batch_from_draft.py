"""Add a batch to a project from a draft: what it says of its own, and the files that were uploaded to it."""

from assay.core.errors import NotAllowed
from assay.core.ids import digest_of
from assay.service.access.permissions import Actor, require
from assay.service.installation import Installation
from assay.service.requests.draft_files import files_of, holding
from assay.service.requests.draft_form.draft_text import tree_of
from assay.service.requests.draft_source import settle_further
from assay.service.requests.drafts import draft_folder, member_of
from assay.service.requests.drop_draft import drop_draft
from assay.service.requests.further_batches.add_batch import VERB, BatchRequest, add_batch, with_usual_columns
from assay.service.requests.save_draft import open_draft
from assay.service.working_set.stored_project import intake_of
from assay.store import db
from assay.store.projects.batches import BatchRow, batch_by_id
from assay.store.projects.drafts import draft_by_id, finish_draft
from assay.store.projects.further_batches import batch_of_data
from assay.store.projects.projects import project_by_name


def add_batch_from_draft(
    installation: Installation, actor: Actor, *, project: str, draft: int, now: int
) -> BatchRow:
    """Return the further batch; a draft that became one before gives that.

    Raises:
        NotPermitted, OwnWork, ProjectsKey, InputError: as `add_batch`.
        NotFound: if there is no such project in the scope, or the actor has no such draft.
        NotAllowed: if the draft became something else.
    """
    require(actor, VERB, now=now)
    whole = project_by_name(actor.scope, project)
    folder = draft_folder(draft_by_id(actor.scope, member=member_of(actor), draft=draft))
    # A second click, or a request that a network delivers twice, waits for the first and finds what it made.
    with holding(folder):
        row = draft_by_id(actor.scope, member=member_of(actor), draft=draft)
        before = batch_of_data(actor.scope, whole.id, folder=str(folder))
        if row.project and before is not None:
            return batch_by_id(actor.scope, before)
        if row.project:
            raise NotAllowed(
                noun="draft", state=f"submitted: {row.project}", verb=VERB, possible="a new draft can"
            )
        row = open_draft(actor, draft=draft, version=None)
        tree = settle_further(
            folder, row.text, usual=lambda asked: with_usual_columns(asked, intake_of(whole))
        )
        said = [tree_of(row.text), {one.name: one.digest for one in files_of(folder).values()}]
        found, batch = add_batch(
            actor,
            project=project,
            asked=BatchRequest(tree=tree, folder=folder, same=digest_of(said)),
            home=installation.home,
            now=now,
        )
        if found.data_folder == str(folder):
            with db.transaction():
                finish_draft(actor.scope, row.id, project=project, now=now)
    if found.data_folder != str(folder):  # the same files had become a batch before
        drop_draft(actor, draft=draft, now=now)
    return batch
