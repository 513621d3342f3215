"""Tasks that nobody is left for: a small team has seen an item already, and no further answer can come.

Simulated people notice that by themselves; for real ones the worker looks. Such items go on with what they
have: to experts, or out of the batch where nobody at all could judge them.
"""

from typing import Final

from assay.core.ids import canonical
from assay.service.label_loop import EXPERT_QUEUES, LABEL_QUEUES
from assay.service.permissions import Actor, record
from assay.store import db, items, people, queue

SMALL: Final = 12
"""Larger teams than this have always somebody left for an item."""
LOOKED_AT: Final = 500
"""So many of the oldest open tasks are looked at: whoever is free would have taken these first."""


def resolve_standstill(actor: Actor, *, project: int, batch: int, now: int) -> int:
    """Withdraw the tasks that nobody may answer and let their items be decided; return how many items."""
    crew = [person for person in people.list_people(actor.scope, project) if person.state == "active"]
    found: set[int] = set()
    for names, who in (
        (LABEL_QUEUES, [person.id for person in crew if not person.is_expert]),
        (EXPERT_QUEUES, [person.id for person in crew if person.is_expert]),
    ):
        if 0 < len(who) <= SMALL:
            found |= set(queue.seen_by_all(batch, queues=names, people=who, most=LOOKED_AT))
    if not found:
        return 0
    stuck = sorted(found)
    with db.transaction():
        queue.close_tasks(batch, stuck)
        items.mark_dirty(stuck, stuck=True)
        record(
            actor,
            now=now,
            verb="give up on tasks",
            subject=f"batch id {batch}",
            detail=canonical({"rule": "nobody is left who may answer them", "items": len(stuck)}).decode(),
        )
    return len(stuck)
