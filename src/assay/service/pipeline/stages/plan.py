"""Plan, pilot and quote: the project's way from a request to production, within the standing decisions.

The plan is compiled from the intake; a pilot on a small sample measures what the plan assumed and turns
its ranges into a firm quote; within `approve` nobody is asked, beyond it the project waits for a decision.
"""

from collections.abc import Callable, Mapping
from typing import Final

from assay.core import chance
from assay.core.planning.plan import ASSUMED, Plan
from assay.core.project import lifecycle
from assay.core.review.control_and_pilot_sizes import PILOT_ANSWERS, pilot_count
from assay.service.intake.answer_files import read_answers
from assay.service.pipeline.choose_control_items import choose_controls, known_labels
from assay.service.pipeline.earlier_batches import keep_what_was_learnt, newest_piloted
from assay.service.pipeline.finished_batch import settle_what_was_given
from assay.service.pipeline.pause_at_approved_price import pauses_for_budget
from assay.service.pipeline.stages import prelabel
from assay.service.pipeline.stages.label import start_turns
from assay.service.pipeline.stages.prelabel import models_of
from assay.service.quality.plan_and_quote import (
    compile_plan,
    over_limit,
    plan_further,
    quote_batch,
    store_plan,
)
from assay.service.working_set import label_queues
from assay.service.working_set.batch_at_hand import Work
from assay.store.items import items
from assay.store.labelling import project_people, task_leases, wanted_answers
from assay.store.projects import batches, projects


def due(work: Work) -> bool:
    """Whether the project can take its next step."""
    status, batch = work.project.status, work.batch
    if status == lifecycle.REVIEW_IN_PROGRESS:
        ready = batch.deidentified and batch.features_done and batch.suggested_done
        return over_limit(work) is None if work.project.plan else ready
    if status == lifecycle.PILOT_IN_PROGRESS:
        return not batch.pilot or (batch.pilot == "running" and _pilot_done(work))
    if status == lifecycle.PILOT_COMPLETE:
        return not prelabel.due(work)  # what a model has learnt from the pilot belongs in the quote
    if status == lifecycle.PRICING_COMPLETE:
        return work.project.agreed or over_limit(work) is None
    if status == lifecycle.PRODUCTION_IN_PROGRESS:
        return batch.pilot == "running"
    return status in _STEPS


def step(work: Work) -> None:
    """Take it."""
    _STEPS[work.project.status](work)


def _review_request(work: Work) -> None:
    """Compile the plan; approve the request where the plan lies within the standing decisions."""
    if not work.project.plan:
        plan = _plan(work)
        with work.saving():
            projects.save_plan(work.scope, work.project, plan=store_plan(plan))
            rule = "simulated from the intake before anything starts"
            work.record("plan", rule=rule if plan.basis == ASSUMED else f"foretold from {plan.basis}")
        return
    with work.saving():
        _move(work, "approve", rule="the plan lies within `approve` and the budget")


def _plan(work: Work) -> Plan:
    then = newest_piloted(work)
    if then is not None:
        return plan_further(work, then=then, models=models_of(work))
    return compile_plan(work, models=models_of(work))


def _set_up(work: Work) -> None:
    """Choose control items and pilot, and bring in the people."""
    rows = items.all_items(work.batch)
    known = known_labels(work)
    # Nobody labels a finished batch: there is nobody to control, and nothing to try out.
    finished = work.intake.data.finished
    controls = [] if finished else choose_controls(work, rows, known)
    chosen = {item for item, _, _ in controls}
    rest = [row for row in rows if row.id not in chosen]
    count = 0 if finished else pilot_count(len(rest))
    order = chance.order(work.project.seed, "pilot", [row.key for row in rest])
    pilot = [rest[position].id for position in order[:count]]
    crew = [] if work.workforce is None else work.workforce.people()
    recorded = work.intake.workforce.answers
    read = None if recorded is None else read_answers(work.folder / recorded)

    with work.saving():
        items.make_controls(controls)
        items.choose_pilot(pilot)
        project_people.add_people(
            work.scope, project=work.project.id, people=[(person.code, person.expert) for person in crew]
        )
        keep_what_was_learnt(work)
        start_turns(work, [person.id for person in project_people.list_people(work.scope, work.project.id)])
        _move(work, "set up", rule="always", controls=len(controls), pilot=len(pilot), people=len(crew))
        if read is not None and read.bad:
            first = read.shown[0]
            work.record(
                "leave answers out",
                rule=f"{read.bad:,} rows cannot be used, the first in {recorded}, line {first.line}: {first.reason}",
                rows=read.bad,
                lines=[row.line for row in read.shown],
            )


