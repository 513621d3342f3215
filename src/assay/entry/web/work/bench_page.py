"""The bench: an empty page on which the tool draws itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assay.entry.web.page_access import clock, page
from assay.service.access.permissions import Actor
from assay.service.installation import this_installation
from assay.service.labelling.bench import bench_set_up


@page
def bench(request: HttpRequest, actor: Actor, batch: str) -> HttpResponse:
    """Show the bench for a batch that the actor works on."""
    found = bench_set_up(this_installation().of(actor.scope), actor, batch=batch, now=clock())
    return render(request, "bench.html", {"bench": found})
