"""Items of a batch: inserted in bulk, read in columns, changed in bulk."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assay.core.errors import NotFound
from assay.core.labels.item_facts import NOTHING_MEASURED, ItemFacts
from assay.core.labels.label_values import Size
from assay.store import db
from assay.store.large_values import Texts, all_stored, text_of
from assay.store.projects.batches import BatchRow
from assay.store.scope import Scope


@dataclass(frozen=True, slots=True)
class NewItem:
    """An accepted row on its way in; `extra` is canonical JSON, `near` its near-duplicate hash.

    `shown` names the copy that people see; it is empty where they see the item's own file.
    """

    ord: int
    key: str
    fingerprint: str
    media: str | None
    text: str | None
    extra: str
    near: bytes | None
    facts: ItemFacts = NOTHING_MEASURED
    shown: str = ""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as the stages see it."""

    id: int
    key: str
    state: str
    is_control: bool
    is_pilot: bool
    stuck: bool
    judged: bool
    near_group: int | None
    label: str
    chance: float
    answers: int
    frozen: str
    decided_at: int
    decided_by: str
    dirty: bool
    parts: str


@dataclass(frozen=True, slots=True)
class BodyRow:
    """What is shown of an item, and what is passed through; `shown` as in `NewItem`."""

    item: int
    key: str
    media: str | None
    text: str | None
    extra: str
    fingerprint: str
    shown: str
    width: int | None
    height: int | None
    orientation: int | None
    pages: int | None

    @property
    def facts(self) -> ItemFacts:
        """What was measured of the item when it was received; a text says its length itself."""
        length = None if self.text is None else len(self.text)
        return ItemFacts(size_of(self.width, self.height), self.orientation, self.pages, length)


