"""Changes to a project's labels: appended, each under the version that it makes, and never changed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from assay.core.ids import canonical
from assay.core.labels.schema_versions import SchemaChange, from_json, to_json
from assay.store import db
from assay.store.scope import Scope


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change, the version it made, and who made it why; `at` in microseconds."""

    project: int
    version: int
    what: SchemaChange
    reason: str
    actor: str
    at: int


_COLUMNS = "project_id, version, what, reason, actor, at"


def list_changes(scope: Scope, project: int) -> list[ChangeRow]:
    """Return the changes to a project's labels, oldest first."""
    return _found(
        f"SELECT {_COLUMNS} FROM schema_change WHERE project_id = %s AND tenant_id = %s ORDER BY version",
        [project, scope.tenant],
    )


def change_of_request(scope: Scope, request_id: str) -> ChangeRow | None:
    """Return the change that came before with this request id."""
    found = _found(
        f"SELECT {_COLUMNS} FROM schema_change WHERE tenant_id = %s AND request_id = %s",
        [scope.tenant, request_id],
    )
    return found[0] if found else None


def add_change(scope: Scope, change: ChangeRow, *, request_id: str) -> None:
    """Append a change, whose version is the next of its project; the caller holds the project."""
    db.execute(
        "INSERT INTO schema_change (tenant_id, project_id, version, request_id, what, reason, actor, at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [
            *(scope.tenant, change.project, change.version, request_id),
            *(canonical(to_json(change.what)).decode(), change.reason, change.actor, change.at),
        ],
    )


def _found(sql: str, values: Sequence[object]) -> list[ChangeRow]:
    return [
        ChangeRow(project, version, from_json(json.loads(what)), *rest)
        for project, version, what, *rest in db.rows(sql, values)
    ]
