"""The access table: who may do what, straight from the permissions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assay.entry.web.access import clock, page
from assay.entry.web.forms import ROLE_WORDS
from assay.service.permissions import Actor
from assay.service.reads.access_table import access_table


@page
def access(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the table."""
    context = {"table": access_table(actor, now=clock()), "role_words": ROLE_WORDS}
    return render(request, "admin_pages/access.html", context)
