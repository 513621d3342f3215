"""Items as they are delivered: streamed by position, few at a time where what they say is large."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from assay.core.labels.label_values import Size
from assay.store import db
from assay.store.items.items import size_of
from assay.store.large_values import MARK, Texts
from assay.store.projects.batches import BatchRow

AT_ONCE: Final = 1 << 25
"""Characters of large labels that one chunk holds, or one item."""


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One item as it is delivered."""

    item: int
    key: str
    media: str | None
    text: str | None
    extra: str
    label: str
    chance: float
    is_control: bool
    decided_at: int
    decided_by: str
    frozen: str
    fingerprint: str
    parts: str
    width: int | None
    height: int | None

    @property
    def size(self) -> Size | None:
        """A picture's width and height in pixels as people see it, where they are known."""
        return size_of(self.width, self.height)


def stream_delivery(batch: BatchRow) -> Iterator[list[DeliveryRow]]:
    """Yield every item with its label and what is passed through, in chunks, by position."""
    for chunk in db.stream(
        "SELECT i.id, i.key, b.media, b.text, b.extra, i.label, i.chance, i.is_control, i.decided_at,"
        " i.decided_by, i.frozen, i.fingerprint, i.parts, b.width, b.height FROM item i JOIN item_body b ON b.item_id = i.id"
        " WHERE i.id BETWEEN %s AND %s ORDER BY i.id",
        [batch.first_item, batch.last_item],
    ):
        if any(MARK[0] in (row[5][:1], row[10][:1], row[12][:1]) for row in chunk):
            yield from _with_large_values(chunk)
        else:
            yield [DeliveryRow(*row) for row in chunk]


def _with_large_values(chunk: list[db.Row]) -> Iterator[list[DeliveryRow]]:
    """Yield items in pieces, with the texts of labels, frozen labels and parts that lie beside their rows."""
    piece: list[DeliveryRow] = []
    texts, held = Texts(), 0
    for row in chunk:
        label, frozen, parts = (texts.of_item(row[0], row[place]) for place in (5, 10, 12))
        values: list[Any] = [*row[:5], label, *row[6:10], frozen, row[11], parts, *row[13:]]
        piece.append(DeliveryRow(*values))
        held += len(label) + len(parts)
        if held >= AT_ONCE:
            yield piece
            piece, texts, held = [], Texts(), 0
    if piece:
        yield piece


def stream_keys(batch: BatchRow) -> Iterator[tuple[str, bool]]:
    """Yield the id of every labelled item, and whether it is a control item, by position."""
    for chunk in db.stream(
        "SELECT key, is_control FROM item WHERE id BETWEEN %s AND %s AND label <> '' ORDER BY id",
        [batch.first_item, batch.last_item],
    ):
        for key, control in chunk:
            yield key, bool(control)
