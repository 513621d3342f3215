"""Renew a task: hold an item longer, because somebody is at work on it or about to see it."""

from assay.service.access.permissions import Actor, require
from assay.service.installation import Installation
from assay.service.labelling import label_loop
from assay.service.labelling.person_at_work import WORKED_ON, at_work
from assay.store import db


def renew_task(installation: Installation, actor: Actor, *, batch: str, assignment: int, now: int) -> int:
    """Let a lease last as long as a new one from now on; return until when, in microseconds.

    An item is held for one person eight times the usual time at most, in all. A lease that ran out is one again if
    nobody else has the item and it still wants an answer.

    Raises:
        NotPermitted: if the actor neither labels nor judges.
        NotFound: if the batch is not theirs.
        NotRenewed: if they may hold it no longer, or hold as many others as one may.
        TooLate: if the lease's time is over, and the item wants no answer of this person any longer.
        AssignmentGone: if the lease was ended or is somebody else's.
    """
    require(actor, "renew a task", now=now)
    found = at_work(installation, actor, batch=batch)
    with db.transaction():
        return label_loop.renew(
            actor,
            rules=found.rules,
            person=found.person,
            assignment=assignment,
            now=now,
            takes_late=found.status in WORKED_ON,
        )
