"""Shapes of what operators and reviewers see: live batches, queues, people at work, appeals."""

from datetime import datetime

from pydantic import Field

from assay.entry.api.shapes.base import Received, Shape, moment
from assay.service.labelling import own_figures
from assay.service.labelling.review_queue import QueueRow, ReviewQueue, WaitingItem
from assay.service.projects import alarms_of_live_batches
from assay.service.workforce.people_at_work import PersonAtWork, Seen


class Alarm(Shape, shows=alarms_of_live_batches.Alarm):
    """Something that needs somebody, and what would end it."""


class Live(
    Shape,
    shows=alarms_of_live_batches.LiveBatch,
    without={"project_status", "reason", "price_low", "price_high", "finish_low", "finish_high"},
):
    """A batch that is not delivered; money in cents."""

    newest: datetime | None


class LiveBatches(Shape):
    """Every live batch, the most urgent first."""

    batches: list[Live]


class QueueCount(Shape, shows=QueueRow, without={"status", "first_until"}):
    """What waits in one queue of a batch, and what is in hand."""


class QueueCounts(Shape):
    """Every queue with something in it."""

    queues: list[QueueCount]


class Waiting(Shape, shows=WaitingItem, without={"waiting_tasks"}):
    """An item that waits for an expert."""


class Reviews(Shape, shows=ReviewQueue):
    """What needs judgement, riskiest first."""


class Found(Shape, shows=Seen):
    """One thing that automatic checks found: careless, automated, slipping, fast, or alike with another."""


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


def live_of(found: alarms_of_live_batches.LiveBatch) -> Live:
    """Return the shape of a live batch."""
    return Live.of(found, newest=moment(found.newest or 0))


def person_of(found: PersonAtWork) -> Person:
    """Return the shape of a person at work."""
    return Person.of(
        found.figures,
        name=found.name,
        findings=[Found.of(one) for one in found.findings],
        linked=list(found.linked),
        same_device=list(found.same_device),
    )


def figures_of(found: own_figures.OwnWork) -> OwnFigures:
    """Return the shape of somebody's own figures."""
    return OwnFigures(
        projects=[
            OwnProject.of(one, appeals=[Appeal.of(appeal) for appeal in one.appeals])
            for one in found.projects
        ],
        today=found.today,
    )
