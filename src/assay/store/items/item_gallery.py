"""Items as requesters look at them: pages by risk behind a key, never by an offset, and figures of a batch.

A page follows the index of settled items by risk. A filter that this index does not know looks at so many
rows of it and no more; the next page goes on from there.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from assay.store import db
from assay.store.labelling.counted_answers import FIRST, counts
from assay.store.labelling.project_people import EXCLUDED
from assay.store.large_values import MARK, text_of
from assay.store.projects.batches import ITEM_BITS, BatchRow
from assay.store.scope import Scope
from assay.store.trail.events import EventRow

WINDOW: Final = 20_000
"""Rows that one page looks at where a filter is not in the index."""
_SETTLED: Final = "batch_id = %s AND NOT is_control AND state = 'settled'"
_UNSETTLED: Final = "batch_id = %s AND NOT (state = 'settled') AND NOT is_control"
_OPEN: Final = "NOT (state = 'settled')"
_TO_SETTLED: Final = (
    "FROM (SELECT id, label FROM item WHERE id BETWEEN %s AND %s AND NOT is_control AND state = 'settled'"
    " ORDER BY id LIMIT %s) f JOIN answer a ON a.item_id = f.id"
    f" AND {counts('a')}"
    f" JOIN person p ON p.id = a.person_id AND p.state <> '{EXCLUDED}'"
)
_OPPOSED: Final = (
    "SELECT AVG(CASE WHEN a.value = f.label THEN 0.0 ELSE 1.0 END) FROM answer a"
    f" JOIN person p ON p.id = a.person_id AND p.state <> '{EXCLUDED}'"
    f" WHERE a.item_id = f.id AND a.queue IN ('label', 'peer') AND {counts('a')}"
)
"""The share of the people's answers to an item that say something else than its label; NULL without answers."""
_SHOWN: Final = "id, key, state, label, chance, answers, decided_by, judged"


@dataclass(frozen=True, slots=True)
class GalleryFilter:
    """Which items are wanted; empty: any.

    Attributes:
        state: `settled`, or another state of items.
        label: a label that the item's own label is or holds, as JSON spells it where `holds`.
        holds: whether labels are values that hold names; else they are the names.
        least, most: from which risk on, and below which.
        decided_by: who decided: people, model, peers, expert, audit.
        opposed: the least share of the answers that say something else than the label; 0: any.
    """

    state: str = "settled"
    label: str = ""
    holds: bool = False
    least: float = 0.0
    most: float = 1.1
    decided_by: str = ""
    opposed: float = 0.0

    @property
    def looks(self) -> bool:
        """Whether rows have to be looked at that the index does not tell apart."""
        return bool(self.label or self.decided_by or self.opposed)


