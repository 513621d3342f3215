"""What every page has: who is signed in, the navigation of their roles, the theme."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest

from assay.service.access.permissions import ADMINISTRATOR, AUDITOR, EXPERT, LABELLER, OPERATOR, REQUESTER
from assay.service.sign_in.actor_of_key_or_session import SignedIn


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation: its words, its address, its icon, and the roles that see it."""

    words: str
    address: str
    icon: str
    roles: frozenset[str]


NAVIGATION: Final = (
    Link("Projects", "/projects/", "folder", frozenset({REQUESTER, OPERATOR, AUDITOR, ADMINISTRATOR})),
    Link("New request", "/requests/new", "plus", frozenset({REQUESTER})),
    Link("Drafts", "/requests/", "pencil", frozenset({REQUESTER})),
    Link("Deliveries", "/deliveries/", "download", frozenset({REQUESTER, OPERATOR, AUDITOR})),
    Link("Queue", "/work/", "list", frozenset({LABELLER, EXPERT})),
    Link("Training", "/training/", "school", frozenset({LABELLER, EXPERT})),
    Link("My work", "/my-work/", "chart-bar", frozenset({LABELLER, EXPERT})),
    Link("Pay", "/pay/", "coin", frozenset({LABELLER, EXPERT})),
    Link("Review", "/review/", "gavel", frozenset({EXPERT})),
    Link("Operations", "/operations/", "activity", frozenset({OPERATOR})),
    Link("People at work", "/workforce/", "users", frozenset({OPERATOR, AUDITOR, ADMINISTRATOR})),
    Link("Queues", "/queues/", "stack-2", frozenset({OPERATOR, AUDITOR, ADMINISTRATOR})),
    Link("Health", "/health/", "heart-rate-monitor", frozenset({OPERATOR, ADMINISTRATOR})),
    Link("Events", "/events/", "history", frozenset({OPERATOR, AUDITOR, ADMINISTRATOR})),
    Link("Access", "/access/", "shield", frozenset({AUDITOR, ADMINISTRATOR})),
    Link("People", "/people/", "user", frozenset({ADMINISTRATOR, AUDITOR})),
    Link("Webhooks", "/webhooks/", "webhook", frozenset({REQUESTER, OPERATOR, ADMINISTRATOR})),
)
"""The first link that somebody sees is their home."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what the base template shows around every page."""
    who: SignedIn | None = getattr(request, "signed_in", None)
    if not who:
        return {"who": None, "navigation": ()}
    return {
        "who": who.member,
        "navigation": [(link, request.path.startswith(link.address)) for link in links_of(who.actor.roles)],
    }


def links_of(roles: frozenset[str]) -> list[Link]:
    """Return the navigation of somebody with these roles."""
    return [link for link in NAVIGATION if link.roles & roles]
