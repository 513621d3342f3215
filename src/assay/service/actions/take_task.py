"""Take a task: lease the next item."""

from assay.service import label_loop
from assay.service.at_work import at_work
from assay.service.installation import Installation
from assay.service.label_loop import Served
from assay.service.permissions import Actor, require
from assay.store import db


def take_task(installation: Installation, actor: Actor, *, batch: str, now: int) -> Served | None:
    """Return the next item for the actor, or None where nothing waits for them.

    Raises:
        NotPermitted: if the actor neither labels nor judges.
        NotFound: if the batch is not theirs.
    """
    require(actor, "take a task", now=now)
    found = at_work(installation, actor, batch=batch)
    with db.transaction():
        return label_loop.take(actor, rules=found.rules, person=found.person, now=now)
