"""Batches: where each stage keeps how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from assay.core.errors import NotFound
from assay.core.project import lifecycle
from assay.store import db
from assay.store.scope import Scope

ITEM_BITS = 32
"""An item's id is its batch's id shifted by so many bits, plus its position."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as it stands; times in microseconds, `clock` is the logical time of its people.

    `pilot` is "" before the pilot, "running", then "done"; `answers` counts label answers that are
    consolidated; `refit_at` and `prelabel_at` are the counts at
    which people are learnt anew and the model is trained anew; `suggested` is the last item for which
    suggestions were asked. `schema_version` is the version of the project's labels that the batch is read in.
    """

    id: int
    tenant_id: int
    project_id: int
    name: str
    status: str
    reason: str
    clock: int
    created_at: int
    received: int
    accepted: int
    rejected: int
    near_done: bool
    deidentified: bool
    features_done: bool
    suggested: int
    suggested_done: bool
    pilot: str
    answers: int
    refit_at: int
    refitted: int
    prelabel_at: int
    threshold: float
    calibration: str
    model: bytes
    attempt: int
    frozen_digest: str
    drawn: int
    review_rounds: int
    nonce: str
    commitment: str
    certificate: str
    folder: str
    schema_version: int

    @property
    def first_item(self) -> int:
        """The smallest id an item of this batch can have."""
        return self.id << ITEM_BITS

    @property
    def last_item(self) -> int:
        """The largest id an item of this batch can have."""
        return ((self.id + 1) << ITEM_BITS) - 1


_NAMES = tuple(field.name for field in fields(BatchRow))
_COLUMNS = ", ".join(_NAMES)
_FLAGS = {"near_done", "deidentified", "features_done", "suggested_done"}


def add_batch(scope: Scope, *, project: int, name: str, clock: int, nonce: str, commitment: str) -> int:
    """Insert a batch in its first status, with the newest version of its project's labels, and return its id."""
    newest = db.row("SELECT MAX(version) FROM schema_change WHERE project_id = %s", [project])
    values = {
        "tenant_id": scope.tenant,
        "project_id": project,
        "name": name,
        "status": lifecycle.REQUEST_SUBMITTED,
        "clock": clock,
        "created_at": clock,
        "nonce": nonce,
        "commitment": commitment,
        "schema_version": None if newest is None else newest[0],
    }
    found = db.row(
        f"INSERT INTO batch ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))}) RETURNING id",
        list(values.values()),
    )
    assert found is not None
    return int(found[0])


def batch_by_id(scope: Scope, batch: int) -> BatchRow:
    """Return a batch; raises `NotFound` also for one outside the scope."""
    return _one(scope, "id = %s", batch, shown=str(batch))


def batch_by_name(scope: Scope, name: str) -> BatchRow:
    """Return a batch by its name, which is unique within a tenant because it starts with the project's."""
    return _one(scope, "name = %s", name, shown=name)


@dataclass(frozen=True, slots=True)
class WorkRow:
    """The few things about a batch that the label loop needs, without its models and certificates."""

    batch: int
    status: str
    project: int
    project_name: str
    seed: int
    intake_digest: str
    answers: int
    crew_seed: int
    schema_version: int


def work_row(scope: Scope, name: str) -> WorkRow:
    """Return a batch as the label loop sees it; raises `NotFound` also for one outside the scope."""
    found = db.row(
        "SELECT b.id, b.status, p.id, p.name, COALESCE(f.seed, p.seed), COALESCE(f.intake_digest, p.intake_digest),"
        " b.answers, p.seed, COALESCE(b.schema_version, 1) FROM batch b JOIN project p ON p.id = b.project_id"
        " LEFT JOIN further_batch f ON f.batch_id = b.id WHERE b.name = %s AND b.tenant_id = %s",
        [name, scope.tenant],
    )
    if found is None or not scope.covers(int(found[2])):
        raise NotFound(noun="batch", key=name)
    return WorkRow(*found)


