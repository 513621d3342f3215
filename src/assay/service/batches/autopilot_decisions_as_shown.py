"""What was decided by itself about batches: the autopilot's steps in sentences, each with the rule that it followed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assay.service.access.permissions import Actor
from assay.store.items import item_gallery

MOST_DECISIONS: Final = 60
DECISIONS: Final = {
    "plan": "Planned the work",
    "approve (project)": "Approved the request",
    "set up (project)": "Chose control items and the pilot",
    "leave answers out": "Left recorded answers out",
    "open the pilot": "Started the pilot",
    "finish the pilot (project)": "Finished the pilot",
    "quote (project)": "Made the quote firm",
    "agree (project)": "Agreed to the quote",
    "open the rest": "Opened the rest of the items",
    "pause (project)": "Paused the project",
    "pause": "Paused the work",
    "pause a person": "Paused a person",
    "label automatically": "Labelled items automatically",
    "drop the models": "Stopped listening to the model",
    "set items aside": "Set items aside",
    "give up on tasks": "Stopped asking for answers",
    "send the riskiest to experts": "Sent the riskiest items to experts",
    "freeze labels": "Froze the labels",
    "fail to certify": "Could not prove the target yet",
    "void an attempt": "Voided an attempt",
    "certify": "Certified the batch",
    "offer the batch": "Offered the batch",
    "accept (batch)": "Accepted the batch",
    "deliver the batch": "Delivered the batch",
    "finish receiving data": "Received the data",
    "fail to receive data": "Could not receive the data",
    "park a batch": "Stopped after three failed tries",
}
"""What requesters read of the automatic steps; the others are only in the audit trail."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Something that was decided without asking anybody: what, by which rule, when, for how many items."""

    what: str
    rule: str
    at: int
    items: int | None
    event: int


def decided_about(actor: Actor, batches: Sequence[str], *, limit: int = MOST_DECISIONS) -> list[Decided]:
    """Return what was decided by itself about batches, newest first."""
    found: list[Decided] = []
    for batch in batches:
        for event in item_gallery.automatic_events(
            actor.scope, subject=f"batch {batch}", limit=limit, verbs=tuple(DECISIONS)
        ):
            detail = json.loads(event.detail or "{}")
            items = detail.get("items") or detail.get("checks")
            found.append(
                Decided(
                    what=DECISIONS[event.verb],
                    rule=rule_of(event.verb, detail),
                    at=event.at,
                    items=items if isinstance(items, int) else None,
                    event=event.id,
                )
            )
    return sorted(found, key=lambda one: -one.event)[:limit]


def rule_of(verb: str, detail: Mapping[str, object]) -> str:
    """Return by which rule; figures of single people stay with the operator (PRIV-4)."""
    if verb == "pause a person":
        return "their answers to control items were no better than guesses"
    return str(detail.get("rule", "")).replace("`", "")
