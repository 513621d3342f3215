"""What the bench shows: the work there is, what a batch asks for, and the items that a person holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assay.core.errors import NotFound
from assay.core.labels.label_text import value_to_json
from assay.core.labels.label_values import LabelClass
from assay.core.ports.task_type import TaskType
from assay.core.project.intake import Intake
from assay.core.project.price_of_work import AnswerPrice, each_item
from assay.service import figures_in_words
from assay.service.access.permissions import Actor, require
from assay.service.installation import Installation
from assay.service.intake.asked_questions import AskedQuestion, asked_questions
from assay.service.intake.instructions_as_html import instructions_html
from assay.service.labelling.label_loop import Served, queues_of
from assay.service.labelling.media_links import media_link
from assay.service.labelling.person_at_work import WORKED_ON, AtWork, at_work
from assay.service.labelling.who_goes_first import others_first
from assay.service.working_set import texts_as_now
from assay.service.working_set.label_queues import EXPERT
from assay.service.working_set.stored_project import work_constants
from assay.service.working_set.texts_as_now import Under
from assay.store.items import item_remarks, items
from assay.store.labelling import answer_counts, wanted_answers
from assay.store.projects import batches, projects


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody said about an item; `region` is a rectangle or stretch in the item's own coordinates."""

    comment: str
    region: Mapping[str, Any] | None
    at: int
    who: str


@dataclass(frozen=True, slots=True)
class Review:
    """What a reviewer sees of an item beside itself: the proposal, its risk, and the answers without names."""

    proposal: object | None
    risk: float
    answers: Sequence[object]
    remarks: Sequence[Remark]


@dataclass(frozen=True, slots=True)
class ShownTask:
    """An item in a person's hands, for `left` seconds. Labels are JSON values; `review` is None where the judgement is blind."""

    served: Served
    left: float
    media: str | None
    extra: Mapping[str, Any]
    suggestion: object | None
    review: Review | None


@dataclass(frozen=True, slots=True)
class BenchSetUp:
    """What the bench needs to know of a batch; money in cents.

    `answer_price` is for each of what `paid_per` says, and `pays` says in words what an answer is paid.
    `others_first`: something waits, and others are served it before this person.
    """

    batch: str
    project: str
    task: str
    produces: str
    media: str | None
    labels: Sequence[LabelClass]
    questions: Sequence[AskedQuestion]
    instructions: str
    answer_price: int
    expert_price: int
    paid_per: str
    least_pay: int
    most_pay: int
    pays: str
    currency: str
    is_expert: bool
    code: str
    state: str
    reason: str
    done: int
    earned: int
    waiting: bool
    others_first: bool


@dataclass(frozen=True, slots=True)
class WorkThereIs:
    """One batch that a person can work on, and what it pays: cents for each `paid_per`, and in words."""

    batch: str
    project: str
    task: str
    price: int
    paid_per: str
    pays: str
    currency: str
    waiting: bool
    state: str
    done: int
    earned: int


def bench_set_up(installation: Installation, actor: Actor, *, batch: str, now: int) -> BenchSetUp:
    """Return what the bench needs to know; raises `NotFound` where the batch is not the actor's."""
    require(actor, "take a task", now=now)
    found = at_work(installation, actor, batch=batch)
    project = projects.project_by_name(actor.scope, found.rules.project)
    intake, task = work_constants(project.id, project.intake_digest, actor.scope.tenant, project.version)
    done, earned = answer_counts.totals_of(found.person.id, batch=found.rules.batch)
    waiting = found.status in WORKED_ON and _waits(found)
    others = waiting and others_first(found.rules, person=found.person, now=now)
    return BenchSetUp(
        batch=batch,
        project=project.name,
        task=task.name,
        produces=task.produces.__name__.lower(),
        media=task.media,
        labels=found.rules.schema.classes,
        questions=asked_questions(found.rules.schema),
        instructions=instructions_html(project.folder, intake),
        answer_price=intake.money.answer.cents,
        expert_price=intake.money.expert,
        paid_per=intake.money.answer.per,
        least_pay=intake.money.answer.least,
        most_pay=intake.money.answer.most,
        pays=figures_in_words.price_of_work(_price(intake, is_expert=found.person.is_expert)),
        currency=intake.money.currency,
        is_expert=found.person.is_expert,
        code=found.person.code,
        state=found.person.state,
        reason=found.person.reason,
        done=done,
        earned=earned,
        waiting=waiting and not others,
        others_first=others,
    )