def list_batches(scope: Scope, project: int | None = None) -> list[BatchRow]:
    """Return the batches within the scope, of one project or of all, oldest first."""
    found = db.rows(f"SELECT {_COLUMNS} FROM batch WHERE tenant_id = %s ORDER BY id", [scope.tenant])
    return [
        batch
        for row in found
        if scope.covers((batch := _value(row)).project_id) and project in (None, batch.project_id)
    ]


def open_batches(scope: Scope) -> list[int]:
    """Return the ids of batches that are not paused and not delivered, or asked for in further formats; oldest first."""
    found = db.rows(
        "SELECT id FROM batch WHERE tenant_id = %s AND status NOT IN (%s, %s, %s)"
        " UNION SELECT batch_id FROM supplement WHERE tenant_id = %s AND state = 'asked for' ORDER BY 1",
        [
            scope.tenant,
            lifecycle.DATA_DELIVERED,
            lifecycle.PAUSED,
            lifecycle.DATA_TRANSFER_FAILED,
            scope.tenant,
        ],
    )
    return [int(batch) for (batch,) in found]


def move_batch(scope: Scope, batch: BatchRow, verb: str, *, reason: str = "") -> str:
    """Move a batch along its table; raises `NotAllowed`, also when somebody else moved it before."""
    after = lifecycle.move("batch", batch.status, verb)
    changed = db.execute(
        "UPDATE batch SET status = %s, reason = %s WHERE id = %s AND tenant_id = %s AND status = %s",
        [after, reason, batch.id, scope.tenant, batch.status],
    )
    if changed != 1:
        lifecycle.move("batch", batch_by_id(scope, batch.id).status, verb)
        raise NotFound(noun="batch", key=batch.name)
    return after


def set_batch(scope: Scope, batch: int, **values: object) -> None:
    """Change named columns of a batch (never its status, which moves)."""
    assert values.keys() <= set(_NAMES) - {"id", "tenant_id", "project_id", "name", "status"}
    assignments = ", ".join(f"{name} = %s" for name in values)
    db.execute(
        f"UPDATE batch SET {assignments} WHERE id = %s AND tenant_id = %s",
        [*values.values(), batch, scope.tenant],
    )


def unlearn(scope: Scope, batch: int, *, statuses: Sequence[str]) -> bool:
    """Have people of a batch learnt anew before its labels are frozen, and hold its row till the transaction ends.

    Returns:
        False where they are frozen, or the batch is in none of these statuses; nothing is changed then.
    """
    marks = ", ".join(["%s"] * len(statuses))
    changed = db.execute(
        "UPDATE batch SET refitted = CASE WHEN refitted < 0 THEN refitted - 1 ELSE -1 END"
        f" WHERE id = %s AND tenant_id = %s AND frozen_digest = '' AND status IN ({marks})",
        [batch, scope.tenant, *statuses],
    )
    return changed == 1


def is_as_learnt(scope: Scope, batch: BatchRow) -> bool:
    """Whether no answer was mended since the batch was read; its row is held till the transaction ends."""
    changed = db.execute(
        "UPDATE batch SET refitted = refitted WHERE id = %s AND tenant_id = %s AND refitted = %s",
        [batch.id, scope.tenant, batch.refitted],
    )
    return changed == 1


def _one(scope: Scope, condition: str, value: object, *, shown: str) -> BatchRow:
    found = db.row(
        f"SELECT {_COLUMNS} FROM batch WHERE {condition} AND tenant_id = %s", [value, scope.tenant]
    )
    if found is None or not scope.covers(int(found[2])):
        raise NotFound(noun="batch", key=shown)
    return _value(found)


def _value(row: db.Row) -> BatchRow:
    values = dict(zip(_NAMES, row, strict=True))
    values["model"] = bytes(values["model"] or b"")
    values["schema_version"] = values["schema_version"] or 1
    for flag in _FLAGS:
        values[flag] = bool(values[flag])
    return BatchRow(**values)
