"""Tasks that nobody is left for: those who are there have seen an item already, and no further answer comes.

Simulated people notice that by themselves; for real ones the worker looks. Where everybody of a project has
seen an item, it goes on at once with the answers that it has; where only those have who are there just now,
it does so when nobody answered for a while. Such items go to experts, or out of the batch where nobody at
all could judge them. Where one person is the whole installation and an expert, every item goes there at once.
"""

from collections.abc import Sequence
from typing import Final

from assay.core.ids import canonical
from assay.service.access.permissions import Actor, record
from assay.service.working_set.label_queues import EXPERT_QUEUES, LABEL_QUEUES
from assay.store import db
from assay.store.accounts.account_members import is_alone
from assay.store.items import items
from assay.store.labelling import project_people, wanted_answers
from assay.store.labelling.project_people import PersonRow

SMALL: Final = 12
"""Larger teams than this have always somebody left for an item."""
LOOKED_AT: Final = 500
"""So many of the oldest open tasks are looked at: whoever is free would have taken these first."""


def resolve_standstill(actor: Actor, *, project: int, batch: int, quiet: int, now: int) -> int:
    """Withdraw the tasks that nobody may answer and let their items be decided; return how many items.

    `quiet` is how long, in microseconds, nobody must have answered before those who are away are not waited
    for any longer; who answered anything within twice that time is there.
    """
    crew = [person for person in project_people.list_people(actor.scope, project) if person.state == "active"]
    seen = project_people.newest_answers(actor.scope, project)
    found: set[int] = set()
    for names, who in (
        (LABEL_QUEUES, [person for person in crew if not person.is_expert]),
        (EXPERT_QUEUES, [person for person in crew if person.is_expert]),
    ):
        if 0 < len(who) <= SMALL:
            found |= set(_seen_by(batch, names, who))
        here = [one for one in who if seen.get(one.id, (0, 0))[1] > now - 2 * quiet]
        newest = max((seen.get(one.id, (0, 0))[0] for one in who), default=0)
        if here and newest and newest <= now - quiet:
            stuck = _seen_by(batch, names, here)
            waiting = {item for item, _ in wanted_answers.open_task_items(batch, names, most=LOOKED_AT)}
            found |= set(stuck) if waiting == set(stuck) else set()
    if is_alone(actor.scope, project=project) and crew and all(person.is_expert for person in crew):
        found |= {item for item, _ in wanted_answers.open_task_items(batch, LABEL_QUEUES, most=LOOKED_AT)}
    if not found:
        return 0
    stuck = sorted(found)
    with db.transaction():
        wanted_answers.close_tasks(batch, stuck)
        items.mark_dirty(stuck, stuck=True)
        record(
            actor,
            now=now,
            verb="give up on tasks",
            subject=f"batch id {batch}",
            detail=canonical({"rule": "nobody is left who may answer them", "items": len(stuck)}).decode(),
        )
    return len(stuck)


def _seen_by(batch: int, names: Sequence[str], who: Sequence[PersonRow]) -> list[int]:
    return wanted_answers.seen_by_all(
        batch, queues=names, people=[person.id for person in who], most=LOOKED_AT
    )
