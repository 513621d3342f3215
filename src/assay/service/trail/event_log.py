"""The audit trail as people and programs read it: filtered, paged, followed."""

from typing import Final

from assay.service.access.permissions import PERMISSIONS, Actor, require
from assay.service.trail.event_verbs import ACCOUNT_VERBS, PROJECT_VERBS, STAFF_VERBS
from assay.store.trail import event_blocks, events
from assay.store.trail.events import EventFilter, PlacedEvent

__all__ = [
    "PAGE",
    "EventFilter",
    "PlacedEvent",
    "find_events",
    "follow_events",
    "known_verbs",
    "newest_place",
    "see_event",
]
PAGE: Final = 100


def find_events(
    actor: Actor, *, wanted: EventFilter, before: int | None = None, limit: int = PAGE, now: int
) -> list[PlacedEvent]:
    """Return events of the tenant, newest first, those with a smaller id than `before`.

    Raises:
        NotPermitted: if the actor may not see events.
    """
    require(actor, "see events", now=now)
    return events.find_events(actor.scope, wanted, before=before, limit=limit)


def see_event(actor: Actor, *, event: int, now: int) -> PlacedEvent:
    """Return one event.

    Raises:
        NotPermitted: if the actor may not see events.
        NotFound: if the tenant has no such event.
    """
    require(actor, "see events", now=now)
    return events.event_by_id(actor.scope, event)


def follow_events(
    actor: Actor, *, wanted: EventFilter, block: int, event: int, limit: int = PAGE, now: int
) -> list[PlacedEvent]:
    """Return sealed events behind a place in the chain, in the chain's order.

    An event appears here when it is sealed, within about a second; whoever goes on from the last one that
    they saw misses none, also where a lower id was committed after a higher one.

    Raises:
        NotPermitted: if the actor may not see events.
    """
    require(actor, "see events", now=now)
    return events.sealed_events(actor.scope, wanted, block=block, event=event, limit=limit)


def known_verbs() -> list[str]:
    """Return verbs to choose from: those of the permissions, of webhooks and of accounts."""
    return sorted({*PERMISSIONS, *PROJECT_VERBS, *STAFF_VERBS, *ACCOUNT_VERBS})


def newest_place(actor: Actor, *, now: int) -> tuple[int, int]:
    """Return the place behind everything that is sealed now.

    Raises:
        NotPermitted: if the actor may not see events.
    """
    require(actor, "see events", now=now)
    number, _ = event_blocks.chain_head()
    return number, 2**63 - 1
