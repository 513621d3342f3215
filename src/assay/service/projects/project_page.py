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
from assay.service.intake.asked_questions import AskedQuestion, asked_questions
from assay.service.intake.instructions_as_html import instructions_html
from assay.service.quality.prices_by_quality import QuotePrice, prices_of
from assay.service.working_set.stored_project import work_constants
from assay.store.labelling import project_people
from assay.store.projects import projects
from assay.store.projects.batches import BatchRow, list_batches
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
class Waiting:
    """A batch that waits for a decision of the requester's, and whether the reader may take it."""

    batch: str
    sentence: str
    may_approve: bool


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """Everything that a project's page shows; money in cents.

    `to_come` is what it will still cost, None where nothing; `plan` is that of the newest batch that has one, `finish` when the last of
    those ends that are not proven; `budget` is the limit that its batches share.
    """

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
    questions: Sequence[AskedQuestion]
    plan: Plan | None
    to_come: Range | None
    prices: Sequence[QuotePrice]
    late: bool
    over_budget: bool
    certified_at: int
    finish: datetime | None
    batches: Sequence[BatchFigures]
    decided: Sequence[Decided]
    crew: Crew
    instructions: str
    waits_for: str
    may_approve: bool
    waiting: Sequence[Waiting]
    may_add: bool

    @property
    def shown(self) -> BatchFigures | None:
        """The batch whose quality stands for the project: the newest that something is known of."""
        told = [one for one in self.batches if one.proven or one.quality]
        return told[-1] if told else None


