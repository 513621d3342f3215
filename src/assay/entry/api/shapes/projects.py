"""Shapes of projects: Ground Truth Plus's columns and statuses, and more."""

from datetime import date, datetime
from typing import Literal

from assay.entry.api.cursor_paging import Cursor, Limit
from assay.entry.api.shapes.base import Shape
from assay.entry.api.shapes.batches import Batch
from assay.entry.api.shapes.labels import ProjectLabel, ProjectQuestion
from assay.entry.api.shapes.plans import Plan, plan_of
from assay.entry.api.shapes.texts import Document, Id, Name, Word
from assay.service.batches.autopilot_decisions_as_shown import Decided
from assay.service.projects import project_page
from assay.service.projects.projects_overview import ProjectLine


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


class NewBatch(Shape):
    """The draft with the files of a further batch, and what the batch says of its own, as YAML with keys of an intake.

    These are `data`, `deadline`, `money.budget` and `approve`; None: what the draft says.
    """

    draft: Id
    intake: Document | None = None


class Approve(Shape):
    """Which batch's quote is approved; None: the one that waits."""

    batch: Name | None = None


class ProjectListed(Shape, shows=ProjectLine, without={"id"}):
    """A project in the list; `waits` says what waits for the requester."""


class Projects(Shape):
    """One page of projects."""

    projects: list[ProjectListed]
    next: str | None


class Decision(Shape, shows=Decided, without={"event"}):
    """Something that was decided by itself, and by which rule."""


class Crew(Shape, shows=project_page.Crew, without={"codes"}):
    """Who works on a project, without names; figures only where five people or more stand behind them."""


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
    questions: list[ProjectQuestion]
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


def project_of(found: project_page.ProjectPage) -> Project:
    """Return the shape of a project."""
    return Project.of(found, decisions=[Decision.of(one) for one in found.decided])


def quoted_of(found: project_page.ProjectPage) -> Quoted:
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
