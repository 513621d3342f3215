"""What will go wrong if nobody does anything: every live batch with its risk of date, budget and quality."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from assay.core.project import lifecycle
from assay.service.access.permissions import EXPERT, LABELLER, Actor, require
from assay.service.labelling.person_at_work import kept_out
from assay.service.quality.approved_price_left import approved_price_left
from assay.service.quality.plan_and_quote import load_plan, over_limit_of
from assay.service.working_set.stored_project import work_constants
from assay.store.accounts.account_members import member_by_id
from assay.store.items import items
from assay.store.labelling import answers_and_pay_ledger, project_people, queues_at_work, wanted_answers
from assay.store.projects import batches, projects
from assay.store.scope import Scope

QUIET: Final = 3_600_000_000
"""A batch that waits for people and got no answer for an hour is an alarm."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that needs somebody: how bad, what it is, and what would end it."""

    level: str
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class LiveBatch:
    """A batch that is not delivered; money in cents, shares from 0 to 1."""

    project: str
    batch: str
    status: str
    project_status: str
    reason: str
    settled: int
    items: int
    spent: int
    limit: int | None
    currency: str
    price_low: float | None
    price_high: float | None
    finish: datetime | None
    finish_low: datetime | None
    finish_high: datetime | None
    deadline: datetime | None
    newest: int | None
    alarms: Sequence[Alarm]
    filer_kept_out: bool = False
    """Whether the person who filed it labels for others, and in this project only where an operator says so."""

    @property
    def risk(self) -> int:
        """How urgent it is: alarms first."""
        return sum(100 if alarm.level == "danger" else 10 for alarm in self.alarms)

    @property
    def done(self) -> float:
        """Share of the items that are settled."""
        return self.settled / self.items if self.items else 0.0


def live_batches(actor: Actor, *, now: int) -> list[LiveBatch]:
    """Return every batch that is not delivered, the most urgent first."""
    require(actor, "see queues", now=now)
    open_now = set(batches.open_batches(actor.scope))
    rows = [
        row
        for row in batches.list_batches(actor.scope)
        if row.id in open_now or row.status in (lifecycle.PAUSED, lifecycle.DATA_TRANSFER_FAILED)
    ]
    found = [_live(actor, row, now=now) for row in rows]
    return sorted(found, key=lambda one: (-one.risk, one.batch))


def _live(actor: Actor, row: batches.BatchRow, *, now: int) -> LiveBatch:
    project = projects.project_of_batch(actor.scope, row.id)
    intake, _ = work_constants(project.id, project.intake_digest, actor.scope.tenant, project.version)
    plan = load_plan(project.plan) if project.plan else None
    states = items.count_by_state(row) if row.accepted else {}
    spent = answers_and_pay_ledger.spent(row.id)
    limit = approved_price_left(project, intake)
    newest = queues_at_work.newest_answer(actor.scope, project.id, batch=row.id)
    deadline = intake.deadline or intake.finish_by
    due = None if deadline is None else datetime(deadline.year, deadline.month, deadline.day, tzinfo=UTC)
    alarms = list(_standstill(actor, project, row, newest=newest, now=now))
    if plan is not None and due is not None and plan.finish.date() > due.date():
        alarms.append(
            Alarm(
                "danger",
                f"It will be finished about {plan.finish.date()}, after its date {due.date()}.",
                "more people",
            )
        )
    if limit and spent > 0.9 * limit and not project.agreed:
        alarms.append(
            Alarm("warning", f"{spent / limit:.0%} of the approved price are spent.", "an approval")
        )
    if plan is not None and intake.workforce.kind != "people":
        due = None  # simulated people keep a clock of their own
    return LiveBatch(
        project=project.name,
        batch=row.name,
        status=row.status,
        project_status=project.status,
        reason=row.reason,
        settled=states.get(lifecycle.SETTLED, 0),
        items=sum(states.values()),
        spent=spent,
        limit=limit,
        currency=intake.money.currency,
        price_low=plan.price.low if plan else None,
        price_high=plan.price.high if plan else None,
        finish=plan.finish if plan else None,
        finish_low=plan.finish - timedelta(hours=plan.hours.mid - plan.hours.low) if plan else None,
        finish_high=plan.finish + timedelta(hours=plan.hours.high - plan.hours.mid) if plan else None,
        deadline=due,
        newest=newest,
        alarms=alarms,
        filer_kept_out=intake.workforce.kind == "people" and _filer_waits(actor.scope, project.id),
    )


def _filer_waits(scope: Scope, project: int) -> bool:
    filers = kept_out(scope, project=project)
    return any(member_by_id(scope, filer).roles & {LABELLER, EXPERT} for filer in filers)


def _standstill(
    actor: Actor, project: projects.ProjectRow, row: batches.BatchRow, *, newest: int | None, now: int
) -> list[Alarm]:
    """Return why a batch does not move: a decision, a fault, or nobody who could work."""
    intake, _ = work_constants(project.id, project.intake_digest, actor.scope.tenant, project.version)
    if row.status == lifecycle.PAUSED:
        return [
            Alarm("danger", f"Paused: {row.reason or 'no reason was kept'}.", "resume it, or an approval")
        ]
    if row.status == lifecycle.DATA_TRANSFER_FAILED:
        return [
            Alarm(
                "danger", f"Its data could not be received: {row.reason}.", "a new request with mended data"
            )
        ]
    waits = project.status in (lifecycle.REVIEW_IN_PROGRESS, lifecycle.PRICING_COMPLETE)
    over = over_limit_of(project, intake) if waits and project.plan else None
    if over is not None:
        return [Alarm("warning", f"It waits for the requester's approval: {over}.", "the approval")]
    found = (
        [
            Alarm(
                "danger",
                f"Parked after three tries: {row.reason}.",
                "mend the cause; it is tried again by itself",
            )
        ]
        if row.reason
        else []
    )
    if (
        row.status not in (lifecycle.IN_PROGRESS, lifecycle.SENT_FOR_REWORK)
        or intake.workforce.kind != "people"
    ):
        return found
    crew = [one for one in project_people.list_people(actor.scope, project.id) if one.state == "active"]
    waiting = {
        name
        for _, name in wanted_answers.open_task_items(row.id, ("label", "peer", "expert", "audit"), most=50)
    }
    if waiting & {"expert", "audit"} and not any(one.is_expert for one in crew):
        found.append(
            Alarm("danger", "Items wait for experts, and there is none.", f"somebody with the role {EXPERT}")
        )
    if waiting & {"label", "peer"} and not any(not one.is_expert for one in crew):
        found.append(
            Alarm("danger", "Items wait for labellers, and there is none.", "somebody with the role labeller")
        )
    if waiting and not found and now - (newest or row.created_at) > QUIET:
        found.append(
            Alarm("warning", "Items wait, and nobody has answered for an hour.", "more people, or a reminder")
        )
    return found
