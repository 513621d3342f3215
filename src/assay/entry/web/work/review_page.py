"""A reviewer's queue: what needs judgement, riskiest first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from assay.entry.web.page_access import clock, page
from assay.service.access.permissions import Actor
from assay.service.labelling.review_queue import review_queue


@require_GET
@page
def queue(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the queue."""
    return render(request, "review/queue.html", {"queue": review_queue(actor, now=clock())})