def project_page(actor: Actor, *, project: str, now: int) -> ProjectPage:
    """Return a project's page; raises `NotFound` also for a project outside the scope."""
    require(actor, "see projects", now=now)
    row = projects.project_by_name(actor.scope, project)
    intake, _ = work_constants(row.id, row.intake_digest, row.tenant, row.version)
    seen = [
        _seen(view, one)
        for view, one in zip(
            projects.projects_of_batches(actor.scope, row.id),
            list_batches(actor.scope, row.id),
            strict=True,
        )
    ]
    batches = [one.figures for one in seen]
    live = [one for one in seen if not one.figures.proven] or seen[-1:]
    planned = [one for one in seen if one.plan is not None]
    plan = planned[-1].plan if planned else None
    done = bool(batches) and all(one.proven for one in batches)
    due = min((one.until for one in live if one.until), default=None)
    waiting = [one for one in seen if one.figures.waits_for]
    several = len(seen) > 1
    waits = [
        Waiting(
            batch=one.figures.batch,
            sentence=f"{one.figures.batch}: {one.figures.waits_for}" if several else one.figures.waits_for,
            may_approve=may(actor, "approve a quote")
            and (one.view.status in lifecycle.APPROVABLE or one.figures.status == lifecycle.PAUSED),
        )
        for one in waiting
    ]
    return ProjectPage(
        name=row.name,
        status=row.status,
        task=intake.task,
        created_at=row.created_at,
        sentence=sentence_of(intake, seen, waits=waits[0].sentence if waits else ""),
        total=sum(one.total for one in batches),
        completed=sum(one.completed for one in batches),
        failed=sum(one.failed for one in batches),
        spent=sum(one.spent for one in batches),
        currency=intake.money.currency,
        budget=intake.approved_price,
        deadline=due,
        target=intake.quality.right,
        confidence=intake.quality.confidence,
        workforce=intake.workforce.kind,
        data_class=intake.data_class,
        formats=intake.formats,
        labels=intake.schema.classes,
        questions=asked_questions(intake.schema),
        plan=plan,
        to_come=_to_come([one for one in seen if not one.figures.proven]),
        prices=prices_of(plan, planned[-1].intake) if plan else (),
        late=any(_is_late(one) for one in live),
        over_budget=_is_over(seen),
        certified_at=max(one.proven.issued_at for one in batches if one.proven) if done else 0,
        finish=None if done else max((one.plan.finish for one in live if one.plan), default=None),
        batches=batches,
        decided=decided_about(actor, [one.batch for one in batches]),
        crew=_crew(actor, row),
        instructions=instructions_html(row.folder, intake),
        waits_for=waits[0].sentence if waits else "",
        may_approve=bool(waits) and waits[0].may_approve,
        waiting=waits,
        may_add=may(actor, "add a batch"),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A batch with the project as it sees it."""

    view: ProjectRow
    intake: Intake
    figures: BatchFigures
    plan: Plan | None

    @property
    def until(self) -> date | None:
        return self.intake.finish_by or self.intake.deadline

    @property
    def expected(self) -> float:
        """What it costs in the end, as far as that can be told."""
        if self.plan is None or self.figures.proven:
            return self.figures.spent
        return max(self.figures.spent, self.plan.price.mid)


def _seen(view: ProjectRow, row: BatchRow) -> _Seen:
    intake, _ = work_constants(view.id, view.intake_digest, view.tenant, view.version)
    return _Seen(view, intake, batch_figures(view, row), plan_of(view))


def _is_late(one: _Seen) -> bool:
    return one.plan is not None and one.until is not None and one.plan.finish.date() > one.until


def _is_over(seen: Sequence[_Seen]) -> bool:
    """Whether the batches that share the project's limit, or one that has its own, cost more than that."""
    shared = [one for one in seen if not one.view.own_limit]
    limit = shared[0].intake.approved_price if shared else None
    if limit is not None and sum(one.expected for one in shared) > limit:
        return True
    own = [(one, one.intake.approved_price) for one in seen if one.view.own_limit]
    return any(limit is not None and one.expected > limit for one, limit in own)


def sentence_of(intake: Intake, seen: Sequence[_Seen], *, waits: str) -> str:
    """Return the answer to "how is it going" in one sentence."""
    batches = [one.figures for one in seen]
    total = sum(one.total for one in batches)
    failed = next((one for one in batches if one.status == lifecycle.DATA_TRANSFER_FAILED), None)
    if any(one.view.status == lifecycle.PAUSED for one in seen):
        return f"Paused: {waits or 'it waits for a decision'}"
    if failed is not None and (len(seen) == 1 or (failed is batches[-1] and not waits)):
        what = f"The data of {failed.batch}" if len(seen) > 1 else "The data"
        return f"{what} could not be received: {failed.reason}"
    if waits:
        return f"Waits for you: {waits if len(seen) > 1 else waits[:1].lower() + waits[1:]}"
    received = [one for one in seen if one.figures.status != lifecycle.DATA_TRANSFER_FAILED]
    proven = [one.figures.proven for one in received if one.figures.proven is not None]
    if proven and len(proven) == len(received):
        right = figures_in_words.at_least(min(one.right for one in proven))
        sure = figures_in_words.share(intake.quality.confidence)
        stands = _stands([one.figures for one in received])
        return f"{stands}: {figures_in_words.many(total, 'item')}, at least {right} right, with {sure} confidence"
    return _sentence_of_live([one for one in received if not one.figures.proven], seen, total=total)


def _sentence_of_live(live: Sequence[_Seen], seen: Sequence[_Seen], *, total: int) -> str:
    plans = [(one.plan, one) for one in live if one.plan is not None]
    if len(plans) < len(live) or not plans:
        unplanned = [one for one in live if one.plan is None]
        rows = sum(one.figures.received for one in unplanned)
        what = f"{unplanned[0].figures.batch}: being" if len(seen) > 1 else "Being"
        return f"{what} received and planned: {figures_in_words.many(rows, 'row')} so far"
    plan, last = max(plans, key=lambda one: one[0].finish)
    return _under_way(last.until, plan, done=sum(one.figures.completed for one in seen), total=total)


def _stands(batches: Sequence[BatchFigures]) -> str:
    """Return what can be said of batches that are all proven."""
    if all(one.status == lifecycle.DATA_DELIVERED for one in batches):
        return "Delivered"
    offered = any(one.status == lifecycle.READY_FOR_REVIEW for one in batches)
    return "Ready for your review" if offered else "Certified"


def _to_come(live: Sequence[_Seen]) -> Range | None:
    """Return what batches that are not proven yet will still cost, None where that is nothing or not planned."""
    low = mid = high = 0.0
    for one in live:
        if one.plan is not None:
            price, spent = one.plan.price, one.figures.spent
            low, mid, high = (
                sum_ + max(0.0, whole - spent)
                for sum_, whole in ((low, price.low), (mid, price.mid), (high, price.high))
            )
    return Range(low, mid, high) if high else None


def _under_way(until: date | None, plan: Plan, *, done: int, total: int) -> str:
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
