"""One project as its requester sees it: a sentence, four figures, its batches, and what was decided by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from assay.core.labels.label_values import LabelClass
from assay.core.planning.plan import Plan, Range
from assay.core.project import lifecycle
from assay.core.project.intake import Intake
from assay.service import figures_in_words
from assay.service.access.permissions import Actor, may, require
from assay.service.batches.autopilot_decisions_as_shown import Decided, decided_about
from assay.service.batches.batch_figures import BatchFigures, batch_figures, plan_of
from assay.service.batches.batch_quality import FEWEST
from assay.service.intake.instructions_as_html import instructions_html
from assay.service.quality.prices_by_quality import QuotePrice, prices_of
from assay.service.working_set.stored_project import work_constants
from assay.store.labelling import project_people
from assay.store.projects import projects
from assay.store.projects.batches import list_batches
from assay.store.projects.projects import ProjectRow

MOST_CODES: Final = 60


@dataclass(frozen=True, slots=True)
class Crew:
    """Who works here, without names: pseudonyms, and figures where enough people stand behind them."""

    labellers: int
    experts: int
    codes: Sequence[str]
    right: float | None
    known_answers: int


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """Everything that a project's page shows; money in cents. `to_come` is what it will still cost, None where nothing."""

    name: str
    status: str
    task: str
    created_at: int
    sentence: str
    total: int
    completed: int
    failed: int
    spent: int
    currency: str
    budget: int | None
    deadline: date | None
    target: float
    confidence: float
    workforce: str
    data_class: str
    formats: Sequence[str]
    labels: Sequence[LabelClass]
    plan: Plan | None
    to_come: Range | None
    prices: Sequence[QuotePrice]
    late: bool
    over_budget: bool
    certified_at: int
    batches: Sequence[BatchFigures]
    decided: Sequence[Decided]
    crew: Crew
    instructions: str
    waits_for: str
    may_approve: bool


def project_page(actor: Actor, *, project: str, now: int) -> ProjectPage:
    """Return a project's page; raises `NotFound` also for a project outside the scope."""
    require(actor, "see projects", now=now)
    row = projects.project_by_name(actor.scope, project)
    intake, _ = work_constants(row.id, row.intake_digest, row.tenant)
    batches = [batch_figures(row, one) for one in list_batches(actor.scope, row.id)]
    plan = plan_of(row)
    limit = intake.approved_price
    until = intake.finish_by or intake.deadline
    spent = sum(one.spent for one in batches)
    done = bool(batches) and all(one.proven for one in batches)
    expected = plan.price.mid if plan and not done else 0
    over = limit is not None and max(spent, expected) > limit
    late = plan is not None and until is not None and plan.finish.date() > until
    waits = next((one.waits_for for one in batches if one.waits_for), "")
    return ProjectPage(
        name=row.name,
        status=row.status,
        task=intake.task,
        created_at=row.created_at,
        sentence=sentence_of(row, intake, batches, plan=plan, waits=waits),
        total=sum(one.total for one in batches),
        completed=sum(one.completed for one in batches),
        failed=sum(one.failed for one in batches),
        spent=spent,
        currency=intake.money.currency,
        budget=limit,
        deadline=until,
        target=intake.quality.right,
        confidence=intake.quality.confidence,
        workforce=intake.workforce.kind,
        data_class=intake.data_class,
        formats=intake.formats,
        labels=intake.schema.classes,
        plan=plan,
        to_come=None if done or plan is None else _to_come(plan.price, spent=spent),
        prices=prices_of(plan, intake) if plan else (),
        late=late,
        over_budget=over,
        certified_at=max(one.proven.issued_at for one in batches if one.proven) if done else 0,
        batches=batches,
        decided=decided_about(actor, [one.batch for one in batches]),
        crew=_crew(actor, row),
        instructions=instructions_html(row.folder, intake),
        waits_for=waits,
        may_approve=bool(waits)
        and (row.status in lifecycle.APPROVABLE or any(one.status == lifecycle.PAUSED for one in batches))
        and may(actor, "approve a quote"),
    )


def sentence_of(
    row: ProjectRow, intake: Intake, batches: Sequence[BatchFigures], *, plan: Plan | None, waits: str
) -> str:
    """Return the answer to "how is it going" in one sentence."""
    total = sum(one.total for one in batches)
    failed = next((one for one in batches if one.status == lifecycle.DATA_TRANSFER_FAILED), None)
    if row.status == lifecycle.PAUSED:
        return f"Paused: {waits or 'it waits for a decision'}"
    if failed is not None:
        return f"The data could not be received: {failed.reason}"
    if waits:
        return f"Waits for you: {waits[:1].lower() + waits[1:]}"
    proven = [one.proven for one in batches if one.proven is not None]
    if proven and len(proven) == len(batches):
        right = figures_in_words.at_least(min(one.right for one in proven))
        sure = figures_in_words.share(intake.quality.confidence)
        return f"{_stands(batches)}: {figures_in_words.many(total, 'item')}, at least {right} right, with {sure} confidence"
    if plan is None:
        return f"Being received and planned: {figures_in_words.many(sum(one.received for one in batches), 'row')} so far"
    return _under_way(intake, plan, done=sum(one.completed for one in batches), total=total)


def _stands(batches: Sequence[BatchFigures]) -> str:
    """Return what can be said of batches that are all proven."""
    if all(one.status == lifecycle.DATA_DELIVERED for one in batches):
        return "Delivered"
    offered = any(one.status == lifecycle.READY_FOR_REVIEW for one in batches)
    return "Ready for your review" if offered else "Certified"


def _to_come(price: Range, *, spent: int) -> Range | None:
    low, mid, high = (max(0.0, whole - spent) for whole in (price.low, price.mid, price.high))
    return Range(low, mid, high) if high else None


def _under_way(intake: Intake, plan: Plan, *, done: int, total: int) -> str:
    until = intake.finish_by or intake.deadline
    finish = f"certified about {_day(plan.finish)}"
    counts = f"{done:,} of {figures_in_words.many(total, 'item')}"
    if until is None:
        return f"Under way: {counts}, {finish}"
    if plan.finish.date() <= until:
        return f"On time: {counts}, {finish}, due {figures_in_words.day(until.isoformat())}"
    return f"Late: {counts}, {finish}, due {figures_in_words.day(until.isoformat())}"


def _crew(actor: Actor, row: ProjectRow) -> Crew:
    everybody = project_people.list_people(actor.scope, row.id)
    labellers = [one for one in everybody if not one.is_expert]
    shown = [one for one in labellers if one.right + one.wrong]
    known = sum(one.right + one.wrong for one in shown)
    enough = len(shown) >= FEWEST and known
    return Crew(
        labellers=len(labellers),
        experts=len(everybody) - len(labellers),
        codes=[one.code for one in labellers[:MOST_CODES]],
        right=sum(one.right for one in shown) / known if enough else None,
        known_answers=known if enough else 0,
    )


def _day(moment: datetime) -> str:
    return figures_in_words.day(moment.date().isoformat())
