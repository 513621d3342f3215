"""What a batch has come to: status, counts, cost, what is proven and how, and what it waits for."""

from dataclasses import asdict, dataclass
from typing import Any

from assay.core.project import lifecycle
from assay.service.access.permissions import Actor, require
from assay.service.quality.audit_evidence import certificate_of
from assay.service.quality.plan_and_quote import load_plan, over_limit_of
from assay.service.working_set import label_queues
from assay.service.working_set.stored_project import intake_of
from assay.store.items import items
from assay.store.labelling import answers_and_pay_ledger
from assay.store.projects import batches, projects
from assay.store.projects.further_batches import earlier_batches
from assay.store.scope import Scope
from assay.tasktypes import TASK_TYPES


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """One batch; money in cents, rates from 0 to 1; counts are Ground Truth Plus's columns and more.

    Attributes that do not speak for themselves:
        total: objects of the batch, control items left out (N once it is certified).
        failed: received rows that were set aside.
        to_review: objects offered for review.
        automatic: objects that models labelled without anybody's answer.
        certified_bound: upper bound on the error as delivered, None where nothing is proven.
        price_low, price_mid, price_high: the firm quote, before it the plan; None before there is one.
        waits_for: what must happen before it goes on, "" where it does not wait or is done.
    """

    project: str
    project_status: str
    batch: str
    batch_status: str
    task: str
    workforce: str
    received: int
    total: int
    completed: int
    remaining: int
    failed: int
    to_review: int
    control_items: int
    automatic: int
    answers: int
    answers_per_item: float
    expert_judgements: int
    audit_judgements: int
    currency: str
    spent: int
    price_low: float | None
    price_mid: float | None
    price_high: float | None
    target_right: float
    confidence: float
    certified: bool
    certified_bound: float | None
    process_bound: float | None
    audit_sample: int
    errors_found: int
    attempt: int
    folder: str
    reason: str
    waits_for: str


def batch_summary(actor: Actor, *, batch: str, now: int) -> BatchSummary:
    """Return the summary of one batch; raises `NotFound`."""
    require(actor, "see projects", now=now)
    row = batches.batch_by_name(actor.scope, batch)
    return _summary(actor, row)


def list_summaries(actor: Actor, *, now: int) -> list[BatchSummary]:
    """Return the summaries of every batch within the actor's scope, oldest first."""
    require(actor, "see projects", now=now)
    return [_summary(actor, row) for row in batches.list_batches(actor.scope)]


def summary_to_json(summary: BatchSummary) -> dict[str, Any]:
    """Return a summary as plain values."""
    return asdict(summary)


def _summary(actor: Actor, row: batches.BatchRow) -> BatchSummary:
    project = projects.project_of_batch(actor.scope, row.id)
    intake = intake_of(project)
    states = items.count_by_state(row)
    counts = answers_and_pay_ledger.count_answers(row.id)
    total, settled = sum(states.values()), states.get(lifecycle.SETTLED, 0)
    answers = counts.get(label_queues.LABEL, 0) + counts.get(label_queues.PEER, 0)
    audit = counts.get(label_queues.AUDIT, 0)
    controls = len(items.control_items(row.id))
    plan = load_plan(project.quote or project.plan) if project.plan else None
    proven = None
    if row.certificate:
        task = TASK_TYPES.get(intake.task)
        proven = certificate_of(
            project=project,
            batch=row,
            intake=intake,
            task=task,
            frozen=items.frozen_labels(row),
            control_items=controls,
        )
    figures = None if proven is None else proven.figures
    return BatchSummary(
        project=project.name,
        project_status=project.status,
        batch=row.name,
        batch_status=row.status,
        task=intake.task,
        workforce=intake.workforce.kind,
        received=row.received,
        total=total,
        completed=settled,
        remaining=total - settled,
        failed=row.rejected,
        to_review=total if row.status == lifecycle.READY_FOR_REVIEW else 0,
        control_items=controls,
        automatic=items.count_decided(row, by=items.MODEL),
        answers=answers,
        answers_per_item=answers / total if total else 0.0,
        expert_judgements=counts.get(label_queues.EXPERT, 0) + audit,
        audit_judgements=audit,
        currency=intake.money.currency,
        spent=answers_and_pay_ledger.spent(row.id),
        price_low=plan.price.low if plan else None,
        price_mid=plan.price.mid if plan else None,
        price_high=plan.price.high if plan else None,
        target_right=intake.quality.right,
        confidence=intake.quality.confidence,
        certified=proven is not None and proven.certified,
        certified_bound=figures.certified_bound if figures else None,
        process_bound=figures.process_error_bound if figures else None,
        audit_sample=len(proven.sample) if proven else 0,
        errors_found=figures.errors_found if figures else 0,
        attempt=row.attempt,
        folder=row.folder,
        reason=row.reason,
        waits_for=_waits_for(project, row, over=None if plan is None else over_limit_of(project, intake)),
    )


def _waits_for(project: projects.ProjectRow, row: batches.BatchRow, *, over: str | None) -> str:
    waiting = project.status in (lifecycle.REVIEW_IN_PROGRESS, lifecycle.PRICING_COMPLETE)
    command = f"assay approve {project.name}"
    if project.further is not None:
        command += f" --batch {row.name}"
    if waiting and over is not None:
        return f"{over}; `{command}` approves it"
    if row.status == lifecycle.PAUSED:
        return f"{row.reason}; `{command}` lets it go on"
    if row.status == lifecycle.DATA_TRANSFER_FAILED:
        again = "add them as a batch again" if project.further else "file the intake under another name"
        return f"{row.reason}; mend the data and {again}"
    if project.further is not None and row.status == lifecycle.REQUEST_SUBMITTED:
        return _earlier_first(project, row)
    return ""


def _earlier_first(project: projects.ProjectRow, row: batches.BatchRow) -> str:
    """Return that an earlier batch's data are not received yet, "" where they are."""
    unreceived = (lifecycle.REQUEST_SUBMITTED, lifecycle.DATA_TRANSFER)
    scope = Scope(project.tenant)
    for number, name in earlier_batches(scope, project=project.id, before=row.id):
        if batches.batch_by_id(scope, number).status in unreceived:
            return f"the data of {name} are received first"
    return ""