def _start_pilot(work: Work) -> None:
    with work.saving():
        batches.move_batch(work.scope, work.batch, "start")
        _move(work, "start the pilot", rule="always")


def _pilot(work: Work) -> None:
    """Open the pilot, within the approved price, or finish it."""
    if work.batch.pilot:
        _finish_pilot(work)
    else:
        _open_the_pilot(work)


def _open_the_pilot(work: Work) -> None:
    """Open the pilot's tasks, and let experts label control items where none were given."""
    rows = items.all_items(work.batch)
    unknown = [row.id for row in rows if row.is_control and not row.label]
    pilot = [row for row in rows if row.is_pilot]
    order = chance.order(work.project.seed, "queue", [row.key for row in pilot])
    ids = [pilot[position].id for position in order]
    answers = min(max(PILOT_ANSWERS, work.intake.least), work.intake.most)
    if pauses_for_budget(work, answers=answers * len(ids), judgements=len(unknown)):
        return

    with work.saving():
        wanted_answers.open_tasks(work.batch.id, queue=label_queues.EXPERT, items=unknown)
        items.open_items(ids, state=lifecycle.LABELLING)
        wanted_answers.open_tasks(work.batch.id, queue=label_queues.LABEL, items=ids * answers)
        batches.set_batch(work.scope, work.batch.id, pilot="running")
        work.record("open the pilot", rule="the pilot began", items=len(ids), expert_labelled=len(unknown))


def _pilot_done(work: Work) -> bool:
    return (
        not items.has_unsettled(work.batch.id, pilot_only=True)
        and not any(
            not row.label for row in items.control_items(work.batch.id) if row.state != lifecycle.SETTLED
        )
        and not wanted_answers.has_open_task(work.batch.id)
        and not task_leases.has_lease(work.batch.id)
    )


def _finish_pilot(work: Work) -> None:
    with work.saving():
        _move(work, "finish the pilot", rule="every item of the pilot is settled")


def _quote(work: Work) -> None:
    """Foretell the rest from the pilot: the firm quote."""
    plan = quote_batch(work, models=models_of(work))

    with work.saving():
        projects.save_plan(work.scope, work.project, plan=store_plan(plan))
        projects.save_quote(work.scope, work.project, quote=store_plan(plan), agreed=False)
        _move(work, "quote", rule=f"foretold from {plan.basis}")


def _agree(work: Work) -> None:
    with work.saving():
        rule = "agreed by the requester" if work.project.agreed else "the quote lies within `approve`"
        _move(work, "agree", rule=rule)


def _produce(work: Work) -> None:
    with work.saving():
        _move(work, "produce", rule="always")


def _open_the_rest(work: Work) -> None:
    """Open everything that is not open yet, within the approved price; a finished batch is settled as it came."""
    if work.intake.data.finished:
        settle_what_was_given(work)
        return
    rows = [row for row in items.all_items(work.batch) if row.state == lifecycle.WAITING]
    order = chance.order(work.project.seed, "queue", [row.key for row in rows])
    ids = [rows[position].id for position in order]
    if pauses_for_budget(work, answers=work.intake.least * len(ids)):
        return

    with work.saving():
        items.open_items(ids, state=lifecycle.LABELLING)
        for _ in range(work.intake.least):
            wanted_answers.open_tasks(work.batch.id, queue=label_queues.LABEL, items=ids)
        batches.set_batch(work.scope, work.batch.id, pilot="done")
        work.record("open the rest", rule="production began", items=len(ids))


_STEPS: Final[Mapping[str, Callable[[Work], None]]] = {
    lifecycle.REVIEW_IN_PROGRESS: _review_request,
    lifecycle.REQUEST_APPROVED: _set_up,
    lifecycle.WORKFLOW_SETUP: _start_pilot,
    lifecycle.PILOT_IN_PROGRESS: _pilot,
    lifecycle.PILOT_COMPLETE: _quote,
    lifecycle.PRICING_COMPLETE: _agree,
    lifecycle.CONTRACT_EXECUTED: _produce,
    lifecycle.PRODUCTION_IN_PROGRESS: _open_the_rest,
}


def _move(work: Work, verb: str, *, rule: str, **detail: object) -> None:
    before = work.project.status
    after = projects.move_project(work.scope, work.project, verb)
    work.record(f"{verb} (project)", rule=rule, before=before, after=after, **detail)
