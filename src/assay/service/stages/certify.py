"""Certify: the batch is looked over, experts redo what is riskiest, labels are frozen, a sample is drawn and tested.

One attempt is: freeze (digest), draw (seed bound to digest and committed nonce), judge the drawn items
in order, test after each round. Errors found are corrected in what is delivered. An attempt that fails, or
is given up, leaves judged items that teach the calibration, and goes deeper next time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assay.core import chance
from assay.core.ids import canonical, digest_of_labels
from assay.core.project import lifecycle
from assay.core.quality.audit import delta_of_attempt, next_round
from assay.core.quality.betting import Outcome, Standing, standing
from assay.core.quality.certificate import AuditVerdict
from assay.core.quality.draw import draw_order, draw_seed
from assay.core.quality.loss import loss_of
from assay.core.review.depth import Audit, better_again, choose_for_experts
from assay.core.review.sizes import AUDITED_TWICE, REVIEW_PARTS
from assay.service import label_loop
from assay.service.belief import lessons_of
from assay.service.budget import pauses_for_budget
from assay.service.evidence import audit_of, evidence_to_json, verdict_of
from assay.service.quoting import plan_so_far, store_plan
from assay.service.setting_aside import set_items_aside
from assay.service.settling import change_of
from assay.service.stages import look_over
from assay.service.stages.refit import refit
from assay.service.stages.review import EXPERT_CHANCE
from assay.service.work import Work
from assay.store import batches, items, people, projects, queue


def due(work: Work) -> bool:
    """Whether everything is settled and the target not yet proven."""
    batch = work.batch
    if batch.status not in (lifecycle.IN_PROGRESS, lifecycle.SENT_FOR_REWORK):
        return False
    if batch.pilot != "done" or batch.certificate or items.has_unsettled(batch.id):
        return False
    if not batch.frozen_digest and items.has_dirty(batch.id, states=(lifecycle.SETTLED,)):
        return False
    if queue.has_open_task(batch.id) or queue.has_lease(batch.id):
        return False
    return items.has_ordinary(batch)  # where everything was set aside, there is nothing to certify


def step(work: Work) -> None:
    """Go one move further: look over the batch, redo the riskiest, freeze and draw, or test what was judged."""
    if work.batch.frozen_digest:
        test_sample(work)
    elif work.batch.answers > work.batch.refitted:
        refit(work)
    elif look_over.due(work):
        look_over.step(work)
    elif work.batch.review_rounds < len(REVIEW_PARTS):
        redo_riskiest(work)
    else:
        freeze(work)


# --- before the freeze ---------------------------------------------------------------------------


def redo_riskiest(work: Work) -> None:
    """Send to experts what makes review and audit together cheapest."""
    rows = [row for row in items.all_items(work.batch) if not row.is_control]
    chosen = choose_for_experts(
        right=_right(rows),
        judged=_judged(rows),
        audit=_audit(work, items_in_all=len(rows), attempt=work.batch.attempt + 1),
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
        queue.open_tasks(work.batch.id, queue=label_loop.EXPERT, items=[row.id for row in sent])
        # After this round people are learnt anew: what experts found re-states the calibration.
        rounds = work.batch.review_rounds + 1 if sent else len(REVIEW_PARTS)
        batches.set_batch(
            work.scope, work.batch.id, review_rounds=rounds, refitted=-1 if sent else work.batch.refitted
        )
        work.record(
            "send the riskiest to experts", rule="review and audit together cheapest", items=len(sent)
        )


def freeze(work: Work) -> None:
    """Freeze the labels of all N items and start the next attempt."""
    rows = [row for row in items.all_items(work.batch) if not row.is_control]
    digest = digest_of_labels((row.key, row.label) for row in rows)

    with work.saving():
        items.freeze_labels(work.batch)
        attempt = work.batch.attempt + 1
        batches.set_batch(work.scope, work.batch.id, frozen_digest=digest, attempt=attempt, drawn=0)
        work.record(
            "freeze labels",
            rule="frozen before the sample is drawn",
            after=digest,
            attempt=attempt,
            items=len(rows),
        )


# --- the audit -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Draw:
    """The drawn order of an attempt, and what is known about its first items."""

    order: tuple[items.ItemRow, ...]
    verdicts: tuple[AuditVerdict, ...]
    open_disputes: tuple[items.ItemRow, ...]
    unjudged: tuple[items.ItemRow, ...]
    """Drawn, and no expert is left who could judge them."""


def test_sample(work: Work) -> None:
    """Test what was judged; then certify, give up, or have the next drawn items judged."""
    rows = [row for row in items.all_items(work.batch) if not row.is_control]
    draw = _load_draw(work, rows)
    if draw.unjudged:
        _void(work, draw)
        return
    if draw.open_disputes:
        _ask_auditors(work, draw.open_disputes, drawn=work.batch.drawn)
        return
    audit = _audit(work, items_in_all=len(rows), attempt=work.batch.attempt)
    loss = loss_of(work.task, work.intake.schema)
    losses = [
        loss(row.frozen, verdict.verdict) for row, verdict in zip(draw.order, draw.verdicts, strict=False)
    ]
    test = standing(losses, items=audit.items, allowed=audit.allowed, delta=audit.delta)

    if test.certified:
        _certify(work, draw, test)
    elif test.outcome is Outcome.IMPOSSIBLE or better_again(
        test,
        right=_right(rows),
        judged=_judged(rows),
        audit=audit,
        next_delta=delta_of_attempt(work.intake.quality.delta, work.batch.attempt + 1),
    ):
        _fail(work, draw, test)
    else:
        experts = sum(person.is_expert for person in people.list_people(work.scope, work.project.id))
        count = next_round(
            test, items=audit.items, allowed=audit.allowed, delta=audit.delta, least=max(experts, 5)
        )
        fresh = draw.order[work.batch.drawn : work.batch.drawn + count]
        wanted = [row for row in fresh if not row.judged]
        _ask_auditors(work, wanted, drawn=work.batch.drawn + len(fresh))


def _audit(work: Work, *, items_in_all: int, attempt: int) -> Audit:
    quality, lessons = work.intake.quality, lessons_of(work)
    return Audit(
        items=items_in_all,
        allowed=quality.allowed,
        delta=delta_of_attempt(quality.delta, attempt),
        spread=1.0 if lessons is None else lessons.spread,
    )


def _load_draw(work: Work, rows: Sequence[items.ItemRow]) -> _Draw:
    seed = draw_seed(nonce=bytes.fromhex(work.batch.nonce), labels_digest=work.batch.frozen_digest)
    by_key = {row.key: row for row in rows}
    order = tuple(by_key[key] for key in draw_order(list(by_key), seed=seed))
    drawn = order[: work.batch.drawn]
    said: dict[int, list[str]] = {}
    for answer in queue.answers_of([row.id for row in drawn if not row.judged], queues=(label_loop.AUDIT,)):
        said.setdefault(answer.item, []).append(answer.value)
    experts = sum(person.is_expert for person in people.list_people(work.scope, work.project.id))
    loss = loss_of(work.task, work.intake.schema)
    verdicts: list[AuditVerdict] = []
    disputes: list[items.ItemRow] = []
    unjudged: list[items.ItemRow] = []
    for row in drawn:
        given = said.get(row.id, [])
        if not given:  # an independent judgement of the frozen value exists, or nobody could say anything
            verdicts.append(AuditVerdict(key=row.key, verdict=row.frozen, fresh=False))
            if not row.judged:
                unjudged.append(row)
            continue
        apart = len(given) == 2 and loss(given[0], given[1]) > work.intake.quality.allowed
        if apart and experts > 2 and not row.stuck:
            disputes.append(row)
        verdict = verdict_of(given, loss=loss)
        verdicts.append(
            AuditVerdict(
                key=row.key,
                verdict=verdict,
                correction=verdict if verdict != row.frozen else None,
                fresh=True,
                second=(given[1] if verdict == given[0] else given[0]) if len(given) > 1 else None,
            )
        )
    return _Draw(
        order=order, verdicts=tuple(verdicts), open_disputes=tuple(disputes), unjudged=tuple(unjudged)
    )


def _ask_auditors(work: Work, wanted: Sequence[items.ItemRow], *, drawn: int) -> None:
    """Open audit tasks; a keyed share is judged twice, and whoever disputes is joined by a third."""
    tasks = [row.id for row in wanted]
    experts = sum(person.is_expert for person in people.list_people(work.scope, work.project.id))
    if experts > 1 and drawn > work.batch.drawn:
        twice = f"twice in attempt {work.batch.attempt}"
        tasks += [
            row.id for row in wanted if chance.uniform(work.project.seed, twice, row.key) < AUDITED_TWICE
        ]
    if pauses_for_budget(work, judgements=len(tasks)):
        return

    with work.saving():
        queue.open_tasks(work.batch.id, queue=label_loop.AUDIT, items=tasks)
        items.clear_dirty([row.id for row in wanted])
        batches.set_batch(work.scope, work.batch.id, drawn=drawn)
        work.record(
            "draw for the audit", rule="the next of the drawn order", drawn=drawn, judgements=len(tasks)
        )


def _certify(work: Work, draw: _Draw, test: Standing) -> None:
    """Correct the errors found and keep the evidence; offer and delivery print the certificate from it."""
    evidence = audit_of(work, verdicts=draw.verdicts, issued_at=work.now)
    plan = plan_so_far(work, settled=len(draw.order), certified=True)
    with work.saving():
        items.save_changes(_corrections(work, draw))
        if plan is not None:
            projects.save_plan(work.scope, work.project.id, plan=store_plan(plan))
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


def _fail(work: Work, draw: _Draw, test: Standing) -> None:
    """End an attempt: what was judged is corrected, and the next attempt reviews deeper."""
    with work.saving():
        items.save_changes(_corrections(work, draw))
        batches.set_batch(work.scope, work.batch.id, frozen_digest="", drawn=0, review_rounds=0, refitted=-1)
        work.record(
            "fail to certify",
            rule=f"attempt {work.batch.attempt}: more review where it pays most",
            before=work.batch.frozen_digest,
            checks=len(draw.verdicts),
            loss=test.loss,
        )


def _void(work: Work, draw: _Draw) -> None:
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


def _corrections(work: Work, draw: _Draw) -> list[items.ItemChange]:
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


def _right(rows: Sequence[items.ItemRow]) -> NDArray[np.float64]:
    return np.array([row.chance for row in rows], dtype=np.float64)


def _judged(rows: Sequence[items.ItemRow]) -> NDArray[np.bool_]:
    return np.array([row.judged for row in rows], dtype=np.bool_)
