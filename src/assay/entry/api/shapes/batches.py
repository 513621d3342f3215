"""Shapes of batches: figures, items in review, certificate."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from assay.entry.api.cursor_paging import Cursor, Limit
from assay.entry.api.shapes.base import Shape
from assay.entry.api.shapes.texts import Comment, Key, Word
from assay.service.batches import batch_figures, item_page
from assay.service.batches.batch_summary import BatchSummary
from assay.service.batches.gallery import ItemsPage, ShownItem


class StateCount(Shape, shows=batch_figures.StateCount):
    """So many items in one state."""


class Quality(Shape, shows=batch_figures.QualitySoFar):
    """The share right that is expected of the settled items, with a 95 % interval."""


class Proven(Shape, shows=batch_figures.Proven, without={"issued_at"}):
    """What the certificate says, in short: `right` is the proven lower bound."""


class Batch(Shape, shows=batch_figures.BatchFigures):
    """A batch; counts leave control items out, money is in cents."""


class Summary(Shape, shows=BatchSummary, without={"folder"}):
    """Everything that `assay summary` says of a batch."""


class Accept(Shape):
    """Nothing needs to be said to accept a batch."""


class RejectRemark(Shape):
    """A remark about an item, or about the whole batch where `item` is None."""

    item: Key | None = None
    comment: Comment


class Reject(Shape):
    """Why a batch is rejected: items that remarks name are worked on again; a remark without an item names all."""

    remarks: list[RejectRemark] = Field(min_length=1, max_length=10_000)


class Moved(Shape):
    """Where a batch stands now."""

    batch: str
    status: str


class Region(Shape):
    """A rectangle of a picture in pixels, or a stretch of a text in code points."""

    left: float | None = Field(default=None, ge=0, le=1e7, allow_inf_nan=False)
    top: float | None = Field(default=None, ge=0, le=1e7, allow_inf_nan=False)
    width: float | None = Field(default=None, ge=0, le=1e7, allow_inf_nan=False)
    height: float | None = Field(default=None, ge=0, le=1e7, allow_inf_nan=False)
    start: int | None = Field(default=None, ge=0, lt=2**31)
    end: int | None = Field(default=None, ge=0, lt=2**31)


class ItemRemark(Shape):
    """What is said about an item."""

    comment: Comment
    region: Region | None = None


class ItemsQuery(Shape):
    """Which items: `risk` is a band, `search` an id or its beginning, `disputed` how many answers oppose the label."""

    state: Literal["settled", "waiting", "labelling", "checking", "peer review", "expert review"] = "settled"
    label: Word = ""
    risk: Literal["", "high", "middle", "low"] = ""
    decided_by: Literal["", "people", "model", "peers", "expert", "audit"] = ""
    search: Word = ""
    disputed: Literal["", "some", "third", "half"] = ""
    limit: Limit = 50
    cursor: Cursor = None


class BatchItem(Shape, shows=ShownItem, without={"id"}):
    """An item in review; `label` is a JSON value, `media` a link that lives ten minutes."""


class Items(Shape, shows=ItemsPage, without={"labels", "task", "by_dispute"}):
    """One page of items; `whole` is False where the look ended before the list did: `next` goes on from there."""


class Answer(Shape, shows=item_page.ShownAnswer):
    """One answer without its giver."""


class Remark(Shape, shows=item_page.ShownRemark):
    """What somebody said about an item."""


class ItemDetail(Shape):
    """One item with its answers and remarks; `corrected` is the frozen label that the audit corrected."""

    item: BatchItem
    text: str | None
    extra: dict[str, Any]
    answers: list[Answer]
    remarks: list[Remark]
    decided_at: datetime | None
    corrected: Any


class Signature(Shape):
    """The signature of a delivered certificate."""

    algorithm: str
    public_key: str
    fingerprint: str
    value: str


class Certificate(Shape):
    """A certificate's statement, and its signature once it is delivered."""

    statement: dict[str, Any]
    signature: Signature | None
    sentence: str


def detail_of(found: item_page.ItemPage) -> ItemDetail:
    """Return the shape of one item."""
    return ItemDetail.of(found, text=found.whole_text)
