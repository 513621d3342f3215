"""Before the freeze experts redo what is riskiest, as deep as makes review and audit together cheapest."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assay.core.project import lifecycle
from assay.core.quality.audit_attempts import delta_of_attempt
from assay.core.review.control_and_pilot_sizes import REVIEW_PARTS
from assay.core.review.expert_redo_depth import Audit, choose_for_experts
from assay.service.pipeline.pause_at_approved_price import pauses_for_budget
from assay.service.quality.calibrated_consensus import lessons_of
from assay.service.working_set import label_queues
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.item_changes import change_of
from assay.store.items import items
from assay.store.labelling import wanted_answers
from assay.store.projects import batches


def redo_riskiest(work: Work) -> None:
    """Send to experts what makes review and audit together cheapest."""
    rows = [row for row in items.all_items(work.batch) if not row.is_control]
    chosen = choose_for_experts(
        right=chances_right(rows),
        judged=already_judged(rows),
        audit=audit_of_attempt(work, items_in_all=len(rows), attempt=work.batch.attempt + 1),
    ).tolist()
    part = REVIEW_PARTS[work.batch.review_rounds]
    sent = [rows[position] for position in chosen[: int(np.ceil(part * len(chosen)))]]
    if pauses_for_budget(work, judgements=len(sent)):
        return
    changes = [
        replace(change_of(row, now=work.now), state=lifecycle.move("item", row.state, "ask an expert"))
        for row in sent
    ]

    with work.saving():
        items.save_changes(changes)
        wanted_answers.open_tasks(work.batch.id, queue=label_queues.EXPERT, items=[row.id for row in sent])
        # After this round people are learnt anew: what experts found re-states the calibration.
        rounds = work.batch.review_rounds + 1 if sent else len(REVIEW_PARTS)
        batches.set_batch(work.scope, work.batch.id, review_rounds=rounds)
        if sent:
            batches.set_batch(work.scope, work.batch.id, refitted=-1)
        work.record(
            "send the riskiest to experts", rule="review and audit together cheapest", items=len(sent)
        )


def audit_of_attempt(work: Work, *, items_in_all: int, attempt: int) -> Audit:
    """Return what an attempt's audit has to prove, and with how much doubt."""
    quality, lessons = work.intake.quality, lessons_of(work)
    return Audit(
        items=items_in_all,
        allowed=quality.allowed,
        delta=delta_of_attempt(quality.delta, attempt),
        spread=1.0 if lessons is None else lessons.spread,
    )


def chances_right(rows: Sequence[items.ItemRow]) -> NDArray[np.float64]:
    """Return the calibrated chance that each label is right, shape (items,)."""
    return np.array([row.chance for row in rows], dtype=np.float64)


def already_judged(rows: Sequence[items.ItemRow]) -> NDArray[np.bool_]:
    """Return which items an expert has judged, shape (items,)."""
    return np.array([row.judged for row in rows], dtype=np.bool_)
