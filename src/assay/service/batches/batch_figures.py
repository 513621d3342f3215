"""The figures of one batch that pages and API show: counts, quality so far, cost, and what is proven."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from assay.core.planning.plan import Plan
from assay.core.project import lifecycle
from assay.core.project.intake import Intake
from assay.service.quality.plan_and_quote import load_plan, over_limit_of
from assay.service.quality.proven_quality import proven
from assay.service.stored_times import micros
from assay.service.working_set.stored_project import work_constants
from assay.store.items import item_gallery, items
from assay.store.labelling import answers_and_pay_ledger
from assay.store.projects.batches import BatchRow
from assay.store.projects.projects import ProjectRow

TWO_SIDED: Final = 1.96
FLOW: Final = (
    lifecycle.WAITING,
    lifecycle.LABELLING,
    lifecycle.CHECKING,
    lifecycle.PEER_REVIEW,
    lifecycle.EXPERT_REVIEW,
    lifecycle.SETTLED,
)


@dataclass(frozen=True, slots=True)
class StateCount:
    """So many items in one state."""

    state: str
    count: int


@dataclass(frozen=True, slots=True)
class QualitySoFar:
    """The share right that is expected of the settled items, with a 95 % interval; None before there are any."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Proven:
    """What the certificate says, in short; `right` is the proven lower bound of the share right."""

    certified: bool
    right: float
    sample: int
    errors: int
    attempt: int
    workforce: str
    independent: bool
    issued_at: int


@dataclass(frozen=True, slots=True)
class BatchFigures:
    """One batch; money in cents, times in microseconds. Counts leave control items out.

    `due` is the date by which it is needed, `finish` when its plan ends; None where nothing was said or planned yet.
    """

    batch: str
    project: str
    status: str
    reason: str
    task: str
    created_at: int
    received: int
    total: int
    completed: int
    automatic: int
    remaining: int
    failed: int
    to_review: int
    with_feedback: int
    control_items: int
    states: Sequence[StateCount]
    quality: QualitySoFar | None
    target: float
    confidence: float
    currency: str
    spent: int
    proven: Proven | None
    attempt: int
    waits_for: str
    delivered: bool
    due: date | None
    finish: date | None


def batch_figures(project: ProjectRow, batch: BatchRow) -> BatchFigures:
    """Return the figures of a batch; nothing is counted that an index does not hold, but the money."""
    intake, _ = work_constants(project.id, project.intake_digest, project.tenant, project.version)
    settled = item_gallery.settled_figures(batch.id)
    others = item_gallery.unsettled_states(batch.id)
    controls = item_gallery.count_controls([batch.id])[batch.id]
    total = settled.count + sum(others.values())
    counts = {**others, lifecycle.SETTLED: settled.count}
    certificate, plan = proven(project, batch), plan_of(project)
    return BatchFigures(
        batch=batch.name,
        project=project.name,
        status=batch.status,
        reason=batch.reason,
        task=intake.task,
        created_at=batch.created_at,
        received=batch.received,
        total=total,
        completed=settled.count,
        automatic=items.count_decided(batch, by=items.MODEL),
        remaining=total - settled.count,
        failed=batch.rejected,
        to_review=total if batch.status == lifecycle.READY_FOR_REVIEW else 0,
        with_feedback=item_gallery.items_with_feedback([batch.id]).get(batch.id, 0),
        control_items=controls,
        states=[StateCount(state, counts[state]) for state in FLOW if counts.get(state)],
        quality=_quality(settled),
        target=intake.quality.right,
        confidence=intake.quality.confidence,
        currency=intake.money.currency,
        spent=answers_and_pay_ledger.spent(batch.id),
        proven=None
        if certificate is None
        else Proven(
            certified=certificate.certified,
            right=1.0 - certificate.figures.certified_bound,
            sample=len(certificate.sample),
            errors=certificate.figures.errors_found,
            attempt=certificate.attempt,
            workforce=certificate.workforce,
            independent=certificate.independent,
            issued_at=micros(datetime.fromisoformat(certificate.issued_at).replace(tzinfo=UTC)),
        ),
        attempt=batch.attempt,
        waits_for=waits_for(project, batch, intake),
        delivered=bool(batch.folder),
        due=intake.deadline or intake.finish_by,
        finish=None if plan is None else plan.finish.date(),
    )


def plan_of(project: ProjectRow) -> Plan | None:
    """Return a project's plan as it is estimated now, None before there is one."""
    return load_plan(project.plan) if project.plan else None


def waits_for(project: ProjectRow, batch: BatchRow, intake: Intake) -> str:
    """Return which decision of the requester's a batch waits for, "" where for none."""
    undecided = project.status in (lifecycle.REVIEW_IN_PROGRESS, lifecycle.PRICING_COMPLETE)
    if undecided and project.plan:
        over = over_limit_of(project, intake)
        if over is not None:
            return over[:1].upper() + over[1:]
    if lifecycle.PAUSED in (batch.status, project.status):
        return batch.reason or "The project is paused"
    return ""


def _quality(settled: item_gallery.SettledFigures) -> QualitySoFar | None:
    if not settled.count:
        return None
    spread = TWO_SIDED * math.sqrt(max(0.0, settled.variance)) / settled.count
    return QualitySoFar(
        expected=settled.mean, low=max(0.0, settled.mean - spread), high=min(1.0, settled.mean + spread)
    )
