"""Export audit events as CSV: formula-safe, streamed, and an event itself (SEC-18, AUD-1)."""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

from assay.core.ids import canonical
from assay.formats.csv.writing import guarded
from assay.service.access.permissions import Actor, record, require
from assay.service.stored_times import iso
from assay.store import db
from assay.store.trail import events
from assay.store.trail.events import EventFilter, PlacedEvent

HEAD: Final = (
    "id",
    "block",
    "time",
    "actor",
    "source",
    "verb",
    "subject",
    "outcome",
    "before",
    "after",
    "detail",
)
ROWS: Final = 1_000


def export_events(actor: Actor, *, wanted: EventFilter, now: int) -> Iterator[str]:
    """Return the lines of a CSV file with all events that fit, newest first.

    Raises:
        NotPermitted: if the actor may not see events.
    """
    require(actor, "see events", now=now)
    with db.transaction():
        used = {name: value for name, value in asdict(wanted).items() if value}
        record(actor, now=now, verb="export events", subject="events", detail=canonical(used).decode())
    return _lines(actor, wanted)


def _lines(actor: Actor, wanted: EventFilter) -> Iterator[str]:
    yield _line(HEAD)
    before: int | None = None
    while found := events.find_events(actor.scope, wanted, before=before, limit=ROWS):
        yield "".join(_line(_cells(one)) for one in found)
        before = found[-1].event.id


def _cells(one: PlacedEvent) -> tuple[str, ...]:
    event = one.event
    return (
        str(event.id),
        "" if one.block is None else str(one.block),
        iso(event.at) + "Z",
        *(
            guarded(text)
            for text in (
                event.actor,
                event.source,
                event.verb,
                event.subject,
                event.outcome,
                event.before,
                event.after,
                event.detail,
            )
        ),
    )


def _line(cells: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
