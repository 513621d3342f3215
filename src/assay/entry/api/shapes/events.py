"""Shapes of audit events."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from assay.entry.api.cursor_paging import Cursor, Limit, cursor_of
from assay.entry.api.shapes.base import Shape
from assay.entry.api.shapes.texts import Word
from assay.service.trail.event_log import EventFilter, PlacedEvent


class EventsQuery(Shape):
    """Which events: whole words but for `subject`, of which a part is enough; times in UTC."""

    after: Cursor = Field(default=None, description="`next` of the page before, or an event's `cursor`")
    verb: Word = ""
    actor: Word = ""
    subject: Word = ""
    outcome: Literal["", "done", "refused", "failed"] = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: Limit = 100


class StreamQuery(Shape):
    """Where to go on, and which events; `Last-Event-ID` comes before `after`."""

    after: Cursor = Field(default=None, description="an event's `cursor`; without it the stream starts now")
    verb: Word = ""


class Event(Shape):
    """An audit event; `block` is its place in the chain, `cursor` where to go on behind it."""

    id: int
    at: datetime | None
    actor: str
    source: str
    verb: str
    subject: str
    outcome: str
    before: str
    after: str
    detail: dict[str, Any]
    block: int | None
    cursor: str | None


class Events(Shape):
    """One page of events in the order of the chain; `next` also at its end, to ask again from there."""

    events: list[Event]
    next: str | None


def event_of(found: PlacedEvent) -> Event:
    """Return the shape of an event."""
    event, said = found.event, json.loads(found.event.detail or "{}")
    return Event.of(
        event,
        detail=said if isinstance(said, dict) else {"detail": said},
        block=found.block,
        cursor=None if found.block is None else cursor_of(found.block, event.id),
    )


def filter_of(wanted: EventsQuery) -> EventFilter:
    """Return what a query asks for."""
    return EventFilter(
        verb=wanted.verb,
        actor=wanted.actor,
        subject=wanted.subject,
        outcome=wanted.outcome,
        since=_micros(wanted.since),
        until=_micros(wanted.until),
    )


def _micros(at: datetime | None) -> int:
    """Return a moment in microseconds; one before 1970 is the first."""
    if at is None:
        return 0
    zoned = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return max(1, (zoned - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1))
