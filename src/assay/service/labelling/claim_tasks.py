"""Claim tasks: hold a few items ahead, so that the next one is there before it is needed."""

from assay.service.access.permissions import Actor, require
from assay.service.installation import Installation
from assay.service.labelling import label_loop
from assay.service.labelling.label_loop import MOST_HELD, Served
from assay.service.labelling.person_at_work import WORKED_ON, at_work
from assay.store import db


def claim_tasks(
    installation: Installation, actor: Actor, *, batch: str, ahead: int, now: int, item: str | None = None
) -> list[Served]:
    """Return the items that the actor holds, topped up to `ahead` (1 to 3) where the batch is worked on.

    An expert may name the item to begin with, as the review queue shows them.

    Raises:
        NotPermitted: if the actor neither labels nor judges.
        NotFound: if the batch is not theirs.
    """
    require(actor, "take a task", now=now)
    found = at_work(installation, actor, batch=batch)
    wanted = min(max(ahead, 1), MOST_HELD) if found.status in WORKED_ON else 0
    with db.transaction():
        if item is not None and wanted:
            label_loop.claim_item(actor, rules=found.rules, person=found.person, key=item, now=now)
        return label_loop.claim(actor, rules=found.rules, person=found.person, ahead=wanted, now=now)
