"""A batch in work follows the labels of its project: it goes over to their newest version, in one transaction.

This comes before every stage. Labels take their new names, people are learnt anew from all answers as the new version
reads them, and items whose label is gone are asked about anew.
"""

from dataclasses import replace
from typing import Final

from assay.core.project import lifecycle
from assay.service.quality.labels_of_next_version import follows, relabelled
from assay.service.working_set.batch_at_hand import AT_ONCE, Work
from assay.service.working_set.stored_project import intake_of
from assay.service.working_set.texts_as_now import texts_as_now
from assay.store.items import asked_anew, items, model_proposals
from assay.store.projects import batches, projects

VERB: Final = "follow the labels"


def due(work: Work) -> bool:
    """Whether the project's labels changed since the batch went over to them."""
    return work.batch.schema_version < work.project.newest and follows(work.batch)


def step(work: Work) -> None:
    """Go over to the newest version."""
    batch = work.batch
    whole = projects.project_by_id(work.scope, work.project.id)
    schema = intake_of(replace(work.project, changes=whole.changes)).schema
    found = relabelled(items.all_items(batch), as_now=texts_as_now(work.task, schema))
    again = [change.item for change in found.anew]
    opened = lifecycle.LABELLING if batch.pilot else lifecycle.WAITING

    with work.saving():
        items.save_changes(found.anew)
        items.rename_labels(found.renamed)
        asked_anew.stop_being_control(found.controls, state=opened)
        asked_anew.ask_anew(batch, [*again, *found.controls])
        items.mark_dirty(again)
        model_proposals.forget_proposals(batch)
        batches.set_batch(
            work.scope,
            batch.id,
            schema_version=whole.version,
            model=b"",
            calibration="",
            prelabel_at=0,
            review_rounds=0,
            answers=batch.answers - found.unheard,
            refitted=-1,
            refit_at=AT_ONCE if batch.pilot else batch.refit_at,
        )
        work.record(
            VERB,
            rule="its project's labels changed, and its own are not frozen",
            before=f"version {batch.schema_version}",
            after=f"version {whole.version}",
            renamed=len(found.renamed),
            asked_anew=len(again),
            controls_ended=len(found.controls),
        )
