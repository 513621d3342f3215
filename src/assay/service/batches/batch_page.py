"""One batch as its requester sees it, its certificate as something to frame, and the figures of its charts."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.core.errors import NotFound
from assay.core.ids import canonical
from assay.core.labels.label_values import label_names
from assay.core.project import lifecycle
from assay.core.quality.certificate import Certificate
from assay.service import figures_in_words
from assay.service.access.permissions import Actor, may, require
from assay.service.access.refuse_own_work import refuse_to_read_own_batch
from assay.service.batches.autopilot_decisions_as_shown import Decided, decided_about
from assay.service.batches.batch_figures import BatchFigures, batch_figures
from assay.service.batches.gallery import EDGES
from assay.service.batches.item_page import ShownRemark
from assay.service.delivery.documents.certificate_page import CertificateWords, words_of
from assay.service.delivery.supplements.further_formats import FurtherFormats, further_formats
from assay.service.delivery.write_delivery import CERTIFICATE
from assay.service.quality.approved_price_left import approved_price_left
from assay.service.quality.proven_quality import proven
from assay.service.working_set.stored_project import work_constants
from assay.store.items import item_gallery, items
from assay.store.projects.batches import batch_by_name
from assay.store.projects.projects import project_of_batch

MOST_COUNTED: Final = 20_000
"""Labels that a chart counts: all of smaller batches, the riskiest of larger ones."""
MOST_REMARKS: Final = 20
MOST_SET_ASIDE: Final = 100
"""Rows set aside that the page names; the delivery has a file of all."""
_NO_SIGNATURE: Final = {"algorithm": "", "fingerprint": "", "value": "", "public_key": ""}


@dataclass(frozen=True, slots=True)
class SetAsideRow:
    """A received row that is no item: its line, or 0 where it was taken first; its id, and why."""

    line: int
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class BatchPage:
    """Everything that a batch's page shows beside its gallery; of the rows set aside, the first.

    `further` are formats beside those of the delivery, once there is one.
    """

    figures: BatchFigures
    set_aside: Sequence[SetAsideRow]
    sentence: str
    remarks: Sequence[ShownRemark]
    decided: Sequence[Decided]
    may_review: bool
    further: FurtherFormats | None
    may_ask: bool


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """A certificate, its words, and its signature, which is "" until it is delivered.

    `statement` is what is signed, as canonical JSON.
    """

    certificate: Certificate
    words: CertificateWords
    statement: str
    algorithm: str
    fingerprint: str
    signature: str
    public_key: str


@dataclass(frozen=True, slots=True)
class LabelCount:
    """How many items say this label, or how many objects carry it."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class BatchCharts:
    """The figures of the charts: answers and cents per day, items per risk band, labels so far.

    The price is what is expected in the end; None before there is a plan.
    """

    days: Sequence[item_gallery.DayCount]
    bands: Sequence[tuple[str, int]]
    labels: Sequence[LabelCount]
    counted: int
    currency: str
    price_mid: float | None
    budget: int | None


def batch_page(actor: Actor, *, batch: str, now: int) -> BatchPage:
    """Return a batch's page; raises `NotFound` also for a batch outside the scope."""
    require(actor, "see projects", now=now)
    row = batch_by_name(actor.scope, batch)
    figures = batch_figures(project_of_batch(actor.scope, row.id), row)
    return BatchPage(
        figures=figures,
        set_aside=[SetAsideRow(*one) for one in items.list_set_aside(row.id, limit=MOST_SET_ASIDE)],
        sentence=sentence_of(figures),
        remarks=[
            ShownRemark(comment=comment, region=None, who=role, at=at)
            for comment, role, at in item_gallery.remarks_on_batch(row.id, limit=MOST_REMARKS)
        ],
        decided=decided_about(actor, [batch], limit=30),
        may_review=row.status == lifecycle.READY_FOR_REVIEW and may(actor, "accept a batch"),
        further=further_formats(actor, row) if row.status == lifecycle.DATA_DELIVERED else None,
        may_ask=may(actor, "ask for formats"),
    )


def certificate_page(actor: Actor, *, batch: str, now: int) -> CertificatePage:
    """Return a batch's certificate; raises `NotFound` where nothing is proven yet."""
    require(actor, "see projects", now=now)
    row = batch_by_name(actor.scope, batch)
    found = proven(project_of_batch(actor.scope, row.id), row)
    if found is None:
        raise NotFound(noun="certificate of the batch", key=batch)
    statement, signature = found.statement(), _NO_SIGNATURE
    written = Path(row.folder) / CERTIFICATE
    if row.folder and written.is_file():
        whole = json.loads(written.read_text(encoding="utf-8"))
        statement, signature = whole["statement"], whole["signature"]
    return CertificatePage(
        certificate=found,
        words=words_of(found),
        statement=canonical(statement).decode(),
        algorithm=signature["algorithm"],
        fingerprint=signature["fingerprint"],
        signature=signature["value"],
        public_key=signature["public_key"],
    )


def batch_charts(actor: Actor, *, batch: str, now: int) -> BatchCharts:
    """Return what the charts of a batch draw."""
    require(actor, "see projects", now=now)
    row = batch_by_name(actor.scope, batch)
    refuse_to_read_own_batch(actor, row, verb="see how labels are spread", now=now)
    project = project_of_batch(actor.scope, row.id)
    intake, task = work_constants(project.id, project.intake_digest, project.tenant, project.version)
    names: dict[str, int] = dict.fromkeys(intake.schema.names, 0)
    counted = 0
    for label, count in item_gallery.label_counts(row.id, most=MOST_COUNTED):
        counted += count
        for name in label_names(task.parse(label, schema=intake.schema)) if label else ():
            names[name] = names.get(name, 0) + count
    plan = json.loads(project.plan)["price"] if project.plan else None
    edges = [
        f"{figures_in_words.share(low)} to {figures_in_words.share(min(high, 1.0))}"
        for low, high in itertools.pairwise(EDGES)
    ]
    return BatchCharts(
        days=item_gallery.answers_by_day(row),
        bands=list(zip(edges, item_gallery.risk_bands(row.id, EDGES), strict=True)),
        labels=[LabelCount(label, count) for label, count in sorted(names.items(), key=lambda one: -one[1])],
        counted=counted,
        currency=intake.money.currency,
        price_mid=None if plan is None else float(plan["mid"]),
        budget=approved_price_left(project, intake),
    )


def sentence_of(found: BatchFigures) -> str:
    """Return where a batch stands in one sentence."""
    items = figures_in_words.many(found.total, "item")
    right = (
        "" if found.proven is None else f", at least {figures_in_words.at_least(found.proven.right)} right"
    )
    said = {
        lifecycle.READY_FOR_REVIEW: f"Ready for your review: {items}{right}",
        lifecycle.DATA_DELIVERED: f"Delivered: {items}{right}",
        lifecycle.ACCEPTED: f"Accepted: {items}{right}; the delivery is being written",
        lifecycle.READY_FOR_DELIVERY: f"Accepted: {items}{right}; the delivery is being written",
        lifecycle.DATA_TRANSFER_FAILED: f"The data could not be received: {found.reason}",
        lifecycle.PAUSED: f"Paused: {found.reason or 'it waits for a decision'}",
        lifecycle.SENT_FOR_REWORK: f"Sent for rework: {found.completed:,} of {items} settled",
        lifecycle.IN_PROGRESS: f"Under way: {found.completed:,} of {items} settled",
    }
    received = f"Being received and planned: {figures_in_words.many(found.received, 'row')} so far"
    return said.get(found.status, received)
