"""What is kept how long."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assay.entry.web.page_access import clock, page
from assay.service.access.permissions import Actor
from assay.service.upkeep.what_is_kept import what_is_kept


@page
def retention(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the schedule."""
    return render(request, "admin_pages/retention.html", {"kept": what_is_kept(actor, now=clock())})
