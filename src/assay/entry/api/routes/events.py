"""The audit trail: listed in the order of the chain, and followed as server-sent events."""

import json
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from assay.entry.api.cursor_paging import cursor_of, values_of
from assay.entry.api.shapes.base import Problem
from assay.entry.api.shapes.events import Event, Events, EventsQuery, StreamQuery, event_of, filter_of
from assay.entry.api.shapes.texts import Id
from assay.entry.api.who_calls import actor_of, clock
from assay.service.trail.event_log import EventFilter, follow_events, newest_place, see_event

router = Router(tags=["events"])
PROBLEMS = frozenset({401, 403, 404, 409, 422, 429})
RETRY: Final = 2_000
"""Milliseconds after which a browser's EventSource comes back."""
MOST: Final = 500
STREAM: Final[dict[str, Any]] = {
    "responses": {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    "parameters": [
        {
            "in": "header",
            "name": "Last-Event-ID",
            "required": False,
            "schema": {"type": "string", "maxLength": 2_000},
            "description": "the id of the last event that arrived; browsers send it by themselves",
        }
    ],
}


@router.get("", response={200: Events, PROBLEMS: Problem}, summary="Audit events, oldest first")
def list_events(request: HttpRequest, wanted: Query[EventsQuery]) -> Events:
    """Return sealed events in the order of the chain.

    An event appears within about a second, when it is sealed, and never before one that was listed already:
    whoever goes on from `next` misses none.
    """
    place = values_of(wanted.after, int, int)
    block, event = (0, 0) if place is None else (int(place[0]), int(place[1]))
    found = follow_events(
        actor_of(request),
        wanted=filter_of(wanted),
        block=block,
        event=event,
        limit=wanted.limit,
        now=clock(),
    )
    listed = [event_of(one) for one in found]
    return Events(events=listed, next=listed[-1].cursor if listed else wanted.after)


@router.get(
    "/stream",
    response={200: None, PROBLEMS: Problem},
    summary="Follow the audit events",
    openapi_extra=STREAM,
)
def stream_events(request: HttpRequest, wanted: Query[StreamQuery]) -> HttpResponse:
    """Return what there is as server-sent events, and end; `retry` lets a browser come back after two seconds.

    A stream holds no thread while nothing happens. Each event's `id` is its cursor: `Last-Event-ID` (or
    `after`) goes on behind it. Without either the stream starts now, with an `id` and no event.
    """
    actor = actor_of(request)
    place = values_of(request.headers.get("Last-Event-ID") or wanted.after, int, int)
    if place is None:
        return _stream(f"id: {cursor_of(*newest_place(actor, now=clock()))}\n\n")
    found = follow_events(
        actor,
        wanted=EventFilter(verb=wanted.verb),
        block=int(place[0]),
        event=int(place[1]),
        limit=MOST,
        now=clock(),
    )
    return _stream("".join(_message(event_of(one)) for one in found))


@router.get("/{event}", response={200: Event, PROBLEMS: Problem}, summary="One audit event")
def get_event(request: HttpRequest, event: Path[Id]) -> Event:
    """Return an event."""
    return event_of(see_event(actor_of(request), event=event, now=clock()))


def _message(event: Event) -> str:
    data = json.dumps(event.model_dump(mode="json"), ensure_ascii=False)
    return f"id: {event.cursor}\nevent: {event.verb.replace(' ', '_')}\ndata: {data}\n\n"


def _stream(text: str) -> HttpResponse:
    response = HttpResponse(f"retry: {RETRY}\n\n{text}", content_type="text/event-stream; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
