"""Shapes of batches: figures, items in review, certificate."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from assay.entry.api.paging import Cursor, Limit
from assay.entry.api.shapes.base import Shape, moment
from assay.entry.api.shapes.texts import Comment, Key, Word
from assay.service.reads.batch_figures import BatchFigures
from assay.service.reads.batch_summary import BatchSummary
from assay.service.reads.gallery import ItemsPage, ShownItem
from assay.service.reads.item_page import ItemPage


class StateCount(Shape):
    """So many items in one state."""

    state: str
    count: int


class Quality(Shape):
    """The share right that is expected of the settled items, with a 95 % interval."""

    expected: float
    low: float
    high: float


class Proven(Shape):
    """What the certificate says, in short: `right` is the proven lower bound."""

    certified: bool
    right: float
    sample: int
    errors: int
    attempt: int
    workforce: str


class Batch(Shape):
    """A batch; counts leave control items out, money is in cents."""

    batch: str
    project: str
    status: str
    reason: str
    task: str
    created_at: datetime | None
    received: int
    total: int
    completed: int
    automatic: int
    remaining: int
    failed: int
    to_review: int
    with_feedback: int
    control_items: int
    states: list[StateCount]
    quality: Quality | None
    target: float
    confidence: float
    currency: str
    spent: int
    proven: Proven | None
    attempt: int
    waits_for: str
    delivered: bool


class Summary(Shape):
    """Everything that `assay summary` says of a batch."""

    project: str
    project_status: str
    batch: str
    batch_status: str
    task: str
    workforce: str
    received: int
    total: int
    completed: int
    remaining: int
    failed: int
    to_review: int
    control_items: int
    automatic: int
    answers: int
    answers_per_item: float
    expert_judgements: int
    audit_judgements: int
    currency: str
    spent: int
    price_low: float | None
    price_mid: float | None
    price_high: float | None
    target_right: float
    confidence: float
    certified: bool
    certified_bound: float | None
    process_bound: float | None
    audit_sample: int
    errors_found: int
    attempt: int
    reason: str
    waits_for: str


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


class BatchItem(Shape):
    """An item in review; `label` is a JSON value, `media` a link that lives ten minutes."""

    key: str
    state: str
    media: str | None
    text: str | None
    label: Any
    words: str
    risk: float | None
    answers: int
    decided_by: str
    remarks: int


class Items(Shape):
    """One page of items; `whole` is False where the look ended before the list did: `next` goes on from there."""

    items: list[BatchItem]
    next: str | None
    whole: bool


class Answer(Shape):
    """One answer without its giver."""

    who: str
    label: Any
    words: str
    queue: str
    at: datetime | None


class Remark(Shape):
    """What somebody said about an item."""

    comment: str
    region: dict[str, Any] | None
    who: str
    at: datetime | None


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


def batch_of(found: BatchFigures) -> Batch:
    """Return the shape of a batch."""
    return Batch(
        batch=found.batch,
        project=found.project,
        status=found.status,
        reason=found.reason,
        task=found.task,
        created_at=moment(found.created_at),
        received=found.received,
        total=found.total,
        completed=found.completed,
        automatic=found.automatic,
        remaining=found.remaining,
        failed=found.failed,
        to_review=found.to_review,
        with_feedback=found.with_feedback,
        control_items=found.controls,
        states=[StateCount(state=one.state, count=one.count) for one in found.states],
        quality=None
        if found.quality is None
        else Quality(expected=found.quality.expected, low=found.quality.low, high=found.quality.high),
        target=found.target,
        confidence=found.confidence,
        currency=found.currency,
        spent=found.spent,
        proven=None
        if found.proven is None
        else Proven(
            certified=found.proven.certified,
            right=found.proven.right,
            sample=found.proven.sample,
            errors=found.proven.errors,
            attempt=found.proven.attempt,
            workforce=found.proven.workforce,
        ),
        attempt=found.attempt,
        waits_for=found.waits_for,
        delivered=found.delivered,
    )


def summary_of(found: BatchSummary) -> Summary:
    """Return the shape of a summary; where the delivery lies on the server is not told."""
    return Summary(**{name: getattr(found, name) for name in Summary.model_fields})


def item_of(found: ShownItem) -> BatchItem:
    """Return the shape of an item."""
    return BatchItem(
        key=found.key,
        state=found.state,
        media=found.media,
        text=found.text,
        label=found.label,
        words=found.words,
        risk=found.risk,
        answers=found.answers,
        decided_by=found.decided_by,
        remarks=found.remarks,
    )


def items_of(found: ItemsPage) -> Items:
    """Return the shape of a page of items."""
    return Items(items=[item_of(one) for one in found.items], next=found.next, whole=found.whole)


def detail_of(found: ItemPage) -> ItemDetail:
    """Return the shape of one item."""
    return ItemDetail(
        item=item_of(found.item),
        text=found.whole_text,
        extra=dict(found.extra),
        answers=[
            Answer(who=one.who, label=one.label, words=one.words, queue=one.queue, at=moment(one.at))
            for one in found.answers
        ],
        remarks=[
            Remark(
                comment=one.comment,
                region=None if one.region is None else dict(one.region),
                who=one.who,
                at=moment(one.at),
            )
            for one in found.remarks
        ],
        decided_at=moment(found.decided_at),
        corrected=found.corrected,
    )