def work_there_is(installation: Installation, actor: Actor, *, now: int) -> list[WorkThereIs]:
    """Return the batches of real people's projects that are worked on, those with something waiting first."""
    require(actor, "see own work", now=now)
    found: list[WorkThereIs] = []
    for row in batches.list_batches(actor.scope):
        if row.status not in WORKED_ON:
            continue
        try:
            work = at_work(installation, actor, batch=row.name)
        except NotFound:
            continue  # simulated people work there
        project = projects.project_of_batch(actor.scope, row.id)
        intake, task = work_constants(project.id, project.intake_digest, actor.scope.tenant, project.version)
        done, earned = answer_counts.totals_of(work.person.id, batch=row.id)
        price = _price(intake, is_expert=work.person.is_expert)
        found.append(
            WorkThereIs(
                batch=row.name,
                project=project.name,
                task=task.name,
                price=price.cents,
                paid_per=price.per,
                pays=figures_in_words.price_of_work(price),
                currency=intake.money.currency,
                waiting=_waits(work) and not others_first(work.rules, person=work.person, now=now),
                state=work.person.state,
                done=done,
                earned=earned,
            )
        )
    return sorted(found, key=lambda one: (not one.waiting, one.batch))


def show_tasks(actor: Actor, *, batch: str, served: Sequence[Served], now: int) -> list[ShownTask]:
    """Return items as the bench shows them; they are the actor's leases, so nothing else is asked."""
    if not served:
        return []
    row = batches.work_row(actor.scope, batch)
    intake, task = work_constants(row.project, row.intake_digest, actor.scope.tenant, row.schema_version)
    suggested: dict[int, object] = {}
    # Who judges the labels of a finished batch judges them blind.
    if intake.data.labels is not None and not intake.data.finished:
        suggested = {
            item: _json(task, intake, value)
            for item, source, value in texts_as_now.suggestions(
                Under(intake, task), [one.item for one in served]
            )
            if source == 0
        }
    return [
        ShownTask(
            served=one,
            left=max(0.0, (one.until - now) / 1_000_000),
            media=None
            if one.media is None
            else media_link(item=one.item, member=actor.member or 0, now=now, lease=one.assignment),
            extra=_extra(intake, one),
            suggestion=suggested.get(one.item),
            review=_review(task, intake, one) if one.queue == EXPERT else None,
        )
        for one in served
    ]


def _price(intake: Intake, *, is_expert: bool) -> AnswerPrice:
    """Return what somebody's answers are paid; those of experts are judgements, paid each."""
    return each_item(intake.money.expert) if is_expert else intake.money.answer


def _waits(found: AtWork) -> bool:
    return found.person.state == "active" and any(
        wanted_answers.has_open(found.rules.batch, name) for name in queues_of(found.person)
    )


def _extra(intake: Intake, served: Served) -> Mapping[str, Any]:
    """Return the requester's other columns, without the earlier label, which is shown as a suggestion."""
    hidden = intake.data.labels
    columns: dict[str, Any] = json.loads(served.extra or "{}")
    return {
        key: value
        for key, value in columns.items()
        if hidden is None or key not in (hidden, f"{hidden}-metadata")
    }


def _review(task: TaskType, intake: Intake, served: Served) -> Review | None:
    """Return the answers beside each other; None where nobody has answered (the item teaches about people)."""
    given = texts_as_now.answers_of(Under(intake, task), [served.item], queues=("label", "peer"))
    if not given:
        return None
    row = items.items_by_id([served.item])[0]
    return Review(
        proposal=_json(task, intake, row.label) if row.label else None,
        risk=max(0.0, 1.0 - row.chance),
        answers=[_json(task, intake, answer.value) for answer in given],
        remarks=[
            Remark(
                comment=one.comment,
                region=json.loads(one.region) if one.region else None,
                at=one.at,
                who=one.role,
            )
            for one in item_remarks.remarks_of([served.item])
        ],
    )


def _json(task: TaskType, intake: Intake, text: str) -> object:
    return value_to_json(task.parse(text, schema=intake.schema))
