"""Batches: looked at item by item, accepted or rejected, and their certificates."""

import json

from django.http import HttpRequest
from ninja import Path, Query, Router

from assay.entry.api.idempotency_keys import once
from assay.entry.api.shapes.base import Problem
from assay.entry.api.shapes.batches import (
    Accept,
    Batch,
    Certificate,
    ItemDetail,
    ItemRemark,
    Items,
    ItemsQuery,
    Moved,
    Reject,
    Signature,
    Summary,
    detail_of,
)
from assay.entry.api.shapes.deliveries import AskForFormats, Supplement, Supplements
from assay.entry.api.shapes.texts import Key, Name
from assay.entry.api.who_calls import actor_of, clock
from assay.service.batches.accept_batch import accept_batch
from assay.service.batches.batch_page import batch_page, certificate_page
from assay.service.batches.batch_summary import batch_summary
from assay.service.batches.comment_item import comment_item
from assay.service.batches.gallery import ItemsWanted, items_page
from assay.service.batches.item_page import item_page
from assay.service.batches.reject_batch import Remark, reject_batch
from assay.service.delivery.supplements import further_formats
from assay.service.delivery.supplements.ask_for_formats import ask_for_formats
from assay.service.installation import this_installation

router = Router(tags=["batches"])
PROBLEMS = frozenset({401, 403, 404, 409, 422, 429})


@router.get("/{batch}", response={200: Batch, PROBLEMS: Problem}, summary="A batch")
def get_batch(request: HttpRequest, batch: Path[Name]) -> Batch:
    """Return a batch's counts, quality so far, cost, and what is proven."""
    return Batch.of(batch_page(actor_of(request), batch=batch, now=clock()).figures)


@router.get("/{batch}/summary", response={200: Summary, PROBLEMS: Problem}, summary="A batch's summary")
def get_summary(request: HttpRequest, batch: Path[Name]) -> Summary:
    """Return everything that `assay summary` says of a batch."""
    return Summary.of(batch_summary(actor_of(request), batch=batch, now=clock()))


@router.post("/{batch}/accept", response={200: Moved, PROBLEMS: Problem}, summary="Accept a batch")
def post_accept(request: HttpRequest, batch: Path[Name], said: Accept) -> object:
    """Accept a batch that is ready for review; it is delivered next. This cannot be undone."""
    del said
    actor = actor_of(request)

    def work() -> Moved:
        found = accept_batch(actor, batch=batch, now=clock())
        return Moved(batch=found.name, status=found.status)

    return once(request, work)


@router.post(
    "/{batch}/reject", response={200: Moved, PROBLEMS: Problem}, summary="Reject a batch, in whole or in part"
)
def post_reject(request: HttpRequest, batch: Path[Name], said: Reject) -> object:
    """Send back exactly the items that remarks name, or, with a remark that names none, all of them."""
    actor = actor_of(request)

    def work() -> Moved:
        found = reject_batch(
            actor,
            batch=batch,
            remarks=[Remark(key=one.item, comment=one.comment) for one in said.remarks],
            now=clock(),
        )
        return Moved(batch=found.name, status=found.status)

    return once(request, work)


@router.get(
    "/{batch}/certificate", response={200: Certificate, PROBLEMS: Problem}, summary="A batch's certificate"
)
def get_certificate(request: HttpRequest, batch: Path[Name]) -> Certificate:
    """Return the statement of what is proven; it is signed once the batch is delivered."""
    found = certificate_page(actor_of(request), batch=batch, now=clock())
    return Certificate(
        statement=json.loads(found.statement),
        signature=None
        if not found.signature
        else Signature(
            algorithm=found.algorithm,
            public_key=found.public_key,
            fingerprint=found.fingerprint,
            value=found.signature,
        ),
        sentence=found.words.sentence,
    )


@router.get(
    "/{batch}/supplements",
    response={200: Supplements, PROBLEMS: Problem},
    summary="Further formats of a delivered batch",
)
def list_supplements(request: HttpRequest, batch: Path[Name]) -> Supplements:
    """Return the supplements of a delivered batch: further formats, and how far each has come."""
    found = further_formats.list_supplements(actor_of(request), batch=batch, now=clock())
    return Supplements(supplements=[Supplement.of(one) for one in found])


@router.post(
    "/{batch}/supplements",
    response={201: Supplement, PROBLEMS: Problem},
    summary="Ask for a delivered batch in further formats",
)
def post_supplement(request: HttpRequest, batch: Path[Name], said: AskForFormats) -> object:
    """Ask for formats; they are written beside the delivery. What one supplement holds already is that supplement."""
    actor = actor_of(request)

    def work() -> Supplement:
        installation = this_installation().of(actor.scope)
        return Supplement.of(
            ask_for_formats(installation, actor, batch=batch, formats=said.formats, now=clock())
        )

    return once(request, work, status=201)


@router.get("/{batch}/items", response={200: Items, PROBLEMS: Problem}, summary="A batch's items")
def list_items(
    request: HttpRequest,
    batch: Path[Name],
    wanted: Query[ItemsQuery],
) -> Items:
    """Return items, settled ones riskiest first; `search` is an id or its beginning."""
    return Items.of(
        items_page(
            actor_of(request),
            batch=batch,
            wanted=ItemsWanted(
                state=wanted.state,
                label=wanted.label,
                band=wanted.risk,
                decided_by=wanted.decided_by,
                search=wanted.search,
                disputed=wanted.disputed,
            ),
            after=wanted.cursor,
            limit=wanted.limit,
            now=clock(),
        )
    )


@router.get("/{batch}/items/{path:key}", response={200: ItemDetail, PROBLEMS: Problem}, summary="One item")
def get_item(request: HttpRequest, batch: Path[Name], key: Path[Key]) -> ItemDetail:
    """Return an item with its answers, without their givers, and what was said about it."""
    return detail_of(item_page(actor_of(request), batch=batch, key=key, now=clock()))


@router.post(
    "/{batch}/items/{path:key}", response={201: ItemDetail, PROBLEMS: Problem}, summary="Remark on an item"
)
def post_remark(request: HttpRequest, batch: Path[Name], key: Path[Key], said: ItemRemark) -> object:
    """Say something about an item or a region of it; it changes nothing but what reviewers read."""
    actor, now = actor_of(request), clock()

    def work() -> ItemDetail:
        region = None if said.region is None else said.region.model_dump(exclude_none=True)
        comment_item(actor, batch=batch, key=key, comment=said.comment, region=region or None, now=now)
        return detail_of(item_page(actor, batch=batch, key=key, now=now))

    return once(request, work, status=201)
