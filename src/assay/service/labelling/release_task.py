"""Release a task: give an item back untouched."""

from assay.service.access.permissions import Actor, require
from assay.service.installation import Installation
from assay.service.labelling import label_loop
from assay.service.labelling.person_at_work import at_work
from assay.store import db


def release_task(installation: Installation, actor: Actor, *, batch: str, assignment: int, now: int) -> None:
    """End a lease; the wanted answer returns to the end of the queue.

    Raises:
        NotPermitted: if the actor neither labels nor judges.
        NotFound: if the batch is not theirs.
        AssignmentGone: if the lease is over or somebody else's.
    """
    require(actor, "release a task", now=now)
    found = at_work(installation, actor, batch=batch)
    with db.transaction():
        label_loop.release(actor, person=found.person, assignment=assignment, now=now)
