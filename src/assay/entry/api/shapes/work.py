"""Shapes of the label loop."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from assay.entry.api.shapes.base import Received, Shape, moment
from assay.entry.api.shapes.labels import ProjectLabel, ProjectQuestion
from assay.service.labelling.bench import BenchSetUp, ShownTask, WorkThereIs
from assay.service.labelling.mending import last_answers, mend_answer

Finite = Annotated[float, Field(allow_inf_nan=False)]


class Pay(Shape):
    """Cents per answer and per expert judgement; where answers are paid by what they hold, `answer` is for each `per`."""

    answer: int
    per: str
    least: int
    most: int
    words: str
    expert: int
    currency: str


class Bench(Shape):
    """What the bench needs to know of a batch."""

    batch: str
    project: str
    task: str
    produces: str
    media: str | None
    labels: list[ProjectLabel]
    questions: list[ProjectQuestion]
    instructions: str
    pay: Pay
    role: str
    person: str
    state: str
    reason: str
    done: int
    earned: int
    waiting: bool
    others_first: bool


class Queue(Shape, shows=WorkThereIs):
    """A batch that the caller can work on."""


class Queues(Shape):
    """All of them, those with something waiting first."""

    queues: list[Queue]


class Media(Shape):
    """Where an item's media are for the next minutes."""

    url: str
    type: str | None = None
    width: int | None = None
    height: int | None = None


class WorkItem(Shape):
    """What a person is shown; nothing tells a control item from another."""

    key: str
    text: str | None
    media: Media | None
    extra: dict[str, Any]


class ShownRemark(Shape):
    """What somebody said about the item before."""

    comment: str
    region: dict[str, Any] | None
    at: datetime | None
    who: str


class ShownAnswer(Shape):
    """One answer without its giver."""

    who: str
    label: Any


class Review(Shape):
    """What a reviewer sees beside the item."""

    proposal: Any | None
    risk: float
    answers: list[ShownAnswer]
    remarks: list[ShownRemark]


class Task(Shape):
    """A lease on an item; `assignment` is the fencing token."""

    assignment: int
    queue: str
    item: WorkItem
    suggestion: Any | None
    until: datetime | None
    left: float = Field(description="seconds for which the item is still held, by the server's clock")
    review: Review | None


class Tasks(Shape):
    """What the caller holds now."""

    tasks: list[Task]


class Claim(Received):
    """How many items to hold."""

    ahead: int = Field(default=1, ge=1, le=3)
    item: str | None = Field(
        default=None, max_length=512, description="the key of one certain item, for experts"
    )


class JudgementRemark(Received):
    """A remark that goes with a judgement."""

    comment: str = Field(min_length=1, max_length=2_000)
    region: dict[str, Finite | int | str] | None = Field(default=None, max_length=10)


class Submit(Received):
    """An answer; `client_id` is made by the client, and the same id again has one effect and one reply."""

    assignment: int = Field(ge=1, lt=2**63)
    client_id: str = Field(min_length=8, max_length=100)
    label: Any
    seconds: float = Field(default=0.0, ge=0, le=86_400)
    next: bool = True
    reason: str = Field(default="", max_length=2_000)
    remarks: list[JudgementRemark] = Field(default_factory=list, max_length=50)


class Receipt(Shape):
    """The stored answer, what it pays in cents, and the next item."""

    answer: int
    cents: int
    next: Task | None


class LastAnswer(Shape, shows=last_answers.LastAnswer):
    """What you said about one of the last items that you answered; the label as a JSON value."""


class LastAnswers(Shape):
    """Your last answers, newest item first."""

    answers: list[LastAnswer]


class Mend(Received):
    """What is said instead; `client_id` is made by the client, and the same id again has one effect and one reply."""

    client_id: str = Field(min_length=8, max_length=100)
    label: Any
    seconds: float = Field(default=0.0, ge=0, le=86_400)


class Mended(Shape, shows=mend_answer.Mended):
    """The stored answer, which is paid already, and the one that it supersedes."""


class Skip(Received):
    """Why an item is skipped."""

    assignment: int = Field(ge=1, lt=2**63)
    reason: str = Field(min_length=1, max_length=500)
    client_id: str | None = Field(default=None, max_length=100)


class Next(Shape):
    """The next item."""

    next: Task | None


class Renew(Received):
    """Which item is to be held longer."""

    assignment: int = Field(ge=1, lt=2**63)


class Held(Shape):
    """Until when an item is held now, and for how many seconds that is by the server's clock."""

    assignment: int
    until: datetime | None
    left: float


class Release(Received):
    """Which item is given back."""

    assignment: int = Field(ge=1, lt=2**63)


def bench_of(found: BenchSetUp) -> Bench:
    """Return the shape of a set-up."""
    return Bench(
        batch=found.batch,
        project=found.project,
        task=found.task,
        produces=found.produces,
        media=found.media,
        labels=[ProjectLabel.model_validate(one, from_attributes=True) for one in found.labels],
        questions=[ProjectQuestion.of(one) for one in found.questions],
        instructions=found.instructions,
        pay=Pay(
            answer=found.answer_price,
            per=found.paid_per,
            least=found.least_pay,
            most=found.most_pay,
            words=found.pays,
            expert=found.expert_price,
            currency=found.currency,
        ),
        role="expert" if found.is_expert else "labeller",
        person=found.code,
        state=found.state,
        reason=found.reason,
        done=found.done,
        earned=found.earned,
        waiting=found.waiting,
        others_first=found.others_first,
    )


def held_of(assignment: int, *, until: int, now: int) -> Held:
    """Return the shape of a renewed hold."""
    return Held(assignment=assignment, until=moment(until), left=(until - now) / 1_000_000)


def task_of(found: ShownTask) -> Task:
    """Return the shape of an item in a person's hands."""
    review = found.review
    return Task(
        assignment=found.served.assignment,
        queue=found.served.queue,
        item=WorkItem(
            key=found.served.key,
            text=found.served.text,
            media=None if found.media is None else Media(url=found.media),
            extra=dict(found.extra),
        ),
        suggestion=found.suggestion,
        until=moment(found.served.until),
        left=found.left,
        review=None
        if review is None
        else Review(
            proposal=review.proposal,
            risk=review.risk,
            answers=[
                ShownAnswer(who=_letter(place), label=label) for place, label in enumerate(review.answers)
            ],
            remarks=[
                ShownRemark(
                    comment=one.comment,
                    region=None if one.region is None else dict(one.region),
                    at=moment(one.at),
                    who=one.who,
                )
                for one in review.remarks
            ],
        ),
    )


def _letter(place: int) -> str:
    return chr(ord("A") + place % 26) + ("" if place < 26 else str(place // 26))
