"""Submit an answer, and take the next task in the same transaction."""

from dataclasses import dataclass

from django.db import IntegrityError

from assay.core.errors import InvalidLabel
from assay.core.geometry.within_bounds import cut_to_item
from assay.core.labels.label_text import check_complete
from assay.core.labels.values.value_kind import OutsideItem, kinds
from assay.service.access.permissions import Actor, require
from assay.service.installation import Installation
from assay.service.labelling import label_loop
from assay.service.labelling.label_loop import Receipt
from assay.service.labelling.person_at_work import WORKED_ON, AtWork, at_work
from assay.store import db
from assay.store.items.item_remarks import RemarkRow, add_remarks
from assay.store.items.items import body
from assay.store.labelling.answers_and_pay_ledger import answer_by_client_id
from assay.store.labelling.task_leases import AssignmentGone, assignment_by_id
from assay.store.large_values import is_large, write_ahead


@dataclass(frozen=True, slots=True)
class SaidBeside:
    """What a reviewer says beside a judgement: a reason, and (comment, region) remarks about the item."""

    reason: str = ""
    remarks: tuple[tuple[str, str], ...] = ()


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
    beside: SaidBeside | None = None,
) -> Receipt:
    """Store an answer with its pay and its audit event; the same client id again has the same reply.

    Raises:
        NotPermitted: if the actor neither labels nor judges.
        NotFound: if the batch is not theirs.
        InvalidLabel: if the answer is none of the project's, or lies outside of its item.
        AnswerTooLarge: if it is longer than answers may be.
        TooLate: if the lease's time is over, and the item wants no answer of this person any longer.
        AssignmentGone: if the lease was ended or is somebody else's.
        ClientIdTaken: if another submit came with the same client id.
    """
    require(actor, "submit an answer", now=now)
    found = at_work(installation, actor, batch=batch)

    ahead = _written_ahead(actor, found, value, assignment=assignment)

    def once() -> Receipt:
        with db.transaction():
            said = within_item(actor, found, value, assignment=assignment) if ahead is None else ahead
            receipt = label_loop.submit(
                actor,
                rules=found.rules,
                person=found.person,
                assignment=assignment,
                client_id=client_id,
                value=said,
                seconds=seconds,
                now=now,
                take_next=take_next and found.status in WORKED_ON,
                takes_late=found.status in WORKED_ON,
                clocked=True,
            )
            if beside is not None and (beside.reason or beside.remarks) and receipt.is_new:
                _keep(actor, found, beside, assignment=assignment, now=now)
            return receipt

    try:
        return once()
    except (AssignmentGone, IntegrityError):
        # The same submit may have been committed a moment ago, by a request that this one waited for.
        if answer_by_client_id(actor.scope, client_id) is None:
            raise
        return once()


def _written_ahead(actor: Actor, found: AtWork, value: str, *, assignment: int) -> str | None:
    """Return a large answer as it will be stored, with its bytes on the disk before anything is locked; else None."""
    if not is_large(value):
        return None
    task, schema = found.rules.task, found.rules.schema
    text = task.text(task.parse(within_item(actor, found, value, assignment=assignment), schema=schema))
    label_loop.refuse_too_large(text)
    write_ahead(found.rules.batch, text)
    return text


def within_item(actor: Actor, found: AtWork, value: str, *, assignment: int) -> str:
    """Return an answer whose boxes are cut at the edges of their picture.

    What lies outside of its item is refused, and so is an object that lacks a required attribute, or a question that is not
    answered.
    """
    task, schema = found.rules.task, found.rules.schema
    if not kinds()[task.produces].bounded:
        return value
    lease = assignment_by_id(actor.scope, assignment)
    if lease is None or lease.person != found.person.id:
        return value  # the loop says so
    whole = task.parse(value, schema=schema)
    check_complete(whole, schema=schema)
    try:
        said, cut = cut_to_item(whole, body(lease.item).facts)
    except OutsideItem as problem:
        raise InvalidLabel(label=value[:80], reason=problem.reason) from problem
    return task.text(said) if cut else value


def _keep(actor: Actor, found: AtWork, beside: SaidBeside, *, assignment: int, now: int) -> None:
    """Keep the reason and the remarks with the item, in the transaction of the judgement."""
    lease = assignment_by_id(actor.scope, assignment)
    assert lease is not None
    role = "expert" if found.person.is_expert else "labeller"
    said = ([(beside.reason, "")] if beside.reason else []) + list(beside.remarks)
    add_remarks(
        lease.batch,
        [RemarkRow(lease.item, comment, region, role, found.person.code, now) for comment, region in said],
    )
