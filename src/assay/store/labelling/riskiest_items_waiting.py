"""Items that wait for an expert, the riskiest first."""

from dataclasses import dataclass

from assay.store import db
from assay.store.scope import Scope


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """An item that waits for an expert's judgement; `risk` from 0 to 1."""

    batch: str
    key: str
    risk: float
    answers: int
    waiting_tasks: int


def riskiest_waiting(scope: Scope, *, limit: int) -> list[WaitingItem]:
    """Return the items with open expert tasks, riskiest first; those that teach about people come last."""
    found = db.rows(
        "SELECT b.name, i.key, CASE WHEN i.answers > 0 THEN 1 - i.chance ELSE 0 END, i.answers, COUNT(*)"
        " FROM task t JOIN item i ON i.id = t.item_id JOIN batch b ON b.id = t.batch_id"
        " WHERE t.queue = 'expert' AND t.is_open AND b.tenant_id = %s AND b.status IN ('In-progress', 'Sent for rework')"
        f" GROUP BY b.name, i.key, i.chance, i.answers ORDER BY 3 DESC, 1, 2 LIMIT {int(limit)}",
        [scope.tenant],
    )
    return [WaitingItem(row[0], row[1], float(row[2]), int(row[3]), int(row[4])) for row in found]
