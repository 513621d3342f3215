"""Skip a task and say why."""

from assay.service.access.permissions import Actor, require
from assay.service.installation import Installation
from assay.service.labelling import label_loop
from assay.service.labelling.label_loop import Served
from assay.service.labelling.person_at_work import at_work
from assay.store import db


def skip_task(
    installation: Installation, actor: Actor, *, batch: str, assignment: int, reason: str, now: int
) -> Served | None:
    """End a lease without an answer; return the next item.

    Raises:
        NotPermitted: if the actor neither labels nor judges.
        NotFound: if the batch is not theirs.
        AssignmentGone: if the lease is over or somebody else's.
    """
    require(actor, "skip a task", now=now)
    found = at_work(installation, actor, batch=batch)
    with db.transaction():
        return label_loop.skip(
            actor, rules=found.rules, person=found.person, assignment=assignment, reason=reason, now=now
        )
