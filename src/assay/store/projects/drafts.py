"""Drafts of requests: the intake's text as it is being written, and the folder of what was uploaded for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assay.core.errors import NotFound
from assay.core.project.page_saves import LastSave
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
    last: LastSave


_COLUMNS = (
    "id, tenant_id, member_id, name, text, folder, version, project, created_at, changed_at,"
    " saved_page, saved_count, saved_since"
)
_AS_READ = (
    "id = %s AND tenant_id = %s AND version = %s AND saved_page = %s AND saved_count = %s AND project = ''"
)
_NOBODY = LastSave()


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
    return draft_of_row(found)


def draft_of_project(scope: Scope, *, member: int, project: str) -> DraftRow | None:
    """Return the member's draft that became a project, None where there is none; those of further batches are later ones."""
    found = db.row(
        f"SELECT {_COLUMNS} FROM draft WHERE tenant_id = %s AND member_id = %s AND project = %s ORDER BY id",
        [scope.tenant, member, project],
    )
    return None if found is None else draft_of_row(found)


def list_drafts(scope: Scope, *, member: int, before: int, limit: int) -> list[DraftRow]:
    """Return a member's drafts that were not submitted, newest first, of ids below `before`."""
    found = db.rows(
        f"SELECT {_COLUMNS} FROM draft WHERE tenant_id = %s AND member_id = %s AND project = '' AND id < %s"
        " ORDER BY id DESC LIMIT %s",
        [scope.tenant, member, before, limit],
    )
    return [draft_of_row(row) for row in found]


def count_drafts(scope: Scope, *, member: int) -> int:
    """Return how many drafts a member has that were not submitted."""
    found = db.row(
        "SELECT COUNT(*) FROM draft WHERE tenant_id = %s AND member_id = %s AND project = ''",
        [scope.tenant, member],
    )
    return int(found[0]) if found else 0


def write_draft(
    scope: Scope, draft: DraftRow, *, name: str, text: str, last: LastSave = _NOBODY, now: int
) -> bool:
    """Keep a draft's new text; return whether nobody else had changed or submitted it meanwhile."""
    changed = db.execute(
        "UPDATE draft SET name = %s, text = %s, version = version + 1, changed_at = %s,"
        " saved_page = %s, saved_count = %s, saved_since = %s"
        f" WHERE {_AS_READ}",
        [name, text, now, last.page, last.count, last.since, *_as_read(scope, draft)],
    )
    return changed == 1


def note_save(scope: Scope, draft: DraftRow, *, last: LastSave) -> bool:
    """Note a page's save that changed nothing; return whether nobody else had changed or submitted it meanwhile."""
    changed = db.execute(
        f"UPDATE draft SET saved_page = %s, saved_count = %s, saved_since = %s WHERE {_AS_READ}",
        [last.page, last.count, last.since, *_as_read(scope, draft)],
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


def drafts_there(scope: Scope, drafts: Sequence[int]) -> set[int]:
    """Return those of some drafts that are there, whoever they belong to and whatever became of them."""
    found: set[int] = set()
    for part in db.chunks(drafts):
        condition, values = db.among("id", part)
        found |= {
            int(number)
            for (number,) in db.rows(
                f"SELECT id FROM draft WHERE tenant_id = %s AND {condition}", [scope.tenant, *values]
            )
        }
    return found


def draft_of_row(found: Sequence[Any]) -> DraftRow:
    """Return a draft of the columns that are read of it."""
    return DraftRow(*(*found[:-3], LastSave(*found[-3:])))


def _as_read(scope: Scope, draft: DraftRow) -> list[object]:
    return [draft.id, scope.tenant, draft.version, draft.last.page, draft.last.count]
