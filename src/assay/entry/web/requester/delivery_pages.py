"""Deliveries: the list, and the files of one. Downloads go through the API, which counts them (SEC-10)."""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assay.entry.web.page_access import clock, page
from assay.service.access.permissions import Actor, may
from assay.service.delivery.deliveries import list_deliveries, show_delivery

PAGE = 25


@page
def deliveries(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the deliveries of the actor's scope."""
    before = request.GET.get("before", "")
    place = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else 2**62
    lines, following = list_deliveries(actor, before=place, limit=PAGE, now=clock())
    return render(
        request,
        "deliveries/list.html",
        {"lines": lines, "next": following, "first": not before},
    )


@page
def delivery(request: HttpRequest, actor: Actor, batch: str) -> HttpResponse:
    """Show the files of a delivery."""
    found = show_delivery(actor, batch=batch, now=clock())
    return render(
        request,
        "deliveries/delivery.html",
        {
            "found": found,
            "files": [(one, quote(one.name)) for one in found.files],
            "may_download": may(actor, "download a delivery"),
        },
    )