MODEL = "model"
"""`decided_by` of an item that models labelled: nobody has looked at it, unless an audit did and agreed."""


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What a step decided about one item."""

    item: int
    state: str
    label: str
    chance: float
    answers: int
    judged: bool
    decided_at: int
    decided_by: str
    parts: str = ""


_COLUMNS = (
    "id, key, state, is_control, is_pilot, stuck, judged, near_group, label, chance, answers, frozen,"
    " decided_at, decided_by, dirty, parts"
)

FACTS = ("width", "height", "orientation", "pages")

_UNSETTLED = "NOT (state = 'settled')"
"""Spelled as in the index of unsettled items: SQLite knows a partial index by its very words."""


def insert_items(batch: BatchRow, items: Sequence[NewItem], *, state: str) -> None:
    """Insert accepted items and their bodies in bulk."""
    db.insert_many(
        "item",
        ("id", "tenant_id", "batch_id", "key", "state", "fingerprint"),
        (
            (batch.first_item + item.ord, batch.tenant_id, batch.id, item.key, state, item.fingerprint)
            for item in items
        ),
    )
    plain = ("item_id", "media", "text", "extra", "near")
    if all(
        item.facts is NOTHING_MEASURED for item in items
    ):  # texts and rows: they say all there is to measure
        rows = ((batch.first_item + item.ord, item.media, item.text, item.extra, item.near) for item in items)
        db.insert_many("item_body", plain, rows)
        return
    db.insert_many(
        "item_body",
        (*plain, "shown", *FACTS),
        (
            (
                *(batch.first_item + item.ord, item.media, item.text, item.extra, item.near, item.shown),
                *(item.facts.size or (None, None)),
                *(item.facts.orientation, item.facts.pages),
            )
            for item in items
        ),
    )


def insert_set_aside(batch: int, found: Iterable[tuple[int, str, str]]) -> None:
    """Keep rejected rows as (line, key or "", reason)."""
    db.insert_many(
        "set_aside",
        ("batch_id", "line", "key", "reason"),
        ((batch, line, key, reason) for line, key, reason in found),
    )


def remove_items(items: Sequence[int]) -> None:
    """Take items out of their batch, with what was wanted for them; what people said stays on record."""
    for part in db.chunks(items):
        for table, column in (
            ("task", "item_id"),
            ("suggestion", "item_id"),
            ("item_body", "item_id"),
            ("item", "id"),
        ):
            condition, values = db.among(column, part)
            db.execute(f"DELETE FROM {table} WHERE {condition}", values)


def list_set_aside(batch: int, *, limit: int = 2**31) -> list[tuple[int, str, str]]:
    """Return the first rejected rows as (line, key, reason), in the order of the source."""
    return [
        (int(line), str(key), str(reason))
        for line, key, reason in db.rows(
            "SELECT line, key, reason FROM set_aside WHERE batch_id = %s ORDER BY line, id LIMIT %s",
            [batch, limit],
        )
    ]


def stream_identities(batch: BatchRow) -> Iterator[list[tuple[str, str]]]:
    """Yield (key, fingerprint) of every item in chunks."""
    for chunk in db.stream(
        "SELECT key, fingerprint FROM item WHERE id BETWEEN %s AND %s ORDER BY id",
        [batch.first_item, batch.last_item],
    ):
        yield [(str(key), str(fingerprint)) for key, fingerprint in chunk]


def all_items(batch: BatchRow) -> list[ItemRow]:
    """Return every item of a batch, by position."""
    return _items("id BETWEEN %s AND %s", [batch.first_item, batch.last_item])


def riskiest_items(batch: BatchRow, count: int) -> list[ItemRow]:
    """Return the items whose labels are least sure, control items left out."""
    return _items(
        "id BETWEEN %s AND %s AND NOT is_control",
        [batch.first_item, batch.last_item],
        order="chance, id",
        limit=count,
    )


def items_at(batch: BatchRow, positions: Sequence[int]) -> list[ItemRow]:
    """Return the items at these positions of a batch in the order given; control items are left out."""
    found = {row.id: row for row in items_by_id([batch.first_item + position for position in positions])}
    rows = (found.get(batch.first_item + position) for position in positions)
    return [row for row in rows if row is not None and not row.is_control]


def dirty_items(batch: int, *, states: Sequence[str], limit: int) -> list[ItemRow]:
    """Return items in these states about which something new is known, by position."""
    marks = ", ".join(["%s"] * len(states))
    return _items(f"batch_id = %s AND dirty AND state IN ({marks})", [batch, *states], limit=limit)


def has_dirty(batch: int, *, states: Sequence[str]) -> bool:
    """Whether `dirty_items` would return any."""
    marks = ", ".join(["%s"] * len(states))
    return (
        db.row(
            f"SELECT 1 FROM item WHERE batch_id = %s AND dirty AND state IN ({marks}) LIMIT 1",
            [batch, *states],
        )
        is not None
    )


def items_in_state(batch: int, state: str, *, limit: int) -> list[ItemRow]:
    """Return unsettled items in one state, by position."""
    return _items(f"batch_id = %s AND {_UNSETTLED} AND state = %s", [batch, state], limit=limit)


def has_state(batch: int, state: str) -> bool:
    """Whether any item of the batch is in this (unsettled) state."""
    found = db.row(
        f"SELECT 1 FROM item WHERE batch_id = %s AND {_UNSETTLED} AND state = %s LIMIT 1", [batch, state]
    )
    return found is not None


def has_unsettled(batch: int, *, pilot_only: bool = False) -> bool:
    """Whether any item (of the pilot) is not settled."""
    pilot = " AND is_pilot" if pilot_only else ""
    return (
        db.row(f"SELECT 1 FROM item WHERE batch_id = %s AND {_UNSETTLED}{pilot} LIMIT 1", [batch]) is not None
    )


def has_ordinary(batch: BatchRow) -> bool:
    """Whether the batch holds any item besides control items."""
    found = db.row(
        "SELECT 1 FROM item WHERE id BETWEEN %s AND %s AND NOT is_control LIMIT 1",
        [batch.first_item, batch.last_item],
    )
    return found is not None


def control_items(batch: int) -> list[ItemRow]:
    """Return the control items, by position."""
    return _items("batch_id = %s AND is_control", [batch])


def known_of_other_batches(project: int, *, but: int) -> list[ItemRow]:
    """Return the control items, and the items that an audit drew, of a project's batches but one, by id."""
    return _items(
        "batch_id IN (SELECT id FROM batch WHERE project_id = %s AND id <> %s) AND label <> '' AND (is_control"
        " OR (judged AND id IN (SELECT a.item_id FROM answer a WHERE a.queue = 'audit' AND a.batch_id = item.batch_id)))",
        [project, but],
    )


