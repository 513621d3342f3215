"""The label loop: take, submit, skip, release - what labellers do all day, and always in one transaction.

Every function here runs inside its caller's transaction: an action opens one for one person's call, the
sequencer of simulated people one for several events. A submit commits together the answer, its pay
entry, its audit event, the end of its lease and the next lease (REL-1).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from assay.core import chance
from assay.core.errors import AssayError
from assay.core.ids import canonical
from assay.core.labels import LabelSchema
from assay.core.ports import TaskType
from assay.core.workforce.routing import FAIR, limit
from assay.service.permissions import Actor, record
from assay.store import items, queue
from assay.store.people import PersonRow, crew_of, is_alone, linked_with, served_to

LABEL, PEER, EXPERT, AUDIT = "label", "peer", "expert", "audit"
LABEL_QUEUES: Final = (LABEL, PEER)
EXPERT_QUEUES: Final = (EXPERT, AUDIT)

MOST_HELD: Final = 3
"""So many items a person may hold at once."""

NEWCOMER_ITEMS: Final = 25
NEWCOMER_CONTROLS: Final = 5
"""So many items go to somebody who has not seen so many control items: whoever guesses guesses fast, and
would have answered half of a small batch before anybody noticed."""

AT_WORK: Final = 300_000_000
"""Whoever took an item within so many microseconds, and still has it, is at work; others are not waited for."""

FIRST_ITEMS: Final = 10
CONTROL_SHARE_FIRST: Final = 0.3
CONTROL_SHARE: Final = 0.05
"""Share of control items among a person's first items, and afterwards (quality.md: more among the first
ten, then 3-5 % of the stream)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the loop needs to know of a batch and its project; prices in cents, times in microseconds.

    `answers` are those that the batch is known to have so far, `exposure` is the share of them that one person gives at most.
    """

    batch: int
    project: str
    seed: int
    task: TaskType
    schema: LabelSchema
    answer_price: int
    expert_price: int
    task_micros: int
    answers: int
    exposure: float


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
        queue.lock_cursor(rules.batch, person=person.id, queue=name)
    held = [_served(lease) for lease in queue.held(rules.batch, person=person.id, now=now)]
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
    queue.lock_cursor(rules.batch, person=person.id, queue=EXPERT)
    held = queue.held(rules.batch, person=person.id, now=now)
    if len(held) < MOST_HELD and not queue.has_touched(item=found.id, person=person.id):
        take_item(actor, rules=rules, person=person, item=found.id, name=EXPERT, control=False, now=now)


def take_item(
    actor: Actor, *, rules: Rules, person: PersonRow, item: int, name: str, control: bool, now: int
) -> Served | None:
    """Lease one certain item to a person: an open task of it, or a control item, which needs no task."""
    task = None if control else queue.pick_task_of(rules.batch, item=item, queue=name)
    if task is None and not control:
        return None
    cursor = queue.lock_cursor(rules.batch, person=person.id, queue=name)
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
) -> Receipt:
    """Store an answer and, with `take_next`, lease the next item.

    Raises:
        InvalidLabel: if the answer is none of the project's.
        AssignmentGone: if the lease is over or somebody else's.
        ClientIdTaken: if another submit came with the same client id.
    """
    before = queue.answer_by_client_id(actor.scope, client_id)
    if before is not None:
        return _same_reply(
            actor, before, rules=rules, person=person, assignment=assignment, client_id=client_id
        )
    text = rules.task.text(rules.task.parse(value, schema=rules.schema))
    lease = queue.end_assignment(
        actor.scope, assignment=assignment, person=person.id, state="submitted", now=now
    )
    served = take(actor, rules=rules, person=person, now=now, announce=False) if take_next else None
    price = price_of(rules, lease)
    answer = queue.add_answer(
        actor.scope,
        queue.NewAnswer(
            client_id=client_id,
            assignment=lease,
            value=text,
            seconds=seconds,
            at=now,
            next_assignment=None if served is None else served.assignment,
        ),
        debit=f"project:{rules.project}",
        credit=f"person:{rules.project}/{person.code}",
        cents=price,
    )
    detail = {"answer": answer, "cents": price, "next": None if served is None else served.assignment}
    record(
        actor,
        now=now,
        verb="submit an answer",
        subject=f"assignment {assignment}",
        detail=canonical(detail).decode(),
    )
    return Receipt(answer=answer, cents=price, served=served)


def skip(
    actor: Actor, *, rules: Rules, person: PersonRow, assignment: int, reason: str, now: int
) -> Served | None:
    """End a lease without an answer and say why; the item goes to somebody else."""
    lease = queue.end_assignment(
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
    lease = queue.end_assignment(
        actor.scope, assignment=assignment, person=person.id, state="released", now=now
    )
    if lease.task is not None:
        queue.open_tasks(lease.batch, queue=lease.queue, items=[lease.item])
    record(actor, now=now, verb="release a task", subject=f"assignment {assignment}")


def release_all(actor: Actor, *, person: PersonRow, now: int) -> None:
    """Take back whatever somebody holds, in every batch; the wanted answers return to the ends of their queues."""
    for lease in queue.leases_of(actor.scope, person=person.id, now=now):
        release(actor, person=person, assignment=lease.id, now=now)


def expire(actor: Actor, *, batch: int, now: int) -> int:
    """End the leases that ran out; return how many."""
    gone = queue.expired_assignments(actor.scope, batch, now=now)
    queue.expire_assignments(gone)
    for lease in gone:
        record(actor, now=now, verb="expire a lease", subject=f"assignment {lease.id}")
    return len(gone)


def others_first(rules: Rules, *, person: PersonRow, now: int) -> bool:
    """Whether a labeller is served nothing just now because others go first."""
    served = served_to(rules.batch, person=person.id, queue=LABEL)
    return not person.is_expert and _others_first(rules, person=person, served=served, now=now)


def price_of(rules: Rules, lease: queue.AssignmentRow) -> int:
    """Return what an answer to a lease is paid, in cents."""
    return rules.expert_price if lease.queue in EXPERT_QUEUES else rules.answer_price


def queues_of(person: PersonRow) -> Sequence[str]:
    """Return the queues a person works on, the more urgent first."""
    if person.is_expert:
        return EXPERT_QUEUES
    return (PEER, LABEL) if person.is_peer else (LABEL,)


def _take_from(
    actor: Actor, *, rules: Rules, person: PersonRow, name: str, now: int
) -> queue.AssignmentRow | None:
    cursor = queue.lock_cursor(rules.batch, person=person.id, queue=name)
    if name == LABEL and _others_first(rules, person=person, served=cursor.served, now=now):
        return None
    linked = linked_with(actor.scope, person)
    found: tuple[int | None, int] | None = None
    newcomer = name == LABEL and cursor.served >= NEWCOMER_ITEMS and cursor.controls < NEWCOMER_CONTROLS
    if newcomer or (name == LABEL and wants_control(rules, person=person, cursor=cursor)):
        found = _control(rules, person=person, cursor=cursor, linked=linked)
    if newcomer and found is None and queue.has_unknown_control(rules.batch):
        return None  # until somebody knows what a control item is, a newcomer waits
    # The audit is blind: whoever judged an item before, and may once more, is no fresh auditor of it.
    blind = name == AUDIT
    found = found or queue.pick_task(
        rules.batch, person=person.id, queue=name, after=cursor.position, linked=linked, blind=blind
    )
    if found is None and cursor.position and now - cursor.rescanned_at >= queue.RESCAN_EVERY:
        cursor = replace(cursor, rescanned_at=now)
        found = queue.pick_task(
            rules.batch, person=person.id, queue=name, after=0, linked=linked, blind=blind
        )
        if found is None:
            queue.save_cursor(rules.batch, person=person.id, queue=name, cursor=cursor)
    if found is None:
        return None
    task, item = found
    return _lease(actor, rules=rules, person=person, name=name, cursor=cursor, task=task, item=item, now=now)


def _others_first(rules: Rules, *, person: PersonRow, served: int, now: int) -> bool:
    """Say whether others go first: somebody has given as much as they may, and enough of those are at work who have not.

    All who are of the reserve give a tenth together. Nobody waits for people who are not there.
    """
    fair = replace(FAIR, most=rules.exposure)
    if served < (fair.start if person.reserve else limit(rules.answers, fairness=fair)):
        return False
    since = now - AT_WORK
    if is_alone(rules.batch, person=person.id, since=since, now=now):  # the cheaper question first
        return False
    crew = crew_of(rules.batch, project=person.project, queue=LABEL, since=since, now=now)
    # Answers are counted when they are looked at, which may lag: here what was handed out counts.
    given = max(rules.answers, sum(one.served for one in crew))
    among = sum(one.reserve for one in crew) if person.reserve else 0
    if served < limit(given, among=among, fairness=fair):
        return False
    most = limit(given, fairness=fair)
    others = [one for one in crew if one.at_work and not one.reserve and one.person != person.id]
    return sum(one.served < most for one in others) >= max(1, fair.enough - 1)


def _lease(
    actor: Actor,
    *,
    rules: Rules,
    person: PersonRow,
    name: str,
    cursor: queue.CursorRow,
    task: int | None,
    item: int,
    now: int,
) -> queue.AssignmentRow:
    """Move the person's cursor on and lease the item; without a task it is a control item."""
    moved = replace(
        cursor,
        position=max(cursor.position, task or 0),
        served=cursor.served + 1,
        controls=cursor.controls + (task is None),
    )
    queue.save_cursor(rules.batch, person=person.id, queue=name, cursor=moved)
    return queue.add_assignment(
        actor.scope,
        batch=rules.batch,
        task=task,
        item=item,
        person=person.id,
        queue=name,
        now=now,
        until=now + rules.task_micros,
    )


