"""Shapes of projects: Ground Truth Plus's columns and statuses, and more."""

from datetime import date, datetime
from typing import Literal

from assay.entry.api.paging import Cursor, Limit
from assay.entry.api.shapes.base import Shape, moment
from assay.entry.api.shapes.batches import Batch, batch_of
from assay.entry.api.shapes.plans import Plan, plan_of
from assay.entry.api.shapes.texts import Document, Id, Word
from assay.service.reads.project_page import ProjectPage
from assay.service.reads.projects_overview import ProjectLine


class ProjectsQuery(Shape):
    """Which projects, in which order: `-` before a word sorts falling."""

    status: Word = ""
    search: Word = ""
    sort: Literal["created", "-created", "name", "-name", "status", "-status"] = "-created"
    limit: Limit = 50
    cursor: Cursor = None


class NewProject(Shape):
    """An intake's YAML, and the draft whose files it names."""

    intake: Document
    draft: Id | None = None


class ProjectListed(Shape):
    """A project in the list; `waits` says what waits for the requester."""

    name: str
    status: str
    task: str
    batches: int
    created_at: datetime | None
    total: int
    completed: int
    remaining: int
    failed: int
    waits: str


class Projects(Shape):
    """One page of projects."""

    projects: list[ProjectListed]
    next: str | None


class ProjectLabel(Shape):
    """A label, and what labellers read about it."""

    name: str
    help: str


class Decision(Shape):
    """Something that was decided by itself, and by which rule."""

    what: str
    rule: str
    at: datetime | None
    items: int | None


class Crew(Shape):
    """Who works on a project, without names; figures only where five people or more stand behind them."""

    labellers: int
    experts: int
    right: float | None
    known_answers: int


class Project(Shape):
    """A project; `sentence` says how it is going, money is in cents."""

    name: str
    status: str
    sentence: str
    task: str
    created_at: datetime | None
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
    formats: list[str]
    labels: list[ProjectLabel]
    late: bool
    over_budget: bool
    batches: list[Batch]
    decisions: list[Decision]
    crew: Crew
    waits_for: str
    may_approve: bool


class Quoted(Shape):
    """A project's plan as it is estimated now; None before there is one."""

    project: str
    status: str
    plan: Plan | None


def listed_of(found: ProjectLine) -> ProjectListed:
    """Return the shape of a project in the list."""
    return ProjectListed(
        name=found.name,
        status=found.status,
        task=found.task,
        batches=found.batches,
        created_at=moment(found.created_at),
        total=found.total,
        completed=found.completed,
        remaining=found.remaining,
        failed=found.failed,
        waits=found.waits,
    )


def project_of(found: ProjectPage) -> Project:
    """Return the shape of a project."""
    return Project(
        name=found.name,
        status=found.status,
        sentence=found.sentence,
        task=found.task,
        created_at=moment(found.created_at),
        total=found.total,
        completed=found.completed,
        failed=found.failed,
        spent=found.spent,
        currency=found.currency,
        budget=found.budget,
        deadline=found.deadline,
        target=found.target,
        confidence=found.confidence,
        workforce=found.workforce,
        data_class=found.data_class,
        formats=list(found.formats),
        labels=[ProjectLabel(name=one.name, help=one.help) for one in found.labels],
        late=found.late,
        over_budget=found.over_budget,
        batches=[batch_of(one) for one in found.batches],
        decisions=[
            Decision(what=one.what, rule=one.rule, at=moment(one.at), items=one.items)
            for one in found.decided
        ],
        crew=Crew(
            labellers=found.crew.labellers,
            experts=found.crew.experts,
            right=found.crew.right,
            known_answers=found.crew.known_answers,
        ),
        waits_for=found.waits_for,
        may_approve=found.may_approve,
    )


def quoted_of(found: ProjectPage) -> Quoted:
    """Return the shape of a project's plan."""
    return Quoted(
        project=found.name,
        status=found.status,
        plan=None
        if found.plan is None
        else plan_of(
            found.plan,
            found.prices,
            currency=found.currency,
            budget=found.budget,
            deadline=found.deadline,
        ),
    )
