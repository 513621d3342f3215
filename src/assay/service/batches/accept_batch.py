"""Accept an offered batch."""

from assay.core.ids import canonical
from assay.service.access.permissions import Actor, record, require
from assay.service.access.refuse_own_work import refuse_own_work
from assay.service.pipeline.stages.offer import ACCEPTANCE
from assay.store import db
from assay.store.projects.batches import BatchRow, batch_by_name, move_batch


def accept_batch(actor: Actor, *, batch: str, now: int) -> BatchRow:
    """Accept a batch that is `Ready for review`; it is delivered next.

    Raises:
        NotAllowed: if it is not offered.
        OwnWork: if the actor answered in it.
    """
    require(actor, "accept a batch", now=now)
    project = batch_by_name(actor.scope, batch).project_id
    refuse_own_work(actor, project=project, verb="accept a batch", now=now)
    with db.transaction():
        for verb in ACCEPTANCE:
            row = batch_by_name(actor.scope, batch)
            after = move_batch(actor.scope, row, verb)
            record(
                actor,
                now=now,
                verb="accept a batch",
                subject=f"batch {batch}",
                before=row.status,
                after=after,
                detail=canonical({"move": verb}).decode(),
            )
    return batch_by_name(actor.scope, batch)
