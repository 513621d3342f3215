"""Projects in a list: filtered, sorted on declared columns, and paged behind a key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assay.store import db
from assay.store.scope import Scope

SORTS: Final[Mapping[str, str]] = {"name": "p.name", "created": "p.created_at", "status": "p.status"}
"""What a list can be sorted by."""
_UNDECIDED: Final = "f.status = 'Pricing complete' OR (f.status = 'Review in progress' AND f.plan <> '')"


@dataclass(frozen=True, slots=True)
class ProjectsWanted:
    """Which projects, in which order: `sort` is a key of `SORTS`; empty text: any."""

    status: str = ""
    search: str = ""
    sort: str = "created"
    falling: bool = True


@dataclass(frozen=True, slots=True)
class ProjectLineRow:
    """A project in the list, with the sums over its batches.

    `offered` counts batches ready for review, `paused` those that are paused, `undecided` further ones whose plan or
    quote may wait for a decision; `newest` is the newest version of its labels.
    """

    id: int
    name: str
    status: str
    created_at: int
    intake_digest: str
    batches: int
    accepted: int
    rejected: int
    offered: int
    paused: int
    planned: bool
    undecided: int
    newest: int


def project_lines(
    scope: Scope, wanted: ProjectsWanted, *, after: tuple[str | int, int] | None, limit: int
) -> list[ProjectLineRow]:
    """Return the next projects behind (sort value, id)."""
    column = SORTS[wanted.sort]
    conditions, values = ["p.tenant_id = %s"], [scope.tenant]
    parameters: list[object] = list(values)
    if scope.projects is not None:
        within, ids = db.among("p.id", sorted(scope.projects) or [0])
        conditions.append(within)
        parameters += ids
    if wanted.status:
        conditions.append("p.status = %s")
        parameters.append(wanted.status)
    if wanted.search:
        conditions.append("LOWER(p.name) LIKE %s ESCAPE '!'")
        plain = wanted.search.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
        parameters.append(f"%{plain}%")
    if after is not None:
        conditions.append(f"({column}, p.id) {'<' if wanted.falling else '>'} (%s, %s)")
        parameters += [*after]
    order = "DESC" if wanted.falling else "ASC"
    found = db.rows(
        "SELECT p.id, p.name, p.status, p.created_at, p.intake_digest, COUNT(b.id),"
        " COALESCE(SUM(b.accepted), 0), COALESCE(SUM(b.rejected), 0),"
        " COALESCE(SUM(CASE WHEN b.status = 'Ready for review' THEN 1 ELSE 0 END), 0),"
        " COALESCE(SUM(CASE WHEN b.status = 'Paused' THEN 1 ELSE 0 END), 0),"
        f" CASE WHEN p.plan = '' THEN 0 ELSE 1 END, SUM(CASE WHEN {_UNDECIDED} THEN 1 ELSE 0 END),"
        " COALESCE((SELECT MAX(version) FROM schema_change WHERE project_id = p.id), 1)"
        " FROM project p LEFT JOIN batch b ON b.project_id = p.id"
        f" LEFT JOIN further_batch f ON f.batch_id = b.id WHERE {' AND '.join(conditions)}"
        " GROUP BY p.id, p.name, p.status, p.created_at, p.intake_digest, p.plan"
        f" ORDER BY {column} {order}, p.id {order} LIMIT %s",
        [*parameters, limit],
    )
    return [
        ProjectLineRow(
            id=int(row[0]),
            name=str(row[1]),
            status=str(row[2]),
            created_at=int(row[3]),
            intake_digest=str(row[4]),
            batches=int(row[5]),
            accepted=int(row[6]),
            rejected=int(row[7]),
            offered=int(row[8]),
            paused=int(row[9]),
            planned=bool(row[10]),
            undecided=int(row[11]),
            newest=int(row[12]),
        )
        for row in found
    ]


def count_waiting(scope: Scope) -> int:
    """Return how many of the tenant's projects wait for a decision of their requester."""
    found = db.row(
        "SELECT COUNT(*) FROM project p WHERE p.tenant_id = %s AND (p.status = 'Pricing complete'"
        " OR (p.status = 'Review in progress' AND p.plan <> '')"
        f" OR EXISTS (SELECT 1 FROM further_batch f WHERE f.project_id = p.id AND ({_UNDECIDED}))"
        " OR EXISTS (SELECT 1 FROM batch b WHERE b.project_id = p.id AND b.status IN ('Ready for review', 'Paused')))",
        [scope.tenant],
    )
    return int(found[0]) if found else 0


def project_statuses(scope: Scope) -> dict[str, int]:
    """Return how many of the tenant's projects are in each status."""
    return {
        str(status): int(count)
        for status, count in db.rows(
            "SELECT status, COUNT(*) FROM project WHERE tenant_id = %s GROUP BY status", [scope.tenant]
        )
    }


def batch_ids(projects: list[int]) -> dict[int, list[int]]:
    """Return the batches of projects, oldest first."""
    found: dict[int, list[int]] = {project: [] for project in projects}
    for part in db.chunks(projects):
        condition, values = db.among("project_id", part)
        for project, batch in db.rows(
            f"SELECT project_id, id FROM batch WHERE {condition} ORDER BY id", values
        ):
            found[int(project)].append(int(batch))
    return found


def delivered_batches(scope: Scope, *, before: int, limit: int) -> list[tuple[int, int]]:
    """Return (batch, project) of the tenant's delivered batches, newest first, of ids below `before`."""
    found = db.rows(
        "SELECT id, project_id FROM batch WHERE tenant_id = %s AND folder <> '' AND id < %s"
        " ORDER BY id DESC LIMIT %s",
        [scope.tenant, before, limit],
    )
    return [(int(batch), int(project)) for batch, project in found if scope.covers(int(project))]