def count_by_state(batch: BatchRow) -> dict[str, int]:
    """Return how many items, control items left out, are in each state."""
    return {
        str(state): int(count)
        for state, count in db.rows(
            "SELECT state, COUNT(*) FROM item WHERE id BETWEEN %s AND %s AND NOT is_control"
            " GROUP BY state ORDER BY state",
            [batch.first_item, batch.last_item],
        )
    }


def count_decided(batch: BatchRow, *, by: str) -> int:
    """Return about how many items, control items left out, somebody (`decided_by`) decided."""
    found = db.row(
        "SELECT COUNT(*) FROM item WHERE id BETWEEN %s AND %s AND NOT is_control AND decided_by = %s",
        [batch.first_item, batch.last_item, by],
    )
    return int(found[0]) if found else 0


def items_by_key(batch: int, keys: Sequence[str]) -> dict[str, ItemRow]:
    """Return the items that exist among these keys."""
    found: dict[str, ItemRow] = {}
    for part in db.chunks(keys):
        condition, values = db.among("key", part)
        found |= {item.key: item for item in _items(f"batch_id = %s AND {condition}", [batch, *values])}
    return found


def items_by_id(items: Sequence[int]) -> list[ItemRow]:
    """Return items by their ids, in the order of the ids."""
    found: list[ItemRow] = []
    for part in db.chunks(sorted(items)):
        condition, values = db.among("id", part)
        found += _items(condition, values)
    return found


def body(item: int) -> BodyRow:
    """Return one item's body; raises `NotFound`."""
    found = db.row(BODY + " WHERE b.item_id = %s", [item])
    if found is None:
        raise NotFound(noun="item", key=str(item))
    return BodyRow(*found)


def bodies_of(items: Sequence[int]) -> dict[int, BodyRow]:
    """Return the bodies of items, by item."""
    found: dict[int, BodyRow] = {}
    for part in db.chunks(items):
        condition, values = db.among("b.item_id", part)
        found |= {
            row.item: row for row in (BodyRow(*one) for one in db.rows(f"{BODY} WHERE {condition}", values))
        }
    return found


def save_changes(changes: Sequence[ItemChange]) -> None:
    """Save decisions; the items are clean afterwards."""
    db.change_many(
        "UPDATE item SET state = %s, label = %s, chance = %s, answers = %s, judged = %s, decided_at = %s,"
        " decided_by = %s, parts = %s, dirty = FALSE, stuck = FALSE WHERE id = %s",
        [
            (
                change.state,
                label,
                change.chance,
                change.answers,
                change.judged,
                change.decided_at,
                change.decided_by,
                parts,
                change.item,
            )
            for change, label, parts in zip(
                changes,
                all_stored([(change.item, change.label) for change in changes]),
                all_stored([(change.item, change.parts) for change in changes]),
                strict=True,
            )
        ],
    )


def rename_labels(found: Sequence[tuple[int, str]]) -> None:
    """Give items their label as (item, label) in other words; in which order its objects stand may change with them."""
    db.change_many(
        "UPDATE item SET label = %s, parts = '' WHERE id = %s",
        [(label, item) for (item, _), label in zip(found, all_stored(found), strict=True)],
    )


def mark_dirty(items: Sequence[int], *, stuck: bool = False) -> None:
    """Say that something new is known about items (`stuck`: nobody is left who could answer).

    Control items with a known label are never reconsidered: they teach about people only.
    """
    extra = ", stuck = TRUE" if stuck else ""
    db.change_many(
        f"UPDATE item SET dirty = TRUE{extra} WHERE id = %s AND NOT (is_control AND label <> '')",
        [(item,) for item in items],
    )


