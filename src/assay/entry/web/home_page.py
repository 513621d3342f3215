"""Home: the first page of somebody's roles."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from assay.entry.web.page_access import page
from assay.entry.web.page_frame import links_of
from assay.service.access.permissions import Actor


@page
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Go to the first page of the actor's roles; without any there is a page that says so."""
    links = links_of(actor.roles)
    return redirect(links[0].address) if links else render(request, "home_empty.html")