@dataclass(frozen=True, slots=True)
class GalleryRow:
    """One item of a page."""

    id: int
    key: str
    state: str
    label: str
    chance: float
    answers: int
    decided_by: str
    judged: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: the chance and id of its last row."""

    chance: float
    item: int


@dataclass(frozen=True, slots=True)
class GalleryPage:
    """One page, and where the next begins; `looked` is False where rows behind it were not looked at yet."""

    rows: Sequence[GalleryRow]
    next: Place | None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class SettledFigures:
    """How many items are settled, the mean chance that they are right, and its variance summed."""

    count: int
    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class DayCount:
    """What happened on one day (days since 1970) in one queue: so many answers for so many cents."""

    day: int
    queue: str
    answers: int
    cents: int


def gallery_page(batch: BatchRow, wanted: GalleryFilter, *, after: Place | None, limit: int) -> GalleryPage:
    """Return the next items: settled ones riskiest first, others by position."""
    if wanted.state == "settled":
        return _by_risk(batch, wanted, after=after, limit=limit)
    return _by_position(batch, wanted, after=after, limit=limit)


def items_like(batch: BatchRow, key: str, *, limit: int) -> list[GalleryRow]:
    """Return the items whose id is, or starts with, a text."""
    found = db.rows(
        f"SELECT {_SHOWN} FROM item WHERE batch_id = %s AND key >= %s AND NOT is_control ORDER BY key LIMIT %s",
        [batch.id, key, limit],
    )
    rows = [row for row in map(_row, found) if row.key.startswith(key)]
    if not any(row.key == key for row in rows):
        # Where the database sorts by a language, an equal key may not come first.
        found = db.rows(
            f"SELECT {_SHOWN} FROM item WHERE batch_id = %s AND key = %s AND NOT is_control", [batch.id, key]
        )
        rows = [*map(_row, found), *rows]
    return rows


def settled_figures(batch: int) -> SettledFigures:
    """Return what the index by risk knows of the settled items."""
    found = db.row(
        "SELECT COUNT(*), COALESCE(AVG(chance), 0), COALESCE(SUM(chance * (1 - chance)), 0)"
        f" FROM item WHERE {_SETTLED}",
        [batch],
    )
    assert found is not None
    return SettledFigures(int(found[0]), float(found[1]), float(found[2]))


def unsettled_states(batch: int) -> dict[str, int]:
    """Return how many items are in each state but the settled one."""
    found = _by_state(batch, _OPEN)
    # Control items are few; without them the count above would have to look at every row.
    for state, count in _by_state(batch, "is_control").items():
        if state in found:
            found[state] -= count
    return {state: count for state, count in found.items() if count}


def count_unsettled(batches: Sequence[int]) -> dict[int, int]:
    """Return how many items of each batch are not settled."""
    return {batch: sum(unsettled_states(batch).values()) for batch in batches}


def count_controls(batches: Sequence[int]) -> dict[int, int]:
    """Return how many control items each batch has."""
    return _counts(batches, "is_control")


def risk_bands(batch: int, edges: Sequence[float]) -> list[int]:
    """Return how many settled items have a risk from each edge up to the next."""
    found = []
    for low, high in itertools.pairwise(edges):
        row = db.row(
            f"SELECT COUNT(*) FROM item WHERE {_SETTLED} AND chance > %s AND chance <= %s",
            [batch, 1.0 - high, 1.0 - low],
        )
        found.append(int(row[0]) if row else 0)
    return found


def label_counts(batch: int, *, most: int) -> list[tuple[str, int]]:
    """Return (label text, count) of settled items, of the riskiest `most` of them, most frequent first."""
    return [
        (text_of(batch, label), int(count))
        for label, count in db.rows(
            f"SELECT label, COUNT(*) FROM (SELECT label FROM item WHERE {_SETTLED} ORDER BY chance, id LIMIT %s) f"
            " GROUP BY label ORDER BY 2 DESC, 1",
            [batch, most],
        )
    ]


def said_counts(batch: BatchRow, *, queues: Sequence[str], most: int) -> list[tuple[str, str, int]]:
    """Return (what people said, label, count) of the answers to the first `most` settled items, control items left out."""
    marks = ", ".join(["%s"] * len(queues))
    return [
        (text_of(batch.id, said), text_of(batch.id, label), int(count))
        for said, label, count in db.rows(
            f"SELECT a.value, f.label, COUNT(*) {_TO_SETTLED} WHERE a.queue IN ({marks}) GROUP BY 1, 2",
            [batch.first_item, batch.last_item, most, *queues],
        )
    ]


def count_who_said(batch: BatchRow, *, queues: Sequence[str], most: int) -> int:
    """Return how many people gave the answers that `said_counts` counts."""
    marks = ", ".join(["%s"] * len(queues))
    found = db.row(
        f"SELECT COUNT(DISTINCT a.person_id) {_TO_SETTLED} WHERE a.queue IN ({marks})",
        [batch.first_item, batch.last_item, most, *queues],
    )
    return int(found[0]) if found else 0


def audited_items(batch: BatchRow, *, queue: str, most: int) -> list[int]:
    """Return the items that got an answer from this queue, `most` at most, in the order in which they came."""
    return [
        int(item)
        for (item,) in db.rows(
            "SELECT item_id FROM answer WHERE item_id BETWEEN %s AND %s AND queue = %s"
            " GROUP BY item_id ORDER BY MIN(id) LIMIT %s",
            [batch.first_item, batch.last_item, queue, most],
        )
    ]


def answers_by_day(batch: BatchRow) -> list[DayCount]:
    """Return what was answered on each day, and what that cost."""
    return [
        DayCount(int(day), str(queue), int(count), int(cents))
        for day, queue, count, cents in db.rows(
            "SELECT a.at / 86400000000, a.queue, COUNT(*), COALESCE(SUM(l.cents), 0) FROM answer a"
            " LEFT JOIN ledger_entry l ON l.answer_id = a.id WHERE a.item_id BETWEEN %s AND %s"
            f" AND a.{FIRST} GROUP BY 1, 2 ORDER BY 1, 2",
            [batch.first_item, batch.last_item],
        )
    ]


def items_with_feedback(batches: Sequence[int]) -> dict[int, int]:
    """Return how many items of each batch somebody said something about."""
    if not batches:
        return {}
    condition, values = db.among("batch_id", list(batches))
    return {
        int(batch): int(count)
        for batch, count in db.rows(
            "SELECT batch_id, COUNT(DISTINCT item_id) FROM feedback"
            f" WHERE {condition} AND item_id IS NOT NULL GROUP BY batch_id",
            values,
        )
    }


def remarks_on_batch(batch: int, *, limit: int) -> list[tuple[str, str, int]]:
    """Return (comment, role, time) of what was said about the whole batch, newest first."""
    return [
        (str(comment), str(role), int(at))
        for comment, role, at in db.rows(
            "SELECT comment, role, at FROM feedback WHERE batch_id = %s AND item_id IS NULL"
            " ORDER BY id DESC LIMIT %s",
            [batch, limit],
        )
    ]


def automatic_events(scope: Scope, *, subject: str, limit: int, verbs: Sequence[str] = ()) -> list[EventRow]:
    """Return what was done by itself about a subject, newest first."""
    chosen = f" AND verb IN ({', '.join(['%s'] * len(verbs))})" if verbs else ""
    found = db.rows(
        "SELECT id, tenant_id, at, actor, source, verb, subject, outcome, before, after, detail FROM event"
        f" WHERE tenant_id = %s AND subject = %s AND actor = 'assay'{chosen} ORDER BY id DESC LIMIT %s",
        [scope.tenant, subject, *verbs, limit],
    )
    return [EventRow(*row) for row in found]


def _by_risk(batch: BatchRow, wanted: GalleryFilter, *, after: Place | None, limit: int) -> GalleryPage:
    # Nothing but a range of the index stands inside; what has to be looked at stands around it.
    window = WINDOW if wanted.looks else limit + 1
    inner = f"{_SETTLED} AND chance > %s AND chance <= %s"
    values: list[object] = [batch.id, 1.0 - wanted.most, 1.0 - wanted.least]
    if after is not None:
        inner += " AND (chance, id) > (%s, %s)"
        values += [after.chance, after.item]
    part = f"SELECT {_SHOWN} FROM item WHERE {inner} ORDER BY chance, id LIMIT %s"
    values.append(window)
    looked, more = _conditions(wanted)
    found = db.rows(
        f"SELECT {_SHOWN} FROM ({part}) f{looked} ORDER BY chance, id LIMIT %s", [*values, *more, limit + 1]
    )
    every = [_row(one) for one in found[:limit]]
    rows = [row for row in every if not wanted.holds or wanted.label in row.label]
    if len(found) > limit:
        return GalleryPage(rows, Place(every[-1].chance, every[-1].id))
    if not wanted.looks:
        return GalleryPage(rows, None)
    last = db.row(
        "SELECT chance, id FROM (SELECT chance, id FROM item"
        f" WHERE {inner} ORDER BY chance, id LIMIT 1 OFFSET {WINDOW - 1}) f",
        values[:-1],
    )
    # The offset is within the window, so it costs no more than the window itself.
    if last is None:
        return GalleryPage(rows, None)
    return GalleryPage(rows, Place(float(last[0]), int(last[1])), whole=False)


def _by_position(batch: BatchRow, wanted: GalleryFilter, *, after: Place | None, limit: int) -> GalleryPage:
    window = WINDOW if wanted.looks else limit + 1
    start = batch.first_item - 1 if after is None else max(after.item, batch.first_item - 1)
    inner = f"{_UNSETTLED} AND state = %s AND id > %s ORDER BY id"
    values: list[object] = [batch.id, wanted.state, start]
    looked, more = _conditions(wanted)
    found = db.rows(
        f"SELECT {_SHOWN} FROM (SELECT {_SHOWN} FROM item WHERE {inner} LIMIT %s) f{looked} ORDER BY id LIMIT %s",
        [*values, window, *more, limit + 1],
    )
    every = [_row(one) for one in found[:limit]]
    rows = [row for row in every if not wanted.holds or wanted.label in row.label]
    if len(found) > limit:
        return GalleryPage(rows, Place(0.0, every[-1].id))
    last = None
    if wanted.looks:
        last = db.row(f"SELECT id FROM item WHERE {inner} LIMIT 1 OFFSET {WINDOW - 1}", values)
    return (
        GalleryPage(rows, None) if last is None else GalleryPage(rows, Place(0.0, int(last[0])), whole=False)
    )


def _conditions(wanted: GalleryFilter) -> tuple[str, list[object]]:
    parts: list[str] = []
    values: list[object] = []
    if wanted.label and wanted.holds:
        # What lies beside the rows is looked into when it is read.
        parts.append("(label LIKE %s ESCAPE '!' OR label LIKE %s)")
        plain = wanted.label.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        values += [f"%{plain}%", f"{MARK}%"]
    elif wanted.label:
        parts.append("label = %s")
        values.append(wanted.label)
    if wanted.decided_by:
        parts.append("decided_by = %s")
        values.append(wanted.decided_by)
    if wanted.opposed:
        # Both sides of the comparison are texts as `core.labels.label_text` spells them.
        parts.append(f"({_OPPOSED}) >= %s")
        values.append(wanted.opposed - 1e-9)
    return (f" WHERE {' AND '.join(parts)}" if parts else "", values)


def _by_state(batch: int, which: str) -> dict[str, int]:
    found = db.rows(
        f"SELECT state, COUNT(*) FROM item WHERE batch_id = %s AND {which} GROUP BY state", [batch]
    )
    return {str(state): int(count) for state, count in found}


def _counts(batches: Sequence[int], which: str) -> dict[int, int]:
    found: dict[int, int] = {}
    for batch in batches:
        row = db.row(f"SELECT COUNT(*) FROM item WHERE batch_id = %s AND {which}", [batch])
        found[batch] = int(row[0]) if row else 0
    return found


def _row(found: db.Row) -> GalleryRow:
    values: list[Any] = [*found[:3], text_of(found[0] >> ITEM_BITS, found[3]), *found[4:7], bool(found[7])]
    return GalleryRow(*values)