def clear_dirty(items: Sequence[int]) -> None:
    """Say that items were looked at and nothing changes."""
    db.change_many("UPDATE item SET dirty = FALSE, stuck = FALSE WHERE id = %s", [(item,) for item in items])


def open_items(items: Sequence[int], *, state: str) -> None:
    """Put waiting items into the state in which they are first worked on."""
    db.change_many(
        "UPDATE item SET state = %s WHERE id = %s AND state = 'waiting'", [(state, i) for i in items]
    )


def choose_pilot(items: Sequence[int]) -> None:
    """Mark the items of the pilot."""
    db.change_many("UPDATE item SET is_pilot = TRUE WHERE id = %s", [(item,) for item in items])


def make_controls(known: Sequence[tuple[int, str, str]]) -> None:
    """Mark control items as (item, known label or "", state)."""
    db.change_many(
        "UPDATE item SET is_control = TRUE, label = %s, chance = CASE WHEN %s = '' THEN 0 ELSE 1 END,"
        " state = %s, judged = TRUE, decided_by = 'known' WHERE id = %s",
        [
            (label, label, state, item)
            for (item, _, state), label in zip(
                known, all_stored([(item, label) for item, label, _ in known]), strict=True
            )
        ],
    )


def freeze_labels(batch: BatchRow) -> None:
    """Copy every delivered item's label into `frozen`, in one statement."""
    db.execute(
        "UPDATE item SET frozen = label WHERE id BETWEEN %s AND %s AND NOT is_control",
        [batch.first_item, batch.last_item],
    )


def frozen_labels(batch: BatchRow) -> dict[str, str]:
    """Return the frozen label of each of the N items, by key."""
    return {
        str(key): text_of(batch.id, label)
        for key, label in db.rows(
            "SELECT key, frozen FROM item WHERE id BETWEEN %s AND %s AND NOT is_control ORDER BY id",
            [batch.first_item, batch.last_item],
        )
    }


def bodies(batch: BatchRow, *, after: int, limit: int) -> list[BodyRow]:
    """Return the next items' bodies after an item id."""
    found = db.rows(
        BODY + " WHERE b.item_id BETWEEN %s AND %s ORDER BY b.item_id LIMIT %s",
        [max(batch.first_item, after + 1), batch.last_item, limit],
    )
    return [BodyRow(*row) for row in found]


def item_scope(scope: Scope, item: int) -> bool:
    """Whether an item belongs to the tenant of the scope."""
    return db.row("SELECT 1 FROM item WHERE id = %s AND tenant_id = %s", [item, scope.tenant]) is not None


BODY = (
    "SELECT b.item_id, i.key, b.media, b.text, b.extra, i.fingerprint, b.shown, b.width, b.height,"
    " b.orientation, b.pages FROM item_body b JOIN item i ON i.id = b.item_id"
)


def size_of(width: int | None, height: int | None) -> Size | None:
    """Return a width and a height as a size, None where one of them is unknown."""
    return None if width is None or height is None else (width, height)


def _items(
    condition: str, values: Sequence[object], *, order: str = "id", limit: int | None = None
) -> list[ItemRow]:
    end = "" if limit is None else f" LIMIT {int(limit)}"
    found = db.rows(f"SELECT {_COLUMNS} FROM item WHERE {condition} ORDER BY {order}{end}", values)
    texts = Texts()
    return [_item(row, texts) for row in found]


def _item(row: db.Row, texts: Texts) -> ItemRow:
    number = row[0]
    values: list[Any] = [
        *(*row[:3], *(bool(flag) for flag in row[3:7]), row[7]),
        *(texts.of_item(number, row[8]), *row[9:11], texts.of_item(number, row[11])),
        *(*row[12:14], bool(row[14]), texts.of_item(number, row[15])),
    ]
    return ItemRow(*values)
