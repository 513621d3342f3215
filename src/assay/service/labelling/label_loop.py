"""The label loop: take, submit, skip, renew, release - what labellers do all day, and always in one transaction.

Every function here runs inside its caller's transaction: an action opens one for one person's call, the
sequencer of simulated people one for several events. A submit commits together the answer, its pay
entry, its audit event, the end of its lease and the next lease (REL-1).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from assay.core.errors import AssayError, InputError
from assay.core.ids import canonical
from assay.core.labels.item_facts import NOTHING_MEASURED
from assay.core.labels.label_values import LabelValue
from assay.core.limits import VALUE_BYTES
from assay.core.project.price_of_work import PAGE, price_of_answer
from assay.service.access.permissions import Actor, record
from assay.service.labelling.control_items_mixed_in import (
    NEWCOMER_CONTROLS,
    NEWCOMER_ITEMS,
    next_control,
    wants_control,
)
from assay.service.labelling.who_goes_first import is_to_wait
from assay.service.working_set.label_queues import AUDIT, EXPERT, EXPERT_QUEUES, LABEL, PEER, Rules
from assay.store.items import items
from assay.store.labelling import (
    answers_and_pay_ledger,
    next_task_for_a_person,
    task_leases,
    wanted_answers,
)
from assay.store.labelling.project_people import PersonRow, linked_with
from assay.store.labelling.task_leases import AssignmentGone, TooLate

MOST_HELD: Final = 3
"""So many items a person may hold at once."""
LONGEST_HOLD: Final = 8
"""So many times the usual time an item may be held by one person in all, however often that is renewed."""


@dataclass(eq=False, kw_only=True)
class AnswerTooLarge(InputError):
    """The answer has {size} bytes, and at most {most} are taken; nothing was saved."""

    size: str
    most: str


@dataclass(frozen=True, slots=True)
class Served:
    """What a person is shown: nothing tells a control item from another (SEC-5, FRAUD-1)."""

    assignment: int
    item: int
    key: str
    media: str | None
    text: str | None
    extra: str
    queue: str
    until: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """The reply to a submit: the stored answer, its pay in cents and the next item; the same for the same client id."""

    answer: int
    cents: int
    served: Served | None
    is_new: bool = field(default=True, compare=False)


@dataclass(eq=False, kw_only=True)
class NotRenewed(AssignmentGone):
    """This item is not held for you any longer: {reason}."""

    reason: str


@dataclass(eq=False, kw_only=True)
class ClientIdTaken(AssayError):
    """The client id '{client_id}' belongs to another submit; nothing was saved, and each needs its own."""

    exit_code = 4
    client_id: str


def take(actor: Actor, *, rules: Rules, person: PersonRow, now: int, announce: bool = True) -> Served | None:
    """Lease the next item to a person, or return None where nothing waits for them."""
    if person.state != "active":
        return None
    for name in queues_of(person):
        lease = _take_from(actor, rules=rules, person=person, name=name, now=now)
        if lease is not None:
            if announce:
                record(actor, now=now, verb="take a task", subject=f"assignment {lease.id}")
            return _served(lease)
    return None


def claim(actor: Actor, *, rules: Rules, person: PersonRow, ahead: int, now: int) -> list[Served]:
    """Return what a person holds, topped up to `ahead` items; asking again gives the same items again.

    The cursor's row is locked first, so that simultaneous claims of one person take turns and cannot
    lease more than `ahead` together.
    """
    if person.state != "active":
        return []
    for name in queues_of(person):
        next_task_for_a_person.lock_cursor(rules.batch, person=person.id, queue=name)
    held = [_served(lease) for lease in task_leases.held(rules.batch, person=person.id, now=now)]
    while len(held) < ahead:
        served = take(actor, rules=rules, person=person, now=now)
        if served is None:
            break
        held.append(served)
    return held


def claim_item(actor: Actor, *, rules: Rules, person: PersonRow, key: str, now: int) -> None:
    """Lease an open task of a certain item to an expert who has not judged it; others get what comes next."""
    found = items.items_by_key(rules.batch, [key]).get(key)
    if found is None or not person.is_expert or person.state != "active":
        return
    next_task_for_a_person.lock_cursor(rules.batch, person=person.id, queue=EXPERT)
    held = task_leases.held(rules.batch, person=person.id, now=now)
    if len(held) < MOST_HELD and not task_leases.has_touched(item=found.id, person=person.id):
        take_item(actor, rules=rules, person=person, item=found.id, name=EXPERT, control=False, now=now)


def take_item(
    actor: Actor, *, rules: Rules, person: PersonRow, item: int, name: str, control: bool, now: int
) -> Served | None:
    """Lease one certain item to a person: an open task of it, or a control item, which needs no task."""
    task = None if control else next_task_for_a_person.pick_task_of(rules.batch, item=item, queue=name)
    if task is None and not control:
        return None
    cursor = next_task_for_a_person.lock_cursor(rules.batch, person=person.id, queue=name)
    lease = _lease(actor, rules=rules, person=person, name=name, cursor=cursor, task=task, item=item, now=now)
    record(actor, now=now, verb="take a task", subject=f"assignment {lease.id}")
    return _served(lease)


def submit(
    actor: Actor,
    *,
    rules: Rules,
    person: PersonRow,
    assignment: int,
    client_id: str,
    value: str,
    seconds: float,
    now: int,
    take_next: bool,
    takes_late: bool = True,
    clocked: bool = False,
) -> Receipt:
    """Store an answer and, with `take_next`, lease the next item.

    It is paid once, here; `clocked` says that no more seconds are paid than its giver has had the item by our own clock.

    With `takes_late` an answer after the lease's time is taken and paid like any other where nobody else has the item
    and it still wants one.

    Raises:
        InvalidLabel: if the answer is none of the project's.
        AnswerTooLarge: if it is longer than answers may be.
        TooLate: if the lease's time is over and the item wants no answer of this person any longer.
        AssignmentGone: if the lease was ended or is somebody else's.
        ClientIdTaken: if another submit came with the same client id.
    """
    before = answers_and_pay_ledger.answer_by_client_id(actor.scope, client_id)
    if before is not None:
        return _same_reply(actor, before, person=person, assignment=assignment, client_id=client_id)
    said = rules.task.parse(value, schema=rules.schema)
    text = rules.task.text(said)
    refuse_too_large(text)
    late = False
    try:
        lease = _end(actor, person=person, assignment=assignment, now=now)
    except AssignmentGone as gone:
        if gone.state != "expired":
            raise
        if not takes_late:
            reason = "no late answers are taken"
            raise TooLate(assignment=assignment, state="expired", reason=reason) from None
        late = _take_up(actor, rules=rules, person=person, assignment=assignment, until=now + 1, now=now)
        lease = _end(actor, person=person, assignment=assignment, now=now)
    # A late answer makes no room among the items that one may hold at once.
    take_next = take_next and not (late and count_held(rules, person=person, now=now) >= MOST_HELD)
    served = take(actor, rules=rules, person=person, now=now, announce=False) if take_next else None
    worked = min(seconds, (now - lease.served_at) / 1_000_000) if clocked else seconds
    price = price_of(rules, lease, said=said, seconds=worked)
    answer = answers_and_pay_ledger.add_answer(
        actor.scope,
        answers_and_pay_ledger.NewAnswer(
            client_id=client_id,
            assignment=lease,
            value=text,
            seconds=seconds,
            at=now,
            next_assignment=None if served is None else served.assignment,
            schema_version=rules.schema.version,
        ),
        debit=f"project:{rules.project}",
        credit=f"person:{rules.project}/{person.code}",
        cents=price,
    )
    detail = {"answer": answer, "cents": price, "next": None if served is None else served.assignment}
    detail |= {"late": True} if late else {}
    record(
        actor,
        now=now,
        verb="submit an answer",
        subject=f"assignment {assignment}",
        detail=canonical(detail).decode(),
    )
    return Receipt(answer=answer, cents=price, served=served)


def refuse_too_large(text: str) -> None:
    """Raise `AnswerTooLarge` for an answer that is longer than answers may be."""
    if len(text) * 4 > VALUE_BYTES.most and (size := len(text.encode())) > VALUE_BYTES.most:
        raise AnswerTooLarge(size=f"{size:,}", most=f"{VALUE_BYTES.most:,}")


def renew(
    actor: Actor, *, rules: Rules, person: PersonRow, assignment: int, now: int, takes_late: bool = True
) -> int:
    """Let a lease last as long as a new one, with `takes_late` also after its time; return until when.

    Raises:
        NotRenewed: if the person may hold it no longer, or holds as many others as one may.
        TooLate: if the lease's time is over and the item wants no answer of this person any longer.
        AssignmentGone: if the lease was ended or is somebody else's.
    """
    lease = task_leases.lock_assignment(actor.scope, assignment=assignment, person=person.id)
    if lease.state not in ("leased", "expired"):
        raise AssignmentGone(assignment=assignment, state=lease.state)
    if person.state != "active":
        raise NotRenewed(assignment=assignment, state=lease.state, reason="you do not work on this batch now")
    last = lease.served_at + LONGEST_HOLD * rules.task_micros
    if now >= last:
        reason = "it was held as long as an item can be"
        raise NotRenewed(assignment=assignment, state=lease.state, reason=reason)
    until = min(now + rules.task_micros, last)
    if lease.state == "leased" and lease.leased_until > now:
        task_leases.renew_assignment(assignment, task=lease.task, until=until)
    elif not takes_late:
        raise NotRenewed(assignment=assignment, state="expired", reason="its batch hands out no items now")
    else:
        _take_up(actor, rules=rules, person=person, assignment=assignment, until=until, now=now)
        if count_held(rules, person=person, now=now) > MOST_HELD:
            reason = f"you hold {MOST_HELD} others, as many as one may"
            raise NotRenewed(assignment=assignment, state="expired", reason=reason)
    record(
        actor,
        now=now,
        verb="renew a task",
        subject=f"assignment {assignment}",
        detail=canonical({"until": until}).decode(),
    )
    return until


def skip(
    actor: Actor, *, rules: Rules, person: PersonRow, assignment: int, reason: str, now: int
) -> Served | None:
    """End a lease without an answer and say why; the item goes to somebody else."""
    lease = task_leases.end_assignment(
        actor.scope, assignment=assignment, person=person.id, state="skipped", now=now, reason=reason[:500]
    )
    items.mark_dirty([lease.item])
    record(
        actor,
        now=now,
        verb="skip a task",
        subject=f"assignment {assignment}",
        detail=canonical({"reason": reason[:500]}).decode(),
    )
    return take(actor, rules=rules, person=person, now=now)


def release(actor: Actor, *, person: PersonRow, assignment: int, now: int) -> None:
    """Give an item back untouched; its wanted answer returns to the end of the queue."""
    lease = task_leases.end_assignment(
        actor.scope, assignment=assignment, person=person.id, state="released", now=now
    )
    if lease.task is not None:
        wanted_answers.open_tasks(lease.batch, queue=lease.queue, items=[lease.item])
    record(actor, now=now, verb="release a task", subject=f"assignment {assignment}")


def release_all(actor: Actor, *, person: PersonRow, now: int) -> None:
    """Take back whatever somebody holds, in every batch; the wanted answers return to the ends of their queues."""
    for lease in task_leases.leases_of(actor.scope, person=person.id, now=now):
        release(actor, person=person, assignment=lease.id, now=now)


def expire(actor: Actor, *, batch: int, now: int) -> int:
    """End the leases that ran out; return how many."""
    gone = task_leases.expire_assignments(task_leases.expired_assignments(actor.scope, batch, now=now))
    for lease in gone:
        record(actor, now=now, verb="expire a lease", subject=f"assignment {lease.id}")
    return len(gone)


def count_held(rules: Rules, *, person: PersonRow, now: int) -> int:
    """Return how many items somebody holds."""
    return len(task_leases.held(rules.batch, person=person.id, now=now))


def price_of(rules: Rules, lease: task_leases.AssignmentRow, *, said: LabelValue, seconds: float) -> int:
    """Return what an answer to a lease is paid, in cents."""
    if lease.queue in EXPERT_QUEUES:
        return rules.expert_price
    facts = items.body(lease.item).facts if rules.answer_price.per == PAGE else NOTHING_MEASURED
    return price_of_answer(rules.answer_price, value=said, facts=facts, seconds=seconds)


def queues_of(person: PersonRow) -> Sequence[str]:
    """Return the queues a person works on, the more urgent first."""
    if person.is_expert:
        return EXPERT_QUEUES
    return (PEER, LABEL) if person.is_peer else (LABEL,)


def _end(actor: Actor, *, person: PersonRow, assignment: int, now: int) -> task_leases.AssignmentRow:
    return task_leases.end_assignment(
        actor.scope, assignment=assignment, person=person.id, state="submitted", now=now
    )


def _take_up(actor: Actor, *, rules: Rules, person: PersonRow, assignment: int, until: int, now: int) -> bool:
    """Lease an item anew, under the same number, to the person whose time for it ran out; return whether it had.

    Nobody else can have had it as long as the lease was not ended for that; after that one of the item's open tasks
    is taken again, by the rules of every pick. What its holder took of the same item meanwhile is given up for it.
    The assignment's own row is locked first, then those that a claim locks, in its order.
    """
    lease = task_leases.lock_assignment(actor.scope, assignment=assignment, person=person.id)
    if lease.state not in ("leased", "expired") or (lease.state == "leased" and lease.leased_until > now):
        return False  # somebody else's call of the same moment ended or renewed it
    if person.state != "active" or lease.queue not in queues_of(person):
        raise _too_late(lease, "you do not work on this any longer")
    for name in queues_of(person):
        next_task_for_a_person.lock_cursor(rules.batch, person=person.id, queue=name)
    task = lease.task
    if lease.state == "expired":
        newer = task_leases.give_up_newer(lease)
        if newer is not None:
            record(actor, now=now, verb="release a task", subject=f"assignment {newer.id}")
        task = _task_again(actor, lease, person=person) if newer is None else newer.task
    task_leases.renew_assignment(assignment, task=task, until=until)
    return True


def _task_again(actor: Actor, lease: task_leases.AssignmentRow, *, person: PersonRow) -> int | None:
    """Take an open task of an item anew; a control item, which has none, may be told by whoever saw it alone."""
    linked = linked_with(actor.scope, person)
    if lease.task is None:
        if any(task_leases.has_touched(item=lease.item, person=one) for one in (person.id, *linked)):
            raise _too_late(lease, task_leases.what_became_of(lease))
        return None
    task = next_task_for_a_person.pick_task_again(
        lease.batch,
        item=lease.item,
        person=person.id,
        queue=lease.queue,
        linked=linked,
        blind=lease.queue == AUDIT,
    )
    if task is None:
        raise _too_late(lease, task_leases.what_became_of(lease))
    return task


def _too_late(lease: task_leases.AssignmentRow, reason: str) -> TooLate:
    return TooLate(assignment=lease.id, state="expired", reason=reason)


def _take_from(
    actor: Actor, *, rules: Rules, person: PersonRow, name: str, now: int
) -> task_leases.AssignmentRow | None:
    cursor = next_task_for_a_person.lock_cursor(rules.batch, person=person.id, queue=name)
    if name == LABEL and is_to_wait(rules, person=person, served=cursor.served, now=now):
        return None
    linked = linked_with(actor.scope, person)
    found: tuple[int | None, int] | None = None
    # What somebody showed in earlier batches of the project, they have shown.
    seen = max(cursor.controls, person.right + person.wrong)
    newcomer = name == LABEL and cursor.served >= NEWCOMER_ITEMS and seen < NEWCOMER_CONTROLS
    if newcomer or (name == LABEL and wants_control(rules, person=person, cursor=cursor)):
        found = next_control(rules, person=person, cursor=cursor, linked=linked)
    if newcomer and found is None and next_task_for_a_person.has_unknown_control(rules.batch):
        return None  # until somebody knows what a control item is, a newcomer waits
    # The audit is blind: whoever judged an item before, and may once more, is no fresh auditor of it.
    blind = name == AUDIT
    found = found or next_task_for_a_person.pick_task(
        rules.batch, person=person.id, queue=name, after=cursor.position, linked=linked, blind=blind
    )
    if found is None and cursor.position and now - cursor.rescanned_at >= next_task_for_a_person.RESCAN_EVERY:
        cursor = replace(cursor, rescanned_at=now)
        found = next_task_for_a_person.pick_task(
            rules.batch, person=person.id, queue=name, after=0, linked=linked, blind=blind
        )
        if found is None:
            next_task_for_a_person.save_cursor(rules.batch, person=person.id, queue=name, cursor=cursor)
    if found is None:
        return None
    task, item = found
    return _lease(actor, rules=rules, person=person, name=name, cursor=cursor, task=task, item=item, now=now)


def _lease(
    actor: Actor,
    *,
    rules: Rules,
    person: PersonRow,
    name: str,
    cursor: next_task_for_a_person.CursorRow,
    task: int | None,
    item: int,
    now: int,
) -> task_leases.AssignmentRow:
    """Move the person's cursor on and lease the item; without a task it is a control item."""
    moved = replace(
        cursor,
        position=max(cursor.position, task or 0),
        served=cursor.served + 1,
        controls=cursor.controls + (task is None),
    )
    next_task_for_a_person.save_cursor(rules.batch, person=person.id, queue=name, cursor=moved)
    return task_leases.add_assignment(
        actor.scope,
        batch=rules.batch,
        task=task,
        item=item,
        person=person.id,
        queue=name,
        now=now,
        until=now + rules.task_micros,
    )


def _served(lease: task_leases.AssignmentRow) -> Served:
    shown = items.body(lease.item)
    return Served(
        assignment=lease.id,
        item=lease.item,
        key=shown.key,
        media=shown.media,
        text=shown.text,
        extra=shown.extra,
        queue=lease.queue,
        until=lease.leased_until,
    )


def _same_reply(
    actor: Actor,
    before: answers_and_pay_ledger.SentBefore,
    *,
    person: PersonRow,
    assignment: int,
    client_id: str,
) -> Receipt:
    """Return the reply to the submit that had this client id; to another submit it says nothing of it."""
    first = task_leases.assignment_by_id(actor.scope, before.assignment)
    submitted = before.assignment == assignment and before.supersedes is None
    if not submitted or first is None or first.person != person.id:
        raise ClientIdTaken(client_id=client_id)
    following = before.next_assignment
    lease = None if following is None else task_leases.assignment_by_id(actor.scope, following)
    return Receipt(
        answer=before.answer,
        cents=before.cents,
        served=None if lease is None else _served(lease),
        is_new=False,
    )
