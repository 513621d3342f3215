"""Plans and quotes: what a batch will take, and whether that lies within what the requester approved."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import numpy as np

from assay.core.ids import canonical
from assay.core.planning.audit_plan import plan_audit
from assay.core.planning.firm_quote import SoFar, firm_quote, re_estimate
from assay.core.planning.forecast import Forecast, Pace
from assay.core.planning.plan import EARLIER, Assumptions, Plan, make_plan
from assay.core.planning.plan_as_json import plan_from_json, plan_to_json
from assay.core.ports.task_type import Rows
from assay.core.project import lifecycle
from assay.core.project.intake import Intake
from assay.core.project.price_of_work import ExpectedWork
from assay.core.quality.label_loss import loss_of
from assay.core.review.settle_ask_again_or_hand_on import Limits
from assay.core.workforce.skill_and_pausing import BetaSkill
from assay.service.quality.approved_price_left import approved_price_left
from assay.service.quality.calibrated_consensus import prior_of
from assay.service.quality.price_of_answers import expected_work, work_so_far
from assay.service.quality.work_so_far_as_pilot import foretell
from assay.service.stored_times import micros, moment_of
from assay.service.working_set import label_queues, texts_as_now
from assay.service.working_set.batch_at_hand import Work
from assay.store.items import items
from assay.store.labelling import answer_counts, answers_and_pay_ledger, project_people
from assay.store.projects.projects import ProjectRow
from assay.tasktypes import TASK_TYPES

PILOT_CONTROLS: Final = 5
"""A person's skill counts as measured from so many control items on."""


def plan_intake(
    intake: Intake,
    *,
    items: int,
    known: int,
    seed: int,
    models: tuple[str, ...],
    assumptions: Assumptions,
    now: datetime | None = None,
    crew: tuple[int, int] | None = None,
    work: ExpectedWork | None = None,
) -> Plan:
    """Plan `items` items, `known` of which come with a label that makes them control items.

    Real people start `now`, where the intake's logical clock is for others; `crew` are the labellers and
    experts that there are, where that is known; `work` is what answers were measured to hold.
    """
    real = intake.workforce.kind == "people"
    people, experts = (
        crew if crew is not None and real else (intake.workforce.people, intake.workforce.experts)
    )
    begin = now if now is not None and real else intake.start
    if intake.data.finished:
        return plan_audit(
            items=max(1, items),
            quality=intake.quality,
            money=intake.money,
            people=people,
            experts=experts,
            start=begin,
        )
    return make_plan(
        items=max(1, items - known),
        classes=TASK_TYPES.get(intake.task).ways(intake.schema),
        quality=intake.quality,
        limits=Limits(least=intake.least, most=intake.most, threshold=0.0),
        money=intake.money,
        people=people,
        experts=experts,
        start=begin,
        assumptions=assumptions,
        seed=seed,
        known_controls=known,
        models=models,
        automatic=intake.automatic,
        work=work,
    )


def compile_plan(
    work: Work,
    *,
    models: tuple[str, ...],
    assumed: Assumptions | None = None,
    answers: ExpectedWork | None = None,
) -> Plan:
    """Plan a received batch; after the pilot, or with what is `assumed`, with measurements in place of the assumptions."""
    known = len(items.control_items(work.batch.id)) if work.intake.known is not None else 0
    return plan_intake(
        work.intake,
        items=work.batch.accepted,
        known=known,
        seed=work.project.seed,
        models=models,
        assumptions=_assumptions(work) if assumed is None else assumed,
        now=moment_of(work.project.created_at),
        crew=_crew(work),
        work=work_so_far(work) if answers is None else answers,
    )


def plan_further(work: Work, *, then: Work, models: tuple[str, ...]) -> Plan:
    """Plan a further batch with what an earlier one, `then`, has measured: what its pilot foretells of as many items."""
    assumed = _assumptions(then)
    plan = compile_plan(work, models=models, assumed=assumed, answers=expected_work(then))
    found = foretell(then, items_in_all=work.batch.accepted)
    if found is None:
        return plan
    return replace(_foretold(work, plan, found, assumed, SoFar(0, 0, 0, 0, 0.0)), basis=EARLIER)


def quote_batch(work: Work, *, models: tuple[str, ...]) -> Plan:
    """Return the firm quote: what the pilot's own items foretell, or the plan with its measurements where they cannot."""
    plan = compile_plan(work, models=models)
    if work.intake.data.finished:
        return plan
    now = _so_far(work, settled=items.count_by_state(work.batch).get(lifecycle.SETTLED, 0))
    found = foretell(work)
    return plan if found is None else _foretold(work, plan, found, _assumptions(work), now)


def _foretold(work: Work, plan: Plan, found: Forecast, assumed: Assumptions, now: SoFar) -> Plan:
    pace = Pace(
        seconds=assumed.seconds * (1.0 + assumed.skip_rate),
        expert_seconds=assumed.expert_seconds,
        people=plan.people,
        experts=plan.experts,
        hours_per_day=assumed.hours_per_day,
    )
    return firm_quote(plan, found, now, money=work.intake.money, pace=pace, start=start_of(work))


