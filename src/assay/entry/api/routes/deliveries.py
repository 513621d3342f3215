"""Deliveries: listed, looked at, and downloaded, whole or file by file."""

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from ninja import Path, Query, Router

from assay.entry.api.cursor_paging import cursor_of, values_of
from assay.entry.api.shapes.base import Problem
from assay.entry.api.shapes.deliveries import Deliveries, Delivery, DeliveryListed, delivery_of
from assay.entry.api.shapes.texts import Key, Name, PageQuery
from assay.entry.api.who_calls import actor_of, clock
from assay.service.access.request_limits import count_export
from assay.service.delivery import deliveries
from assay.service.delivery.download_delivery import Download, download_archive, download_file

router = Router(tags=["deliveries"])
PROBLEMS = frozenset({401, 403, 404, 409, 422, 429})


def _file_of(kind: str) -> dict[str, Any]:
    return {"responses": {200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}}}}}}


@router.get("", response={200: Deliveries, PROBLEMS: Problem}, summary="Deliveries")
def list_deliveries(request: HttpRequest, wanted: Query[PageQuery]) -> Deliveries:
    """Return the deliveries of the caller's scope, newest first."""
    place = values_of(wanted.cursor, int)
    before = 2**62 if place is None else int(place[0])
    lines, after = deliveries.list_deliveries(
        actor_of(request), before=before, limit=wanted.limit, now=clock()
    )
    return Deliveries(
        deliveries=[DeliveryListed.of(one) for one in lines], next=None if after is None else cursor_of(after)
    )


@router.get("/{batch}", response={200: Delivery, PROBLEMS: Problem}, summary="A delivery")
def get_delivery(request: HttpRequest, batch: Path[Name]) -> Delivery:
    """Return a delivery's files with their sizes and digests."""
    return delivery_of(deliveries.show_delivery(actor_of(request), batch=batch, now=clock()))


@router.get(
    "/{batch}/archive",
    response={200: None, PROBLEMS: Problem},
    summary="Download a delivery as ZIP",
    openapi_extra=_file_of("application/zip"),
)
def get_archive(request: HttpRequest, batch: Path[Name]) -> object:
    """Send a whole delivery as a ZIP archive that is made while it is sent; each download is an event."""
    actor = actor_of(request)
    count_export(actor, now=clock())
    return _sent(download_archive(actor, batch=batch, now=clock()))


@router.get(
    "/{batch}/files/{path:name}",
    response={200: None, PROBLEMS: Problem},
    summary="Download one file",
    openapi_extra=_file_of("application/octet-stream"),
)
def get_file(request: HttpRequest, batch: Path[Name], name: Path[Key]) -> object:
    """Send one file of a delivery as an attachment; each download is an event."""
    actor = actor_of(request)
    count_export(actor, now=clock())
    return _sent(download_file(actor, batch=batch, name=name, now=clock()))


def _sent(found: Download) -> StreamingHttpResponse:
    response = StreamingHttpResponse(found.chunks, content_type=found.type)
    response.headers["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if found.size is not None:
        response.headers["Content-Length"] = str(found.size)
    return response
