"""Projects: one row per intake, and one more for what each further batch asks for.

A project is read as one of its batches sees it: of a further batch the data, seed, status, plan and quote are its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from assay.core.errors import NotFound
from assay.core.labels.schema_versions import SchemaChange
from assay.core.project import lifecycle
from assay.store import db
from assay.store.projects.batches import ITEM_BITS
from assay.store.projects.schema_changes import list_changes
from assay.store.scope import Scope

_COLUMNS = (
    "id, tenant_id, name, intake, intake_digest, folder, seed, status, plan, quote, agreed, created_at,"
    " COALESCE((SELECT MAX(version) FROM schema_change WHERE project_id = project.id), 1)"
)
_OF_BATCH = (
    "p.id, p.tenant_id, p.name, p.intake, COALESCE(f.intake_digest, p.intake_digest), p.folder,"
    " COALESCE(f.seed, p.seed), COALESCE(f.status, p.status), COALESCE(f.plan, p.plan), COALESCE(f.quote, p.quote),"
    " COALESCE(f.agreed, p.agreed), CASE WHEN f.id IS NULL THEN p.created_at ELSE b.created_at END,"
    " p.seed, f.batch_id, f.asked, f.folder, COALESCE(f.own_limit, FALSE),"
    " COALESCE((SELECT MAX(version) FROM schema_change WHERE project_id = p.id), 1), COALESCE(b.schema_version, 1)"
)


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project as it stands, as its first or a further batch sees it; times in microseconds.

    `intake`, `plan` and `quote` are the stored texts. `further` is the further batch, None where it is the first's or
    the project's own: what it `asked` stands beside the intake, with paths relative to `data_folder`. `crew_seed` is the
    project's own seed: its people are the same in every batch. With `own_limit` it does not share the project's limit.
    `changes` are those that made its labels what they are for the batch, or what they are now where it is none;
    `newest` is the newest version that the project has.
    """

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
    crew_seed: int
    further: int | None = None
    asked: str = ""
    data_folder: str = ""
    own_limit: bool = False
    changes: tuple[SchemaChange, ...] = ()
    newest: int = 1

    @property
    def version(self) -> int:
        """Which version of the project's labels is read."""
        return len(self.changes) + 1


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


def project_of_batch(scope: Scope, batch: int) -> ProjectRow:
    """Return a project as one of its batches sees it; raises `NotFound` also for one outside the scope."""
    return _of_batch(scope, "b.id = %s", [batch], shown=str(batch))


def project_of_item(scope: Scope, item: int) -> ProjectRow:
    """Return the same for the batch that an item belongs to."""
    return _of_batch(scope, "b.id = %s", [item >> ITEM_BITS], shown=str(item))


def project_asking(scope: Scope, project: int, *, digest: str, version: int) -> ProjectRow:
    """Return a project as that of its batches sees it which asks for this, in one version of its labels.

    Raises:
        NotFound: where none asks for it.
    """
    row = project_by_id(scope, project)
    changes = _changes(scope, project, version=version)
    if row.intake_digest != digest:
        row = _of_batch(scope, "p.id = %s AND f.intake_digest = %s", [project, digest], shown=row.name)
    return replace(row, changes=changes)


def projects_of_batches(scope: Scope, project: int) -> list[ProjectRow]:
    """Return a project as each of its batches sees it, oldest first."""
    return [
        _value(scope, row)
        for row in _rows_of_batches(scope, "p.id = %s", [project])
        if scope.covers(int(row[0]))
    ]


def list_projects(scope: Scope) -> list[ProjectRow]:
    """Return every project within the scope, oldest first."""
    found = db.rows(f"SELECT {_COLUMNS} FROM project WHERE tenant_id = %s ORDER BY id", [scope.tenant])
    return [project for row in found if scope.covers((project := _value(scope, row)).id)]


def move_project(scope: Scope, project: ProjectRow, verb: str) -> str:
    """Move a project, or what its further batch asks for, along its table.

    Raises `NotAllowed`, also when somebody else moved it before.
    """
    after = lifecycle.move("project", project.status, verb)
    table, key, kept = _place(project)
    changed = db.execute(
        f"UPDATE {table} SET status = %s WHERE {key} = %s AND tenant_id = %s AND status = %s",
        [after, kept, scope.tenant, project.status],
    )
    if changed != 1:
        lifecycle.move("project", _again(scope, project).status, verb)
        raise NotFound(noun="project", key=project.name)
    return after


