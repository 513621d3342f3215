"""Submit an answer, and take the next task in the same transaction."""

from assay.service import label_loop
from assay.service.at_work import at_work
from assay.service.installation import Installation
from assay.service.label_loop import Receipt
from assay.service.permissions import Actor, require
from assay.store import db


def submit_answer(
    installation: Installation,
    actor: Actor,
    *,
    batch: str,
    assignment: int,
    client_id: str,
    value: str,
    seconds: float,
    now: int,
    take_next: bool = True,
) -> Receipt:
    """Store an answer with its pay and its audit event; the same client id again has the same reply.

    Raises:
        NotPermitted: if the actor neither labels nor judges.
        NotFound: if the batch is not theirs.
        InvalidLabel: if the answer is none of the project's.
        AssignmentGone: if the lease is over or somebody else's.
        ClientIdTaken: if another submit came with the same client id.
    """
    require(actor, "submit an answer", now=now)
    found = at_work(installation, actor, batch=batch)
    with db.transaction():
        return label_loop.submit(
            actor,
            rules=found.rules,
            person=found.person,
            assignment=assignment,
            client_id=client_id,
            value=value,
            seconds=seconds,
            now=now,
            take_next=take_next,
        )