def wants_control(rules: Rules, *, person: PersonRow, cursor: queue.CursorRow) -> bool:
    """Say whether a person's next item is to be a control item, by keyed chance."""
    share = CONTROL_SHARE_FIRST if cursor.served < FIRST_ITEMS else CONTROL_SHARE
    return chance.uniform(rules.seed, "control item", f"{person.code}/{cursor.served}") < share


def _control(
    rules: Rules, *, person: PersonRow, cursor: queue.CursorRow, linked: Sequence[int]
) -> tuple[None, int] | None:
    if not queue.has_open(rules.batch, LABEL):
        return None  # control items ride along with ordinary work; alone they would stand out
    salt = chance.pick(rules.seed, "which control item", f"{person.code}/{cursor.served}", below=10_007)
    item = queue.pick_control(rules.batch, person=person.id, salt=salt, linked=linked)
    return None if item is None else (None, item)


def _served(lease: queue.AssignmentRow) -> Served:
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
    before: tuple[int, int, int | None],
    *,
    rules: Rules,
    person: PersonRow,
    assignment: int,
    client_id: str,
) -> Receipt:
    """Return the reply to the submit that had this client id; to another submit it says nothing of it."""
    answer, submitted, following = before
    first = queue.assignment_by_id(actor.scope, submitted)
    if submitted != assignment or first is None or first.person != person.id:
        raise ClientIdTaken(client_id=client_id)
    lease = None if following is None else queue.assignment_by_id(actor.scope, following)
    return Receipt(
        answer=answer,
        cents=price_of(rules, first),
        served=None if lease is None else _served(lease),
        is_new=False,
    )
