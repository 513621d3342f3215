"""Projects: filed, listed, looked at, and their quotes approved."""

from django.http import HttpRequest
from ninja import Path, Query, Router

from assay.core.errors import BadValue
from assay.entry.api.cursor_paging import cursor_of, values_of
from assay.entry.api.idempotency_keys import once
from assay.entry.api.shapes.base import Problem
from assay.entry.api.shapes.batches import Moved, Summary
from assay.entry.api.shapes.drafts import Submitted
from assay.entry.api.shapes.projects import (
    Approve,
    NewBatch,
    NewProject,
    Project,
    ProjectListed,
    Projects,
    ProjectsQuery,
    Quoted,
    project_of,
    quoted_of,
)
from assay.entry.api.shapes.texts import Name
from assay.entry.api.who_calls import actor_of, clock
from assay.service.batches.batch_summary import batch_summary
from assay.service.installation import this_installation
from assay.service.projects.approve_quote import approve_quote
from assay.service.projects.project_page import project_page
from assay.service.projects.projects_overview import projects_page
from assay.service.requests.further_batches.add_batch_from_draft import add_batch_from_draft
from assay.service.requests.save_draft import save_draft
from assay.service.requests.submit_draft import submit_draft

router = Router(tags=["projects"])
PROBLEMS = frozenset({401, 403, 404, 409, 422, 429})


@router.get("", response={200: Projects, PROBLEMS: Problem}, summary="Projects")
def list_projects(
    request: HttpRequest,
    wanted: Query[ProjectsQuery],
) -> Projects:
    """Return the projects of the caller's scope; sorted by `created`, `name` or `status`, `-` for falling."""
    sort = wanted.sort.lstrip("-")
    place = values_of(wanted.cursor, int if sort == "created" else str, int)
    found = projects_page(
        actor_of(request),
        status=wanted.status,
        search=wanted.search,
        sort=sort,
        falling=wanted.sort.startswith("-"),
        after=None if place is None else (place[0], int(place[1])),
        limit=wanted.limit,
        now=clock(),
    )
    return Projects(
        projects=[ProjectListed.of(one) for one in found.lines],
        next=None if found.next is None else cursor_of(*found.next),
    )


@router.post("", response={201: Submitted, PROBLEMS: Problem}, summary="File an intake")
def post_project(request: HttpRequest, wanted: NewProject) -> object:
    """File an intake's YAML with the files of a draft; the work starts by itself."""
    actor, now = actor_of(request), clock()

    def work() -> Submitted:
        if wanted.draft is None:
            raise BadValue(
                where="request",
                key="draft",
                found="not given",
                expected="the draft to which the intake's files were uploaded (POST /drafts)",
            )
        save_draft(actor, draft=wanted.draft, version=None, said=wanted.intake, now=now)
        made = submit_draft(
            this_installation().of(actor.scope), actor, draft=wanted.draft, version=None, now=now
        )
        return Submitted(project=made.name, status=made.status)

    return once(request, work, status=201)


@router.get("/{project}", response={200: Project, PROBLEMS: Problem}, summary="A project")
def get_project(request: HttpRequest, project: Path[Name]) -> Project:
    """Return a project: how it is going, its batches, and what was decided by itself."""
    return project_of(project_page(actor_of(request), project=project, now=clock()))


@router.get("/{project}/plan", response={200: Quoted, PROBLEMS: Problem}, summary="A project's plan")
def get_plan(request: HttpRequest, project: Path[Name]) -> Quoted:
    """Return what the project will take, as it is estimated now; after the pilot it is the quote."""
    return quoted_of(project_page(actor_of(request), project=project, now=clock()))


@router.get(
    "/{project}/summary", response={200: list[Summary], PROBLEMS: Problem}, summary="Its batches' summaries"
)
def get_summaries(request: HttpRequest, project: Path[Name]) -> list[Summary]:
    """Return everything that `assay summary` says of the project's batches."""
    actor, now = actor_of(request), clock()
    found = project_page(actor, project=project, now=now)
    return [Summary.of(batch_summary(actor, batch=one.batch, now=now)) for one in found.batches]


@router.post("/{project}/batches", response={201: Moved, PROBLEMS: Problem}, summary="Add a batch")
def post_batch(request: HttpRequest, project: Path[Name], wanted: NewBatch) -> object:
    """Add a further batch with the files of a draft; the work starts by itself.

    Task, labels, instructions and promise are the project's; data, deadline and limits are the batch's own. A draft that
    became a batch before gives that batch.
    """
    actor, now = actor_of(request), clock()

    def work() -> Moved:
        if wanted.intake is not None:
            save_draft(actor, draft=wanted.draft, version=None, said=wanted.intake, now=now)
        made = add_batch_from_draft(
            this_installation().of(actor.scope), actor, project=project, draft=wanted.draft, now=now
        )
        return Moved(batch=made.name, status=made.status)

    return once(request, work, status=201)


@router.post("/{project}/approve", response={200: Submitted, PROBLEMS: Problem}, summary="Approve a quote")
def post_approve(request: HttpRequest, project: Path[Name], wanted: Approve | None = None) -> object:
    """Agree to the plan or quote as it stands, or let what is paused go on; of several batches that wait, of the one named."""
    actor = actor_of(request)

    def work() -> Submitted:
        batch = "" if wanted is None or wanted.batch is None else wanted.batch
        found = approve_quote(actor, project=project, batch=batch, now=clock())
        return Submitted(project=found.name, status=found.status)

    return once(request, work)
