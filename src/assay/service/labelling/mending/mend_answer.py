"""Mend an answer: say something else about one of the last items that one answered.

The answer before stays in trail and ledger and counts for nothing any longer. What measures a person is not theirs to
mend: of a control item the first answer counts, and the new one is kept beside it. Nobody is told which it was, so no
refusal here may rest on it (SEC-5).
"""

from dataclasses import dataclass

from django.db import IntegrityError

from assay.core.errors import AssayError, NotFound
from assay.core.ids import canonical
from assay.service.access.permissions import Actor, record, require
from assay.service.installation import Installation
from assay.service.labelling.label_loop import ClientIdTaken
from assay.service.labelling.mending.last_answers import MOST_BACK
from assay.service.labelling.person_at_work import WORKED_ON, AtWork, at_work
from assay.service.labelling.submit_answer import within_item
from assay.service.working_set.label_queues import LABEL_QUEUES
from assay.store import db
from assay.store.items import item_gallery, items
from assay.store.items.asked_anew import was_asked_anew
from assay.store.labelling import mended_answers
from assay.store.labelling.answers_and_pay_ledger import answer_by_client_id
from assay.store.labelling.mended_answers import OwnAnswer
from assay.store.projects import batches


@dataclass(frozen=True, slots=True)
class Mended:
    """The reply to a mended answer: its number and that of the one it supersedes; the same for the same client id."""

    answer: int
    supersedes: int


@dataclass(eq=False, kw_only=True)
class AnswerStands(AssayError):
    """Your answer {answer} stands as it is: {reason}."""

    exit_code = 4
    answer: int
    reason: str


def mend_answer(
    installation: Installation,
    actor: Actor,
    *,
    batch: str,
    answer: int,
    client_id: str,
    value: str,
    seconds: float,
    now: int,
) -> Mended:
    """Store what somebody says instead of one of their last answers; the same client id again has the same reply.

    Raises:
        NotPermitted: if the actor neither labels nor judges.
        NotFound: if the batch or the answer is not theirs.
        AnswerStands: if the answer cannot be mended any longer, with the reason.
        InvalidLabel: if the answer is none of the project's, or lies outside of its item.
        ClientIdTaken: if another answer came with the same client id.
    """
    require(actor, "mend an answer", now=now)
    found = at_work(installation, actor, batch=batch)

    def once() -> Mended:
        with db.transaction():
            return _mend(
                actor, found, batch, answer=answer, client_id=client_id, value=value, seconds=seconds, now=now
            )

    try:
        return once()
    except IntegrityError:
        # The same answer may have been mended a moment ago, by a request that this one waited for.
        return once()


def _mend(
    actor: Actor,
    found: AtWork,
    batch: str,
    *,
    answer: int,
    client_id: str,
    value: str,
    seconds: float,
    now: int,
) -> Mended:
    lease = mended_answers.lock_lease_of(actor.scope, answer, person=found.person.id)
    before = mended_answers.answer_of(actor.scope, answer, person=found.person.id)
    if lease is None or before is None or before.batch != found.rules.batch:
        raise NotFound(noun="answer of yours", key=str(answer))
    sent = answer_by_client_id(actor.scope, client_id)
    if sent is not None:
        if sent.supersedes != answer:
            raise ClientIdTaken(client_id=client_id)
        return Mended(answer=sent.answer, supersedes=answer)
    rules = found.rules
    text = rules.task.text(
        rules.task.parse(within_item(actor, found, value, assignment=before.assignment), schema=rules.schema)
    )
    in_place = _counts(actor, found, before, batch=batch)
    made = mended_answers.add_mended(
        actor.scope,
        before,
        client_id=client_id,
        value=text,
        # What was said counts all the time that it took.
        seconds=before.seconds + seconds,
        in_place=in_place,
        schema_version=rules.schema.version,
        now=now,
    )
    record(
        actor,
        now=now,
        verb="mend an answer",
        subject=f"assignment {before.assignment}",
        detail=canonical({"answer": made, "supersedes": before.id, "cents": 0}).decode(),
    )
    return Mended(answer=made, supersedes=before.id)


def _counts(actor: Actor, found: AtWork, before: OwnAnswer, *, batch: str) -> bool:
    """Return whether an answer instead of this one counts in its place; raise where there can be none.

    First comes what holds for every item alike, control items too.
    """
    rules, person = found.rules, found.person
    if person.state != "active":
        raise _stands(before, "you do not work on this batch now")
    if not batches.unlearn(actor.scope, rules.batch, statuses=WORKED_ON):
        frozen = batches.batch_by_id(actor.scope, rules.batch).frozen_digest
        raise _stands(before, "the labels are frozen" if frozen else "the batch is closed")
    if before.newer:
        raise _stands(before, "a newer one of yours supersedes it already")
    if was_asked_anew(before.item, answer=before.id):
        raise _stands(before, "the project's labels changed since, and its item is asked about anew")
    last = mended_answers.last_answers(actor.scope, rules.batch, person=person.id, limit=MOST_BACK)
    if before.id not in {one.id for one in last}:
        raise _stands(before, f"one can go back {MOST_BACK} items, and this was before them")
    if _is_of_the_pilot(actor, before, batch=batch):
        raise _stands(before, "a quote rests on what was said until it was made")
    if before.queue not in LABEL_QUEUES:
        raise _stands(before, "an expert's judgement is final")
    (item,) = items.items_by_id([before.item])
    if item.is_control:
        return False
    if item.judged or mended_answers.was_judged(item.id):
        raise _stands(before, "an expert has judged the item since")
    return True


def _is_of_the_pilot(actor: Actor, before: OwnAnswer, *, batch: str) -> bool:
    """Whether an answer came before the end of the pilot, which is over."""
    ended = item_gallery.automatic_events(
        actor.scope, subject=f"batch {batch}", limit=1, verbs=("finish the pilot (project)",)
    )
    return bool(ended) and before.at <= ended[0].at


def _stands(before: OwnAnswer, reason: str) -> AnswerStands:
    return AnswerStands(answer=before.id, reason=reason)