def plan_so_far(work: Work, *, settled: int, certified: bool = False) -> Plan | None:
    """Return the quote with what has happened so far in place of what was expected; None before a quote.

    `certified` says that the batch is certified by this very step.
    """
    if not work.project.quote:
        return None
    return re_estimate(
        load_plan(work.project.quote),
        _so_far(work, settled=settled, certified=certified),
        money=work.intake.money,
        start=start_of(work),
    )


def _so_far(work: Work, *, settled: int, certified: bool = False) -> SoFar:
    counts = answers_and_pay_ledger.count_answers(work.batch.id)
    return SoFar(
        settled=settled,
        answers=sum(counts.get(name, 0) for name in label_queues.LABEL_QUEUES),
        judgements=sum(counts.get(name, 0) for name in label_queues.EXPERT_QUEUES),
        audited=counts.get(label_queues.AUDIT, 0),
        hours_gone=max(0, work.now - micros(start_of(work))) / 3_600_000_000,
        paid=0 if work.intake.money.answer.is_fixed else answer_counts.paid_answers(work.batch.id)[1],
        certified=certified or bool(work.batch.certificate),
    )


def start_of(work: Work) -> datetime:
    """Return when a project started: for real people when it was filed, else where its logical clock starts."""
    return moment_of(work.project.created_at) if work.workforce is None else work.intake.start


def over_limit(work: Work) -> str | None:
    """Return why the plan or quote lies beyond the standing decisions, or None where it lies within."""
    return over_limit_of(work.project, work.intake)


def over_limit_of(project: ProjectRow, intake: Intake) -> str | None:
    """Return the same of a stored project."""
    if project.agreed:
        return None
    plan = load_plan(project.plan)
    limit = approved_price_left(project, intake)
    if limit is not None and plan.price.mid > limit:
        currency = intake.money.currency
        left = " left for this batch" if limit != intake.approved_price else ""
        return (
            f"the price is about {plan.price.mid / 100:,.2f} {currency}"
            f" ({plan.price.low / 100:,.2f} to {plan.price.high / 100:,.2f}), approved are {limit / 100:,.2f}{left}"
        )
    until = intake.finish_by or intake.deadline
    if until is not None and plan.finish.date() > until:
        return f"it would be finished about {plan.finish.date()}, approved is {until}"
    return None


def is_late(work: Work) -> bool:
    """Whether the plan ends after the date by which the data set is needed."""
    due = work.intake.deadline or work.intake.finish_by
    return due is not None and bool(work.project.plan) and load_plan(work.project.plan).finish.date() > due


def store_plan(plan: Plan) -> str:
    """Return a plan as it is stored."""
    return canonical(plan_to_json(plan)).decode()


def load_plan(stored: str) -> Plan:
    """Read back what `store_plan` gave."""
    return plan_from_json(json.loads(stored))


def _crew(work: Work) -> tuple[int, int] | None:
    """Return how many labellers and experts there are, None where there are not yet both."""
    found = [one for one in project_people.list_people(work.scope, work.project.id) if one.state == "active"]
    experts = sum(one.is_expert for one in found)
    return (len(found) - experts, experts) if 0 < experts < len(found) else None


def _assumptions(work: Work) -> Assumptions:
    crew = [p for p in project_people.list_people(work.scope, work.project.id) if not p.is_expert]
    shown = [p for p in crew if p.right + p.wrong >= PILOT_CONTROLS and p.state == "active"]
    seconds = answer_counts.answer_seconds(work.batch.id, queue="label")
    return Assumptions().measured(
        skills=np.array([BetaSkill(p.right, p.wrong).mean for p in shown]),
        seconds=np.array(seconds),
        skip_rate=answer_counts.skip_rate(work.batch.id),
        model_right=_model_right(work),
        model_labels=sum(bool(row.label) for row in items.all_items(work.batch)),
    )


def _model_right(work: Work) -> float | None:
    """Return how right the models were on control items, drawn to a coin's toss; None: unknown.

    Other items were judged because they were hard.
    """
    known = [row for row in items.control_items(work.batch.id) if row.judged and row.label]
    loss = loss_of(work.task, work.intake.schema)
    right = [1.0 - loss(value, row.label) for row, value in _proposed(work, known)]
    return (sum(right) + 1.0) / (len(right) + 2.0) if right else None


def _proposed(work: Work, rows: Sequence[items.ItemRow]) -> Iterator[tuple[items.ItemRow, str]]:
    """Yield what models propose for these items: what was suggested, else the most probable label."""
    by_id = {row.id: row for row in rows}
    suggested = {item: value for item, _, value in texts_as_now.suggestions(work, list(by_id))}
    yield from ((by_id[item], value) for item, value in suggested.items())
    prior = prior_of(work, rows)
    if prior is None or work.task.rows is not Rows.ONE:
        return
    names = work.intake.schema.names
    for row, chances in zip(rows, prior, strict=True):
        if row.id not in suggested and not np.isnan(chances).any():
            yield row, names[int(chances.argmax())]
