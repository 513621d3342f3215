"""Queue an item again: a settled label is doubted, so people are asked once more."""

from dataclasses import replace

from assay.core.errors import NotAllowed, NotFound
from assay.core.project import lifecycle
from assay.service.access.permissions import Actor, record, require
from assay.service.access.refuse_own_work import refuse_to_read_own_batch
from assay.service.workforce.experts_judge_again import reopen_where_nobody_is_left
from assay.service.working_set.item_changes import change_of
from assay.service.working_set.label_queues import EXPERT
from assay.store import db
from assay.store.items import items
from assay.store.labelling import wanted_answers
from assay.store.projects.batches import batch_by_name


def queue_again(actor: Actor, *, batch: str, key: str, now: int) -> None:
    """Send a settled item of a batch in work to an expert.

    Raises:
        NotFound: if the batch has no such item.
        WorksOnIt: if the actor is one of the batch's people.
        NotAllowed: if the batch is not in work, its labels are frozen, or the item is not settled.
    """
    require(actor, "queue an item again", now=now)
    row = batch_by_name(actor.scope, batch)
    refuse_to_read_own_batch(actor, row, verb="queue its items again", now=now)
    found = items.items_by_key(row.id, [key]).get(key)
    if found is None or found.is_control:
        raise NotFound(noun="item", key=key)
    if row.status not in (lifecycle.IN_PROGRESS, lifecycle.SENT_FOR_REWORK) or row.frozen_digest:
        raise NotAllowed(
            noun="batch", state=row.status, verb="queue an item again", possible="wait for its offer"
        )
    if found.state != lifecycle.SETTLED:
        raise NotAllowed(
            noun="item", state=found.state, verb="queue again", possible="wait until it is settled"
        )
    state = lifecycle.move("item", found.state, "ask an expert")
    with db.transaction():
        items.save_changes([replace(change_of(found, now=found.decided_at), state=state, judged=False)])
        reopen_where_nobody_is_left(actor.scope, row.project_id, [found.id])
        wanted_answers.open_tasks(row.id, queue=EXPERT, items=[found.id])
        record(
            actor,
            now=now,
            verb="queue an item again",
            subject=f"batch {batch}",
            before=found.state,
            after=state,
        )
