"""Further batches: what a batch after its project's first asks for, and what earlier batches hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.core.project import lifecycle
from assay.store import db
from assay.store.scope import Scope


@dataclass(frozen=True, slots=True)
class Asked:
    """What a further batch says of its own: its text, the digest of that and of its data, where its paths begin.

    With `own_limit` it has an approved price of its own.
    """

    text: str
    digest: str
    folder: str
    own_limit: bool
    filed_by: int | None


def add_further(scope: Scope, *, project: int, batch: int, asked: Asked, seed: int) -> None:
    """Keep what a batch asks for, in the first status of the project's way."""
    db.execute(
        "INSERT INTO further_batch (tenant_id, project_id, batch_id, asked, intake_digest, folder, own_limit, seed, status,"
        " filed_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            *(scope.tenant, project, batch, asked.text, asked.digest, asked.folder, asked.own_limit, seed),
            *(lifecycle.REVIEW_IN_PROGRESS, asked.filed_by),
        ],
    )


def hold_project(scope: Scope, project: int) -> None:
    """Let those who add batches to a project take turns; in a transaction."""
    db.execute("UPDATE project SET name = name WHERE id = %s AND tenant_id = %s", [project, scope.tenant])


def batch_asking(scope: Scope, project: int, *, digest: str) -> int | None:
    """Return the further batch that asks for this, None where none does."""
    return _batch(scope, project, "intake_digest = %s", digest)


def batch_of_data(scope: Scope, project: int, *, folder: str) -> int | None:
    """Return the further batch whose paths begin in this folder, None where there is none."""
    return _batch(scope, project, "folder = %s", folder)


def earlier_batches(scope: Scope, *, project: int, before: int) -> list[tuple[int, str]]:
    """Return the ids and names of a project's batches that were filed before one, oldest first."""
    found = db.rows(
        "SELECT id, name FROM batch WHERE tenant_id = %s AND project_id = %s AND id < %s ORDER BY id",
        [scope.tenant, project, before],
    )
    return [(int(batch), str(name)) for batch, name in found]


def sharing_the_limit(project: int, *, but: int | None) -> list[int]:
    """Return the batches that share a project's approved price, without one: the further batch `but`, or the first."""
    found = db.rows(
        "SELECT b.id, f.id IS NULL FROM batch b LEFT JOIN further_batch f ON f.batch_id = b.id"
        " WHERE b.project_id = %s AND (f.id IS NULL OR NOT f.own_limit) ORDER BY b.id",
        [project],
    )
    return [int(batch) for batch, is_first in found if (but is not None if is_first else batch != but)]


def all_further() -> frozenset[int]:
    """Return every further batch of the installation."""
    return frozenset(int(batch) for (batch,) in db.rows("SELECT batch_id FROM further_batch"))


def keys_used(batches: Sequence[int], keys: Sequence[str]) -> frozenset[str]:
    """Return which of these ids items of some batches have."""
    found: set[str] = set()
    for batch in batches:
        for part in db.chunks(list(keys)):
            condition, values = db.among("key", part)
            rows = db.rows(f"SELECT key FROM item WHERE batch_id = %s AND {condition}", [batch, *values])
            found.update(str(key) for (key,) in rows)
    return frozenset(found)


def _batch(scope: Scope, project: int, condition: str, value: str) -> int | None:
    found = db.row(
        f"SELECT batch_id FROM further_batch WHERE tenant_id = %s AND project_id = %s AND {condition}",
        [scope.tenant, project, value],
    )
    return None if found is None else int(found[0])
