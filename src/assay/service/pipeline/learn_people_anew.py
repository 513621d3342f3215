"""Refit: learn people anew from all answers, calibrate on known items, and write back what changed.

What follows from it is decided here too: which items are asked about again, which ones models label by themselves,
who is paused, linked or of the reserve, and what the batch is expected to cost.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.project import lifecycle
from assay.core.quality.audit_attempts import delta_of_attempt
from assay.core.review.control_and_pilot_sizes import REFIT_GROWTH
from assay.core.review.expert_redo_depth import Audit
from assay.core.review.known_item_lessons import Lessons, learn, told
from assay.core.review.worth_of_one_more_answer import worth_asking
from assay.service.intake.earlier_labels_and_models import sources
from assay.service.pipeline.label_automatically import labelled_by_models
from assay.service.quality.calibrated_consensus import (
    Belief,
    columns,
    judged_by,
    lessons_of,
    lessons_to_json,
    prior_of,
    trusted_prior,
)
from assay.service.quality.known_in_other_batches import (
    known_elsewhere,
    no_prior_elsewhere,
    with_known_elsewhere,
)
from assay.service.quality.plan_and_quote import plan_so_far, store_plan
from assay.service.quality.settling_limits import expert_price, most_of
from assay.service.workforce import standing_of_people
from assay.service.workforce.people_in_reserve import reserve_of
from assay.service.working_set import label_queues, texts_as_now
from assay.service.working_set.batch_at_hand import AT_ONCE, Work
from assay.service.working_set.item_changes import change_of, parts_of
from assay.service.working_set.label_queues import LABEL_QUEUES
from assay.store.items import items
from assay.store.labelling import answers_and_pay_ledger, project_people, wanted_answers
from assay.store.projects import batches, projects

FIRST_REFIT: Final = 50
NOTICEABLE: Final = 0.2
"""A risk is written back when it changed by so much of itself: many small risks add up to the review."""


def refit_due(work: Work) -> bool:
    """Whether answers grew enough since people were last learnt, or somebody or a model is to be heard anew."""
    return work.batch.refit_at == AT_ONCE or work.batch.answers >= max(FIRST_REFIT, work.batch.refit_at)


def refit(work: Work) -> None:
    """Learn people from all answers, calibrate, and write back what changed."""
    batch = work.batch
    everybody = project_people.list_people(work.scope, work.project.id)
    rows = items.all_items(batch)
    answers = texts_as_now.all_answers(work, batch, queues=LABEL_QUEUES)
    said = [answer[:3] for answer in answers]
    suggested = texts_as_now.all_suggestions(work, batch) if sources(work.intake) else ()
    ids = [row.id for row in rows]
    table = columns(work, said, suggested=suggested, items_in_order=ids, people=everybody)
    other = known_elsewhere(work)
    # People and models are learnt from known items of other batches too; what is believed is about this batch alone.
    wide = table
    if other.rows:
        wide = with_known_elsewhere(
            work, other, answers=said, suggested=suggested, items_in_order=ids, people=everybody
        )

    known = [row.label if row.judged and row.label else None for row in rows]
    learnt = told(known, task=work.task)
    all_known = [*known, *other.labels]
    prior = prior_of(work, rows)
    # What known items taught last time says how far the model is heard while people are learnt.
    heard = trusted_prior(work, prior, lessons=lessons_of(work))
    model = work.task.fit(
        wide,
        schema=work.intake.schema,
        known=told(all_known, task=work.task),
        prior=no_prior_elsewhere(heard, other),
    )
    lessons = learn(
        table=wide,
        model=model,
        prior=no_prior_elsewhere(prior, other),
        known=all_known,
        by_chance=np.concatenate([_by_chance(work, rows), np.zeros(len(other.rows), dtype=np.bool_)]),
        task=work.task,
        schema=work.intake.schema,
        most=work.intake.most,
    )
    belief = judged_by(model, work=work, table=table, prior=prior, lessons=lessons, learnt=learnt)
    settle, worth = _exchange(work, rows, belief, lessons=lessons)
    waiting = reserve_of(
        work,
        everybody,
        model=model,
        table=table,
        prior=heard,
        still_open=np.array(
            [row.state == lifecycle.LABELLING and not row.is_control for row in rows], dtype=np.bool_
        ),
    )
    shown = standing_of_people.standing_of(
        work, everybody, rows, table=wide, answers=answers, reserve=waiting, elsewhere=other.rows
    )
    changes, reopened = _restated(work, rows, belief, settle=settle, worth=worth)
    automatic = labelled_by_models(work, rows, belief, settle=settle, worth=worth)

    counted = {row.id: row.answers for row in rows}
    silent = sum(counted[change.item] - change.answers for change in changes)
    settled = sum(row.state == lifecycle.SETTLED and not row.is_control for row in rows)
    estimate = plan_so_far(work, settled=settled)

    with work.saving():
        items.save_changes([*changes, *automatic])
        wanted_answers.close_tasks(batch.id, [change.item for change in automatic])
        items.mark_dirty(reopened)
        if estimate is not None:
            projects.save_plan(work.scope, work.project, plan=store_plan(estimate))
        standing_of_people.save(work, shown)
        if batches.is_as_learnt(work.scope, batch):
            batches.set_batch(work.scope, batch.id, refitted=batch.answers - silent)
        batches.set_batch(
            work.scope,
            batch.id,
            model=model.to_bytes(),
            calibration=lessons_to_json(lessons),
            threshold=settle,
            answers=batch.answers - silent,
            refit_at=int((batch.answers - silent) * REFIT_GROWTH) + 1,
        )
        work.record(
            "learn people anew",
            rule="answers grew by a quarter",
            answers=len(answers),
            settle_at=round(settle, 6),
            restated=len(changes),
            reopened=len(reopened),
        )
        if automatic:
            work.record(
                "label automatically",
                rule="models are believed, and one more answer is not worth its price",
                settle_at=round(settle, 6),
                items=len(automatic),
            )
        was = lessons_of(work)
        if (was is None or was.models) and not lessons.models:
            work.record(
                "drop the models", rule="known items have worse labels with their word than without it"
            )


def _by_chance(work: Work, rows: Sequence[items.ItemRow]) -> NDArray[np.bool_]:
    """Say which items, once known, are known because a draw said so, shape (items,).

    Control items, and every item that got a judgement in an audit, right or wrong: what the audits corrected alone
    would teach that agreement means error. Drawn items that experts had judged before are not among them. They are a
    random part of what was sent to experts for its risk, all of which is known; beside it they tell nothing about
    the items that nobody judged, and those are what the calibration is for.
    """
    drawn: set[int] = set()
    if work.batch.attempt:
        drawn = answers_and_pay_ledger.answered_items(
            work.batch.first_item, work.batch.last_item, queue=label_queues.AUDIT
        )
    return np.array([row.is_control or row.id in drawn for row in rows], dtype=np.bool_)


def _exchange(
    work: Work, rows: Sequence[items.ItemRow], belief: Belief, *, lessons: Lessons
) -> tuple[float, NDArray[np.bool_]]:
    """Return the risk at which items settle from now on, and for which items one more answer pays."""
    quality = work.intake.quality
    open_items = np.array([not row.is_control and not row.judged for row in rows], dtype=np.bool_)
    batch = sum(not row.is_control for row in rows)
    found = worth_asking(
        right=belief.right[open_items],
        count=belief.consensus.count[open_items],
        most=most_of(work),
        evidence=lessons.evidence,
        audit=Audit(
            batch, quality.allowed, delta_of_attempt(quality.delta, work.batch.attempt + 1), lessons.spread
        ),
        expert_price=expert_price(work),
        believed=belief.alone[open_items] if work.intake.automatic else None,
    )
    worth = np.zeros(len(rows), dtype=np.bool_)
    worth[open_items] = found.pays
    return found.threshold, worth


def _restated(
    work: Work,
    rows: Sequence[items.ItemRow],
    belief: Belief,
    *,
    settle: float,
    worth: NDArray[np.bool_],
) -> tuple[list[items.ItemChange], list[int]]:
    """Return the items whose label or chance changed noticeably, and those to decide about again.

    These are settled items that have become too risky, items still asked about that are safe now, items of which
    an answer is no longer heard (of somebody who was excluded, or is believed to be another), and items labelled
    by models that are no longer heard.
    """
    changes: list[items.ItemChange] = []
    again: list[int] = []
    consensus = belief.consensus
    automatic = np.array([row.decided_by == items.MODEL for row in rows], dtype=np.bool_)
    withdrawn = consensus.count < np.array([row.answers for row in rows])
    withdrawn |= automatic & (consensus.count == 0) & ~belief.alone
    for position in np.flatnonzero((consensus.count > 0) | withdrawn | automatic).tolist():
        row = rows[position]
        if row.is_control or row.judged or (row.dirty and not withdrawn[position]):
            continue
        value, chance = consensus.value[position], float(belief.right[position])
        risky = 1.0 - chance > settle or (automatic[position] and not consensus.count[position])
        reopen = row.state == lifecycle.SETTLED and risky and bool(worth[position])
        if withdrawn[position]:
            reopen = row.state in (lifecycle.SETTLED, lifecycle.CHECKING)
        moved = abs(chance - row.chance) > NOTICEABLE * (1.0 - row.chance)
        if value != row.label or moved or reopen or withdrawn[position]:
            state = lifecycle.move("item", row.state, "reopen") if reopen else row.state
            changes.append(
                replace(
                    change_of(row, now=work.now),
                    state=state,
                    label=value,
                    chance=chance,
                    answers=min(int(consensus.count[position]), row.answers),
                    parts=parts_of(consensus, position),
                    decided_by="" if reopen and automatic[position] else row.decided_by,
                )
            )
        if reopen or withdrawn[position] or (row.state == lifecycle.LABELLING and not worth[position]):
            again.append(row.id)
    return changes, again
