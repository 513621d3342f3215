"""The list of projects: Ground Truth Plus's columns and statuses, and what waits for the requester."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.core.did_you_mean import one_of
from assay.core.errors import BadValue
from assay.core.project import lifecycle
from assay.service.access.permissions import Actor, require
from assay.service.working_set.stored_project import work_constants
from assay.store.items import item_gallery
from assay.store.projects import project_list
from assay.store.projects.project_list import SORTS, ProjectsWanted


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """One project in the list; `waits` says in a few words what waits for the requester, or "".

    Times in microseconds; counts leave control items out.
    """

    id: int
    name: str
    status: str
    task: str
    batches: int
    created_at: int
    total: int
    completed: int
    remaining: int
    failed: int
    waits: str


@dataclass(frozen=True, slots=True)
class ProjectsPage:
    """One page of projects, and the sort value and id behind which the next begins."""

    lines: Sequence[ProjectLine]
    next: tuple[str | int, int] | None


def projects_page(
    actor: Actor,
    *,
    status: str = "",
    search: str = "",
    sort: str = "created",
    falling: bool = True,
    after: tuple[str | int, int] | None = None,
    limit: int,
    now: int,
) -> ProjectsPage:
    """Return the next projects within the actor's scope, sorted by one of `SORTS`.

    Raises:
        BadValue: if there is no such status or order.
    """
    require(actor, "see projects", now=now)
    wanted = ProjectsWanted(status=status, search=search, sort=sort, falling=falling)
    if wanted.sort not in SORTS:
        raise BadValue(
            where="list", key="sort", found=f"'{wanted.sort[:40]}'", expected=one_of(wanted.sort, SORTS)
        )
    known = lifecycle.states("project")
    if wanted.status and wanted.status not in known:
        raise BadValue(
            where="list", key="status", found=f"'{wanted.status[:60]}'", expected=one_of(wanted.status, known)
        )
    found = project_list.project_lines(actor.scope, wanted, after=after, limit=limit + 1)
    rows = found[:limit]
    batches = project_list.batch_ids([row.id for row in rows])
    every = [batch for row in rows for batch in batches[row.id]]
    controls, unsettled = item_gallery.count_controls(every), item_gallery.count_unsettled(every)
    lines = []
    for row in rows:
        intake, _ = work_constants(row.id, row.intake_digest, actor.scope.tenant, row.newest)
        total = row.accepted - sum(controls[batch] for batch in batches[row.id])
        left = sum(unsettled[batch] for batch in batches[row.id])
        lines.append(
            ProjectLine(
                id=row.id,
                name=row.name,
                status=row.status,
                task=intake.task,
                batches=row.batches,
                created_at=row.created_at,
                total=total,
                completed=total - left,
                remaining=left,
                failed=row.rejected,
                waits=_waits(row),
            )
        )
    return ProjectsPage(lines=lines, next=_next(wanted, rows) if len(found) > limit else None)


def status_counts(actor: Actor, *, now: int) -> dict[str, int]:
    """Return how many projects are in each status, in the order of their lives."""
    require(actor, "see projects", now=now)
    found = project_list.project_statuses(actor.scope)
    return {status: found[status] for status in lifecycle.states("project") if status in found}


def count_waiting(actor: Actor, *, now: int) -> int:
    """Return how many projects wait for a decision of their requester."""
    require(actor, "see projects", now=now)
    return project_list.count_waiting(actor.scope)


def _next(wanted: ProjectsWanted, rows: Sequence[project_list.ProjectLineRow]) -> tuple[str | int, int]:
    last = rows[-1]
    values: dict[str, str | int] = {"name": last.name, "created": last.created_at, "status": last.status}
    return (values[wanted.sort], last.id)


def _waits(row: project_list.ProjectLineRow) -> str:
    if row.offered:
        return "labels to review"
    # A plan within the standing decisions is approved at once, so one that is still in review is not.
    beyond = row.status == lifecycle.REVIEW_IN_PROGRESS and row.planned
    undecided = beyond or row.undecided or row.status == lifecycle.PRICING_COMPLETE
    return "a decision" if undecided or row.paused else ""
