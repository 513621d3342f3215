"""The access table: who may do what, straight from the permissions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assay.entry.web.account.account_forms import ROLE_WORDS
from assay.entry.web.page_access import clock, page
from assay.service.access.access_table_as_shown import access_table
from assay.service.access.permissions import Actor


@page
def access(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the table."""
    context = {"table": access_table(actor, now=clock()), "role_words": ROLE_WORDS}
    return render(request, "admin_pages/access.html", context)
