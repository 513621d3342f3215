"""What is kept how long."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assay.entry.web.access import clock, page
from assay.service.permissions import Actor
from assay.service.reads.retention import what_is_kept


@page
def retention(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the schedule."""
    return render(request, "admin_pages/retention.html", {"kept": what_is_kept(actor, now=clock())})
