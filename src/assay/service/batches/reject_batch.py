"""Reject an offered batch with feedback: exactly the affected items are worked on again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assay.core.errors import InputError, NotFound
from assay.core.ids import canonical
from assay.core.project import lifecycle
from assay.service.access.permissions import Actor, record, require
from assay.service.access.refuse_own_work import refuse_to_read_own_batch
from assay.service.workforce.experts_judge_again import reopen_where_nobody_is_left
from assay.service.working_set.item_changes import change_of
from assay.service.working_set.label_queues import EXPERT
from assay.service.working_set.stored_project import intake_of
from assay.store import db
from assay.store.items import item_remarks, items
from assay.store.labelling import wanted_answers
from assay.store.projects.batches import BatchRow, batch_by_name, move_batch, set_batch
from assay.store.projects.projects import project_of_batch

REJECTION = ("submit the review", "close the review", "reject", "send for rework")


@dataclass(frozen=True, slots=True)
class Remark:
    """What the requester says about one item, or about the whole batch where `key` is None."""

    key: str | None
    comment: str


@dataclass(eq=False, kw_only=True)
class NothingSaid(InputError):
    """A batch is rejected with at least one remark, about an item or about the whole batch."""


def reject_batch(actor: Actor, *, batch: str, remarks: Sequence[Remark], now: int) -> BatchRow:
    """Reject a batch that is `Ready for review`.

    The items that remarks name go to experts again; a remark about the whole batch sends all of them. Where every
    expert has judged an item, the same ones are asked once more.

    Raises:
        NotAllowed: if it is not offered.
        WorksOnIt: if the actor is one of its people.
        NotFound: if a remark names an item that is not in the batch.
        NothingSaid: if there is no remark.
    """
    require(actor, "reject a batch", now=now)
    if not remarks:
        raise NothingSaid
    row = batch_by_name(actor.scope, batch)
    refuse_to_read_own_batch(actor, row, verb="reject it", now=now)
    affected = _affected(row, remarks)

    with db.transaction():
        for verb in REJECTION:
            before = batch_by_name(actor.scope, batch)
            after = move_batch(actor.scope, before, verb)
            record(
                actor,
                now=now,
                verb="reject a batch",
                subject=f"batch {batch}",
                before=before.status,
                after=after,
                detail=canonical({"move": verb, "items": len(affected)}).decode(),
            )
        ids = {item.key: item.id for item in affected}
        item_remarks.add_feedback(
            row.id,
            [(None if r.key is None else ids[r.key], r.comment) for r in remarks],
            actor=actor.name,
            now=now,
        )
        state = lifecycle.move("item", lifecycle.SETTLED, "ask an expert")
        # What experts said before this moment is no answer to the remarks, by the clock they work on.
        people = intake_of(project_of_batch(actor.scope, row.id)).workforce.kind == "people"
        moment = now if people else row.clock
        items.save_changes(
            [replace(change_of(item, now=moment), state=state, judged=False) for item in affected]
        )
        reopen_where_nobody_is_left(actor.scope, row.project_id, [item.id for item in affected])
        wanted_answers.open_tasks(row.id, queue=EXPERT, items=[item.id for item in affected])
        set_batch(
            actor.scope, row.id, certificate="", frozen_digest="", drawn=0, review_rounds=0, refitted=-1
        )
    return batch_by_name(actor.scope, batch)


def _affected(row: BatchRow, remarks: Sequence[Remark]) -> list[items.ItemRow]:
    if any(remark.key is None for remark in remarks):
        return [item for item in items.all_items(row) if not item.is_control]
    keys = list(dict.fromkeys(remark.key for remark in remarks if remark.key is not None))
    found = items.items_by_key(row.id, keys)
    for key in keys:
        if key not in found or found[key].is_control:
            raise NotFound(noun="item", key=key)
    return [found[key] for key in keys]
