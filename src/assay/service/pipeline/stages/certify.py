"""Certify: the batch is looked over, experts redo what is riskiest, labels are frozen, a sample is drawn and tested.

One attempt is: freeze (digest), draw (seed bound to digest and committed nonce), judge the drawn items
in order, test after each round. Errors found are corrected in what is delivered. An attempt that fails, or
is given up, leaves judged items that teach the calibration, and goes deeper next time.
"""

from dataclasses import replace

from assay.core.ids import canonical
from assay.core.project import lifecycle
from assay.core.quality.audit_attempts import delta_of_attempt, next_round
from assay.core.quality.betting_martingale import Outcome, Standing, standing
from assay.core.quality.label_loss import loss_of
from assay.core.review.control_and_pilot_sizes import REVIEW_PARTS
from assay.core.review.expert_redo_depth import better_again
from assay.service.pipeline import look_over_batch
from assay.service.pipeline.finished_batch import restated
from assay.service.pipeline.freeze_labels_and_draw_sample import Draw, ask_auditors, freeze, load_draw
from assay.service.pipeline.learn_people_anew import refit
from assay.service.pipeline.redo_riskiest import (
    already_judged,
    audit_of_attempt,
    chances_right,
    redo_riskiest,
)
from assay.service.pipeline.set_items_aside import set_items_aside
from assay.service.pipeline.stages.review import EXPERT_CHANCE
from assay.service.quality.audit_evidence import audit_of, evidence_to_json
from assay.service.quality.plan_and_quote import plan_so_far, store_plan
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.item_changes import change_of
from assay.store.items import items
from assay.store.labelling import project_people, task_leases, wanted_answers
from assay.store.projects import batches, projects


def due(work: Work) -> bool:
    """Whether everything is settled and the target not yet proven."""
    batch = work.batch
    if batch.status not in (lifecycle.IN_PROGRESS, lifecycle.SENT_FOR_REWORK):
        return False
    if batch.pilot != "done" or batch.certificate or items.has_unsettled(batch.id):
        return False
    if not batch.frozen_digest and items.has_dirty(batch.id, states=(lifecycle.SETTLED,)):
        return False
    if wanted_answers.has_open_task(batch.id) or task_leases.has_lease(batch.id):
        return False
    return items.has_ordinary(batch)  # where everything was set aside, there is nothing to certify


def step(work: Work) -> None:
    """Go one move further: look over the batch, redo the riskiest, freeze and draw, or test what was judged."""
    if work.batch.frozen_digest:
        test_sample(work)
    elif work.batch.answers > work.batch.refitted:
        refit(work)
    elif look_over_batch.due(work):
        look_over_batch.step(work)
    elif work.batch.review_rounds < len(REVIEW_PARTS):
        redo_riskiest(work)
    else:
        freeze(work)


def test_sample(work: Work) -> None:
    """Test what was judged; then certify, give up, or have the next drawn items judged."""
    rows = [row for row in items.all_items(work.batch) if not row.is_control]
    draw = load_draw(work, rows)
    if draw.unjudged:
        _void(work, draw)
        return
    if draw.open_disputes:
        ask_auditors(work, draw.open_disputes, drawn=work.batch.drawn)
        return
    audit = audit_of_attempt(work, items_in_all=len(rows), attempt=work.batch.attempt)
    loss = loss_of(work.task, work.intake.schema)
    losses = [
        loss(row.frozen, verdict.verdict) for row, verdict in zip(draw.order, draw.verdicts, strict=False)
    ]
    test = standing(losses, items=audit.items, allowed=audit.allowed, delta=audit.delta)

    if test.certified:
        _certify(work, draw, test)
    elif test.outcome is Outcome.IMPOSSIBLE or better_again(
        test,
        right=chances_right(rows),
        judged=already_judged(rows),
        audit=audit,
        next_delta=delta_of_attempt(work.intake.quality.delta, work.batch.attempt + 1),
    ):
        _fail(work, draw, test)
    else:
        experts = sum(person.is_expert for person in project_people.list_people(work.scope, work.project.id))
        count = next_round(
            test, items=audit.items, allowed=audit.allowed, delta=audit.delta, least=max(experts, 5)
        )
        fresh = draw.order[work.batch.drawn : work.batch.drawn + count]
        wanted = [row for row in fresh if not row.judged]
        ask_auditors(work, wanted, drawn=work.batch.drawn + len(fresh))


def _certify(work: Work, draw: Draw, test: Standing) -> None:
    """Correct the errors found and keep the evidence; offer and delivery print the certificate from it."""
    evidence = audit_of(work, verdicts=draw.verdicts, issued_at=work.now)
    plan = plan_so_far(work, settled=len(draw.order), certified=True)
    with work.saving():
        items.save_changes(_corrections(work, draw))
        if plan is not None:
            projects.save_plan(work.scope, work.project, plan=store_plan(plan))
        batches.set_batch(
            work.scope, work.batch.id, certificate=canonical(evidence_to_json(evidence)).decode()
        )
        work.record(
            "certify",
            rule=f"attempt {work.batch.attempt}, {work.intake.quality.right:.4g} right"
            f" at {work.intake.quality.confidence:.4g} confidence",
            before=work.batch.frozen_digest,
            checks=len(draw.verdicts),
            loss=test.loss,
            outcome=test.outcome.value,
        )


def _fail(work: Work, draw: Draw, test: Standing) -> None:
    """End an attempt: what was judged is corrected, and the next attempt reviews deeper."""
    judged = {row.id: verdict.verdict for row, verdict in zip(draw.order, draw.verdicts, strict=False)}
    again = restated(work, [row for row in items.all_items(work.batch) if not row.is_control], judged)
    with work.saving():
        items.save_changes([*_corrections(work, draw), *again])
        batches.set_batch(work.scope, work.batch.id, frozen_digest="", drawn=0, review_rounds=0, refitted=-1)
        work.record(
            "fail to certify",
            rule=f"attempt {work.batch.attempt}: more review where it pays most",
            before=work.batch.frozen_digest,
            checks=len(draw.verdicts),
            loss=test.loss,
        )


def _void(work: Work, draw: Draw) -> None:
    """End an attempt in which an item can be judged by nobody: it leaves the batch, which voids the freeze."""
    gone = {row.id for row in draw.unjudged}
    with work.saving():
        items.save_changes([change for change in _corrections(work, draw) if change.item not in gone])
        set_items_aside(work, draw.unjudged)
        batches.set_batch(work.scope, work.batch.id, frozen_digest="", drawn=0, review_rounds=0, refitted=-1)
        work.record(
            "void an attempt",
            rule=f"attempt {work.batch.attempt}: a drawn item could be judged by nobody",
            before=work.batch.frozen_digest,
            items=len(gone),
        )


def _corrections(work: Work, draw: Draw) -> list[items.ItemChange]:
    return [
        replace(
            change_of(row, now=work.now if verdict.correction else row.decided_at),
            label=verdict.verdict,
            chance=EXPERT_CHANCE,
            judged=True,
            parts="",
            decided_by="audit" if verdict.correction else row.decided_by,
        )
        for row, verdict in zip(draw.order, draw.verdicts, strict=False)
        if verdict.fresh
    ]
