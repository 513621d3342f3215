"""Drafts of requests: the intake's text as it is being written, and the folder of what was uploaded for it."""

from dataclasses import dataclass

from assay.core.errors import NotFound
from assay.store import db
from assay.store.scope import Scope


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft of one member; `project` is "" until it was submitted. Times in microseconds."""

    id: int
    tenant: int
    member: int
    name: str
    text: str
    folder: str
    version: int
    project: str
    created_at: int
    changed_at: int


_COLUMNS = "id, tenant_id, member_id, name, text, folder, version, project, created_at, changed_at"


def add_draft(scope: Scope, *, member: int, text: str, now: int) -> int:
    """Insert an empty draft and return its id."""
    found = db.row(
        "INSERT INTO draft (tenant_id, member_id, name, text, folder, created_at, changed_at)"
        " VALUES (%s, %s, '', %s, '', %s, %s) RETURNING id",
        [scope.tenant, member, text, now, now],
    )
    assert found is not None
    return int(found[0])


def place_draft(scope: Scope, draft: int, *, folder: str) -> None:
    """Say where a draft's files lie."""
    db.execute("UPDATE draft SET folder = %s WHERE id = %s AND tenant_id = %s", [folder, draft, scope.tenant])


def draft_by_id(scope: Scope, *, member: int, draft: int) -> DraftRow:
    """Return a member's draft; raises `NotFound` also for somebody else's."""
    found = db.row(
        f"SELECT {_COLUMNS} FROM draft WHERE id = %s AND tenant_id = %s AND member_id = %s",
        [draft, scope.tenant, member],
    )
    if found is None:
        raise NotFound(noun="draft", key=str(draft))
    return DraftRow(*found)


def list_drafts(scope: Scope, *, member: int, before: int, limit: int) -> list[DraftRow]:
    """Return a member's drafts that were not submitted, newest first, of ids below `before`."""
    found = db.rows(
        f"SELECT {_COLUMNS} FROM draft WHERE tenant_id = %s AND member_id = %s AND project = '' AND id < %s"
        " ORDER BY id DESC LIMIT %s",
        [scope.tenant, member, before, limit],
    )
    return [DraftRow(*row) for row in found]


def count_drafts(scope: Scope, *, member: int) -> int:
    """Return how many drafts a member has that were not submitted."""
    found = db.row(
        "SELECT COUNT(*) FROM draft WHERE tenant_id = %s AND member_id = %s AND project = ''",
        [scope.tenant, member],
    )
    return int(found[0]) if found else 0


def write_draft(scope: Scope, draft: DraftRow, *, name: str, text: str, now: int) -> bool:
    """Keep a draft's new text; return whether nobody else had changed or submitted it meanwhile."""
    changed = db.execute(
        "UPDATE draft SET name = %s, text = %s, version = version + 1, changed_at = %s"
        " WHERE id = %s AND tenant_id = %s AND version = %s AND project = ''",
        [name, text, now, draft.id, scope.tenant, draft.version],
    )
    return changed == 1


def finish_draft(scope: Scope, draft: int, *, project: str, now: int) -> None:
    """Say which project a draft became."""
    db.execute(
        "UPDATE draft SET project = %s, changed_at = %s WHERE id = %s AND tenant_id = %s",
        [project, now, draft, scope.tenant],
    )


def remove_draft(scope: Scope, draft: DraftRow) -> bool:
    """Delete a draft that was not submitted; return whether it was there."""
    return (
        db.execute(
            "DELETE FROM draft WHERE id = %s AND tenant_id = %s AND project = ''", [draft.id, scope.tenant]
        )
        == 1
    )
