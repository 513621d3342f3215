"""Projects: one row per intake."""

from dataclasses import dataclass
from typing import Any

from assay.core.errors import NotFound
from assay.core.project import lifecycle
from assay.store import db
from assay.store.projects.batches import ITEM_BITS
from assay.store.scope import Scope

_COLUMNS = "id, tenant_id, name, intake, intake_digest, folder, seed, status, plan, quote, agreed, created_at"


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project as it stands. `intake`, `plan` and `quote` are the stored texts; times in microseconds."""

    id: int
    tenant: int
    name: str
    intake: str
    intake_digest: str
    folder: str
    seed: int
    status: str
    plan: str
    quote: str
    agreed: bool
    created_at: int


def add_project(
    scope: Scope,
    *,
    name: str,
    intake: str,
    intake_digest: str,
    folder: str,
    seed: int,
    now: int,
    filed_by: int | None = None,
) -> int:
    """Insert a project in its first status and return its id."""
    found = db.row(
        "INSERT INTO project (tenant_id, name, intake, intake_digest, folder, seed, status,"
        " created_at, filed_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        [
            *(scope.tenant, name, intake, intake_digest, folder, seed),
            *(lifecycle.REVIEW_IN_PROGRESS, now, filed_by),
        ],
    )
    assert found is not None
    return int(found[0])


def project_by_name(scope: Scope, name: str) -> ProjectRow:
    """Return a project; raises `NotFound` also for one outside the scope."""
    return _one(scope, "name = %s", name, shown=name)


def project_by_id(scope: Scope, project: int) -> ProjectRow:
    """Return a project; raises `NotFound` also for one outside the scope."""
    return _one(scope, "id = %s", project, shown=str(project))


def project_of_item(scope: Scope, item: int) -> ProjectRow:
    """Return the project that an item belongs to; raises `NotFound` also for one outside the scope."""
    return _one(
        scope, "id = (SELECT project_id FROM batch WHERE batch.id = %s)", item >> ITEM_BITS, shown=str(item)
    )


def list_projects(scope: Scope) -> list[ProjectRow]:
    """Return every project within the scope, oldest first."""
    found = db.rows(f"SELECT {_COLUMNS} FROM project WHERE tenant_id = %s ORDER BY id", [scope.tenant])
    return [project for row in found if scope.covers((project := _value(row)).id)]


def move_project(scope: Scope, project: ProjectRow, verb: str) -> str:
    """Move a project along its table; raises `NotAllowed`, also when somebody else moved it before."""
    after = lifecycle.move("project", project.status, verb)
    changed = db.execute(
        "UPDATE project SET status = %s WHERE id = %s AND tenant_id = %s AND status = %s",
        [after, project.id, scope.tenant, project.status],
    )
    if changed != 1:
        lifecycle.move("project", project_by_id(scope, project.id).status, verb)
        raise NotFound(noun="project", key=project.name)
    return after


def filer_of(scope: Scope, project: int) -> int | None:
    """Return the member who filed a project, None where that was nobody with an account."""
    found = db.row("SELECT filed_by FROM project WHERE id = %s AND tenant_id = %s", [project, scope.tenant])
    return None if found is None or found[0] is None else int(found[0])


def filer_kept_out(scope: Scope, project: int) -> int | None:
    """Return the member who filed a project and may not label in it, None where that is nobody."""
    found = db.row(
        "SELECT filed_by FROM project WHERE id = %s AND tenant_id = %s AND NOT filer_labels",
        [project, scope.tenant],
    )
    return None if found is None or found[0] is None else int(found[0])


def let_filer_label(scope: Scope, project: int) -> None:
    """Let whoever filed a project label in it."""
    db.execute(
        "UPDATE project SET filer_labels = TRUE WHERE id = %s AND tenant_id = %s", [project, scope.tenant]
    )


def save_plan(scope: Scope, project: int, *, plan: str) -> None:
    """Keep the plan as it is estimated now."""
    db.execute("UPDATE project SET plan = %s WHERE id = %s AND tenant_id = %s", [plan, project, scope.tenant])


def save_quote(scope: Scope, project: int, *, quote: str, agreed: bool) -> None:
    """Keep the firm quote, and whether it is agreed."""
    db.execute(
        "UPDATE project SET quote = %s, agreed = %s WHERE id = %s AND tenant_id = %s",
        [quote, agreed, project, scope.tenant],
    )


def _one(scope: Scope, condition: str, value: object, *, shown: str) -> ProjectRow:
    found = db.row(
        f"SELECT {_COLUMNS} FROM project WHERE {condition} AND tenant_id = %s", [value, scope.tenant]
    )
    if found is None or not scope.covers(int(found[0])):
        raise NotFound(noun="project", key=shown)
    return _value(found)


def _value(row: db.Row) -> ProjectRow:
    values: list[Any] = [*row[:10], bool(row[10]), row[11]]
    return ProjectRow(*values)