def filers_of(scope: Scope, project: int) -> frozenset[int]:
    """Return the members who filed a project or a further batch of it; none where that was nobody with an account."""
    return _filers(scope, project, "")


def filers_kept_out(scope: Scope, project: int) -> frozenset[int]:
    """Return the members who filed a project or a further batch of it and may not label in it."""
    return _filers(scope, project, " AND NOT filer_labels")


def let_filer_label(scope: Scope, project: int) -> None:
    """Let whoever filed a project, or a further batch of it, label in it."""
    db.execute(
        "UPDATE project SET filer_labels = TRUE WHERE id = %s AND tenant_id = %s", [project, scope.tenant]
    )


def keep_filers_out(scope: Scope, project: int) -> None:
    """Let nobody who filed a project or a batch of it join its people, until an operator says so anew."""
    db.execute(
        "UPDATE project SET filer_labels = FALSE WHERE id = %s AND tenant_id = %s", [project, scope.tenant]
    )


def save_plan(scope: Scope, project: ProjectRow, *, plan: str) -> None:
    """Keep the plan as it is estimated now."""
    table, key, kept = _place(project)
    db.execute(
        f"UPDATE {table} SET plan = %s WHERE {key} = %s AND tenant_id = %s", [plan, kept, scope.tenant]
    )


def save_quote(scope: Scope, project: ProjectRow, *, quote: str, agreed: bool) -> None:
    """Keep the firm quote, and whether it is agreed."""
    table, key, kept = _place(project)
    db.execute(
        f"UPDATE {table} SET quote = %s, agreed = %s WHERE {key} = %s AND tenant_id = %s",
        [quote, agreed, kept, scope.tenant],
    )


def _place(project: ProjectRow) -> tuple[str, str, int]:
    """Return the table, its key and the value of the row that holds what changes."""
    if project.further is None:
        return "project", "id", project.id
    return "further_batch", "batch_id", project.further


def _again(scope: Scope, project: ProjectRow) -> ProjectRow:
    if project.further is None:
        return project_by_id(scope, project.id)
    return project_of_batch(scope, project.further)


def _filers(scope: Scope, project: int, condition: str) -> frozenset[int]:
    found = db.rows(
        f"SELECT filed_by FROM project WHERE id = %s AND tenant_id = %s{condition}"
        " UNION SELECT f.filed_by FROM further_batch f JOIN project p ON p.id = f.project_id"
        f" WHERE p.id = %s AND f.tenant_id = %s{condition}",
        [project, scope.tenant, project, scope.tenant],
    )
    return frozenset(int(member) for (member,) in found if member is not None)


def _rows_of_batches(scope: Scope, condition: str, values: Sequence[object]) -> list[db.Row]:
    return db.rows(
        f"SELECT {_OF_BATCH} FROM batch b JOIN project p ON p.id = b.project_id"
        f" LEFT JOIN further_batch f ON f.batch_id = b.id WHERE {condition} AND b.tenant_id = %s ORDER BY b.id",
        [*values, scope.tenant],
    )


def _of_batch(scope: Scope, condition: str, values: Sequence[object], *, shown: str) -> ProjectRow:
    found = _rows_of_batches(scope, condition, values)
    if not found or not scope.covers(int(found[0][0])):
        raise NotFound(noun="project", key=shown)
    return _value(scope, found[0])


def _one(scope: Scope, condition: str, value: object, *, shown: str) -> ProjectRow:
    found = db.row(
        f"SELECT {_COLUMNS} FROM project WHERE {condition} AND tenant_id = %s", [value, scope.tenant]
    )
    if found is None or not scope.covers(int(found[0])):
        raise NotFound(noun="project", key=shown)
    return _value(scope, found)


def _value(scope: Scope, row: db.Row) -> ProjectRow:
    if len(row) > 13:
        crew_seed, further, asked, folder, own, newest, version = row[12:]
    else:
        crew_seed, further, asked, folder, own, newest, version = (
            row[6],
            None,
            "",
            "",
            False,
            row[12],
            row[12],
        )
    values: list[Any] = [*row[:10], bool(row[10]), row[11], crew_seed, further]
    values += [asked or "", folder or "", bool(own), _changes(scope, row[0], version=version), newest]
    return ProjectRow(*values)


def _changes(scope: Scope, project: int, *, version: int) -> tuple[SchemaChange, ...]:
    if version == 1:
        return ()
    return tuple(one.what for one in list_changes(scope, project) if one.version <= version)
