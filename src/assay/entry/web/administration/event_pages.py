"""The audit trail in the browser: filtered, paged by id, exported, verified."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from assay.entry.web.administration.administration_forms import EventForm
from assay.entry.web.page_access import clock, page
from assay.service.access.permissions import Actor, may
from assay.service.installation import this_installation
from assay.service.trail.checkpoints import see_chain
from assay.service.trail.event_log import PAGE, EventFilter, find_events, known_verbs, see_event
from assay.service.trail.export_events import export_events
from assay.service.trail.verify_audit import verify_audit

MOST_ON_PAGE: Final = 300_000
"""Events up to which a page verifies while somebody waits; beyond that the command line does."""


@page
def events(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show a page of events."""
    form = EventForm(request.GET)
    wanted = filter_of(form)
    given = request.GET.get("before", "")
    before = min(int(given), 2**62) if given.isdecimal() and len(given) < 20 else None
    found = find_events(actor, wanted=wanted, before=before, limit=PAGE + 1, now=clock())
    kept = {
        name: value
        for name, value in request.GET.items()
        if value and name != "before" and name in form.fields
    }
    context = {
        "form": form,
        "events": found[:PAGE],
        "query": urlencode(kept),
        "filtered": bool(kept),
        "next": urlencode({**kept, "before": found[PAGE - 1].event.id}) if len(found) > PAGE else "",
        "first": before is None,
        "verbs": known_verbs(),
        "verifies": may(actor, "verify the audit trail"),
    }
    return render(request, "events/events.html", context, status=200 if form.is_valid() else 422)


@page
def event(request: HttpRequest, actor: Actor, event: int) -> HttpResponse:
    """Show one event with everything that it says."""
    found = see_event(actor, event=event, now=clock())
    context = {"placed": found, "event": found.event, "detail": _lines(found.event.detail)}
    return render(request, "events/event.html", context)


@page
def export(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Send all events that fit as CSV."""
    form = EventForm(request.GET)
    lines = export_events(actor, wanted=filter_of(form), now=clock())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="events.csv"'
    return response


@page
def verification(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the newest links and checkpoints; a POST verifies everything and shows the report."""
    installation = this_installation()
    chain = see_chain(installation, actor, now=clock())
    report, began = None, clock()
    small = chain.sealed <= MOST_ON_PAGE
    if request.method == "POST" and small:
        report = verify_audit(actor, checkpoints=installation.checkpoint_dir, now=began)
    context = {
        "chain": chain,
        "report": report,
        "small": small,
        "seconds": (clock() - began) / 1_000_000,
        "most": MOST_ON_PAGE,
    }
    return render(request, "events/verification.html", context)


def filter_of(form: EventForm) -> EventFilter:
    """Return what a form asks for; fields that are not usable count as empty."""
    form.is_valid()
    said: dict[str, Any] = form.cleaned_data
    since, until = said.get("since"), said.get("until")
    return EventFilter(
        verb=said.get("verb") or "",
        actor=said.get("actor") or "",
        subject=said.get("subject") or "",
        outcome=said.get("outcome") or "",
        since=0 if since is None else _micros(since.year, since.month, since.day),
        until=0 if until is None else _micros(until.year, until.month, until.day, days=1),
    )


def _micros(year: int, month: int, day: int, *, days: int = 0) -> int:
    start = datetime(year, month, day, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return max(1, (start + timedelta(days=days)) // timedelta(microseconds=1))


def _lines(detail: str) -> list[tuple[str, str]]:
    """Return the facts of an event as (name, text)."""
    found = json.loads(detail or "{}")
    if not isinstance(found, dict):
        return [("detail", detail)]
    return [
        (
            str(name),
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) if value else "none",
        )
        for name, value in found.items()
    ]
