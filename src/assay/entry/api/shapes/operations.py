"""Shapes of what operators and reviewers see: live batches, queues, people at work, appeals."""

from datetime import datetime

from pydantic import Field

from assay.entry.api.shapes.base import Received, Shape, moment
from assay.service.reads.operations import LiveBatch
from assay.service.reads.own_work import AppealRow, OwnWork
from assay.service.reads.review_queue import QueueRow, ReviewQueue
from assay.service.reads.workforce import PersonAtWork


class Alarm(Shape):
    """Something that needs somebody, and what would end it."""

    level: str
    sentence: str
    remedy: str


class Live(Shape):
    """A batch that is not delivered; money in cents."""

    project: str
    batch: str
    status: str
    settled: int
    items: int
    spent: int
    limit: int | None
    currency: str
    finish: datetime | None
    deadline: datetime | None
    newest: datetime | None
    alarms: list[Alarm]


class LiveBatches(Shape):
    """Every live batch, the most urgent first."""

    batches: list[Live]


class QueueCount(Shape):
    """What waits in one queue of a batch, and what is in hand."""

    batch: str
    queue: str
    open: int
    leased: int


class QueueCounts(Shape):
    """Every queue with something in it."""

    queues: list[QueueCount]


class Waiting(Shape):
    """An item that waits for an expert."""

    batch: str
    key: str
    risk: float
    answers: int


class Reviews(Shape):
    """What needs judgement, riskiest first."""

    items: list[Waiting]
    queues: list[QueueCount]


class Found(Shape):
    """One thing that automatic checks found: careless, automated, slipping, fast, or alike with another."""

    kind: str
    sentence: str
    other: str


class Person(Shape):
    """Somebody at work in one project; `right` and `wrong` count control items, `linked` names the same person's codes.

    `reserve`: their answers tell so much less than the best people's that these go first.
    """

    id: int
    project: str
    code: str
    name: str
    is_expert: bool
    reserve: bool
    state: str
    reason: str
    answers: int
    seconds: float
    right: int
    wrong: int
    findings: list[Found]
    linked: list[str]
    same_device: list[str]


class People(Shape):
    """Everybody at work."""

    people: list[Person]


class Appeal(Shape):
    """What a paused person says, and what was answered."""

    id: int
    project: str
    code: str
    text: str
    state: str
    answer: str
    at: datetime | None


class Appeals(Shape):
    """The appeals, open ones first."""

    appeals: list[Appeal]


class OwnProject(Shape):
    """What you did in one project; money in cents."""

    person: int
    project: str
    state: str
    reason: str
    answers: int
    skipped: int
    earned: int
    currency: str
    appeals: list[Appeal]


class OwnFigures(Shape):
    """What you did everywhere."""

    projects: list[OwnProject]
    today: int


class Reason(Received):
    """Why; it is read by those whom it meets."""

    reason: str = Field(min_length=1, max_length=500)


class AppealText(Received):
    """What you want the operator to know."""

    text: str = Field(min_length=1, max_length=4_000)


class AppealAnswer(Received):
    """Whether an appeal is granted, and what the person reads."""

    grant: bool
    answer: str = Field(min_length=1, max_length=4_000)


class ItemAgain(Received):
    """Which item."""

    key: str = Field(min_length=1, max_length=512)


class Excluded(Shape):
    """It was done; so many answers are no longer heard."""

    answers: int


class Done(Shape):
    """It was done."""

    done: bool = True


def live_of(found: LiveBatch) -> Live:
    """Return the shape of a live batch."""
    return Live(
        project=found.project,
        batch=found.batch,
        status=found.status,
        settled=found.settled,
        items=found.items,
        spent=found.spent,
        limit=found.limit,
        currency=found.currency,
        finish=found.finish,
        deadline=found.deadline,
        newest=moment(found.newest or 0),
        alarms=[Alarm(level=one.level, sentence=one.sentence, remedy=one.remedy) for one in found.alarms],
    )


def count_of(found: QueueRow) -> QueueCount:
    """Return the shape of a queue."""
    return QueueCount(batch=found.batch, queue=found.queue, open=found.open, leased=found.leased)


def reviews_of(found: ReviewQueue) -> Reviews:
    """Return the shape of the review queue."""
    return Reviews(
        items=[
            Waiting(batch=one.batch, key=one.key, risk=one.risk, answers=one.answers) for one in found.items
        ],
        queues=[count_of(one) for one in found.queues],
    )


def person_of(found: PersonAtWork) -> Person:
    """Return the shape of a person at work."""
    one = found.figures
    return Person(
        id=one.id,
        project=one.project,
        code=one.code,
        name=found.name,
        is_expert=one.is_expert,
        reserve=one.reserve,
        state=one.state,
        reason=one.reason,
        answers=one.answers,
        seconds=one.seconds,
        right=one.right,
        wrong=one.wrong,
        findings=[Found(kind=x.kind, sentence=x.sentence, other=x.other) for x in found.findings],
        linked=list(found.linked),
        same_device=list(found.same_device),
    )


def appeal_of(found: AppealRow) -> Appeal:
    """Return the shape of an appeal."""
    return Appeal(
        id=found.id,
        project=found.project,
        code=found.code,
        text=found.text,
        state=found.state,
        answer=found.answer,
        at=moment(found.at),
    )


def figures_of(found: OwnWork) -> OwnFigures:
    """Return the shape of somebody's own figures."""
    return OwnFigures(
        projects=[
            OwnProject(
                person=one.person,
                project=one.project,
                state=one.state,
                reason=one.reason,
                answers=one.answers,
                skipped=one.skipped,
                earned=one.earned,
                currency=one.currency,
                appeals=[appeal_of(appeal) for appeal in one.appeals],
            )
            for one in found.projects
        ],
        today=found.today,
    )
