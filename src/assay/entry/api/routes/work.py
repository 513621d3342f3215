"""The label loop: claim, submit and take the next in one call, skip, renew, release."""

import json
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from assay.core.ids import canonical
from assay.entry.api.shapes.base import Id, Name, Problem
from assay.entry.api.shapes.work import (
    Bench,
    Claim,
    Held,
    LastAnswer,
    LastAnswers,
    Mend,
    Mended,
    Next,
    Queue,
    Queues,
    Receipt,
    Release,
    Renew,
    Skip,
    Submit,
    Tasks,
    bench_of,
    held_of,
    task_of,
)
from assay.entry.api.who_calls import actor_of, clock
from assay.service.access.permissions import Actor
from assay.service.installation import this_installation
from assay.service.labelling.bench import bench_set_up, show_tasks, work_there_is
from assay.service.labelling.claim_tasks import claim_tasks
from assay.service.labelling.label_loop import Served
from assay.service.labelling.mending.last_answers import last_answers
from assay.service.labelling.mending.mend_answer import mend_answer
from assay.service.labelling.release_task import release_task
from assay.service.labelling.renew_task import renew_task
from assay.service.labelling.skip_task import skip_task
from assay.service.labelling.submit_answer import SaidBeside, submit_answer

router = Router(tags=["work"])
PROBLEMS = frozenset({401, 403, 404, 409, 413, 422, 429})


@router.get("", response={200: Queues, PROBLEMS: Problem}, summary="The batches that you can work on")
def list_work(request: HttpRequest) -> Queues:
    """Return the batches with something to do for the caller, those where items wait first."""
    actor = actor_of(request)
    found = work_there_is(this_installation().of(actor.scope), actor, now=clock())
    return Queues(queues=[Queue.of(one) for one in found])


@router.get("/{batch}", response={200: Bench, PROBLEMS: Problem}, summary="What a batch asks for")
def get_work(request: HttpRequest, batch: Name) -> Bench:
    """Return labels, instructions, pay, and the caller's own figures."""
    actor = actor_of(request)
    return bench_of(bench_set_up(this_installation().of(actor.scope), actor, batch=batch, now=clock()))


@router.post("/{batch}/claim", response={200: Tasks, PROBLEMS: Problem}, summary="Hold items")
def claim(request: HttpRequest, batch: Name, wanted: Claim) -> Tasks:
    """Return what the caller holds, topped up to `ahead` items; the same call again gives the same items."""
    actor, now = actor_of(request), clock()
    served = claim_tasks(
        this_installation().of(actor.scope), actor, batch=batch, ahead=wanted.ahead, item=wanted.item, now=now
    )
    return Tasks(tasks=[task_of(one) for one in show_tasks(actor, batch=batch, served=served, now=now)])


@router.post(
    "/{batch}/submit",
    response={200: Receipt, PROBLEMS: Problem},
    summary="Submit an answer and take the next item",
)
def submit(request: HttpRequest, batch: Name, said: Submit) -> Receipt:
    """Store an answer with its pay and its audit event, and lease the next item, in one transaction.

    An answer that comes after the lease's time is taken and paid where nobody else has the item and it still wants
    one; else `too-late` says what became of it.
    """
    actor, now = actor_of(request), clock()
    receipt = submit_answer(
        this_installation().of(actor.scope),
        actor,
        batch=batch,
        assignment=said.assignment,
        client_id=said.client_id,
        value=label_text(said.label),
        seconds=said.seconds,
        now=now,
        take_next=said.next,
        beside=SaidBeside(
            reason=said.reason,
            remarks=tuple(
                (one.comment, "" if one.region is None else canonical(one.region).decode())
                for one in said.remarks
            ),
        ),
    )
    return Receipt(answer=receipt.answer, cents=receipt.cents, next=_next(actor, batch, receipt.served, now))


@router.get("/{batch}/answers", response={200: LastAnswers, PROBLEMS: Problem}, summary="Your last answers")
def list_answers(request: HttpRequest, batch: Name) -> LastAnswers:
    """Return what the caller said about the last ten items that they answered: those that they can go back to."""
    actor = actor_of(request)
    found = last_answers(this_installation().of(actor.scope), actor, batch=batch, now=clock())
    return LastAnswers(answers=[LastAnswer.of(one) for one in found])


@router.post(
    "/{batch}/answers/{answer}/mend", response={200: Mended, PROBLEMS: Problem}, summary="Mend an answer"
)
def mend(request: HttpRequest, batch: Name, answer: Id, said: Mend) -> Mended:
    """Say something else about one of the last ten items that one answered; it counts from now on, and is paid already.

    The answer before is kept. Where it stands as it is (`answer-stands`), the reply says why.
    """
    actor = actor_of(request)
    return Mended.of(
        mend_answer(
            this_installation().of(actor.scope),
            actor,
            batch=batch,
            answer=answer,
            client_id=said.client_id,
            value=label_text(said.label),
            seconds=said.seconds,
            now=clock(),
        )
    )


@router.post("/{batch}/skip", response={200: Next, PROBLEMS: Problem}, summary="Skip an item and say why")
def skip(request: HttpRequest, batch: Name, said: Skip) -> Next:
    """End a lease without an answer; the item goes to somebody else, and the next one comes."""
    actor, now = actor_of(request), clock()
    served = skip_task(
        this_installation().of(actor.scope),
        actor,
        batch=batch,
        assignment=said.assignment,
        reason=said.reason,
        now=now,
    )
    return Next(next=_next(actor, batch, served, now))


@router.post("/{batch}/renew", response={200: Held, PROBLEMS: Problem}, summary="Hold an item longer")
def renew(request: HttpRequest, batch: Name, said: Renew) -> Held:
    """Let a lease last as long as a new one from now on: for an item that somebody is at work on, or is about to see.

    Renew before the time is over, and only while somebody works: in all, one person holds an item eight times the
    usual time at most (`not-renewed`). A lease that ran out is one again where nobody else has the item and it still
    wants an answer; else `too-late` says what became of it.
    """
    actor, now = actor_of(request), clock()
    until = renew_task(
        this_installation().of(actor.scope), actor, batch=batch, assignment=said.assignment, now=now
    )
    return held_of(said.assignment, until=until, now=now)


@router.post("/{batch}/release", response={204: None, PROBLEMS: Problem}, summary="Give an item back")
def release(request: HttpRequest, batch: Name, said: Release) -> Status[None]:
    """End a lease; the item waits for somebody again."""
    actor = actor_of(request)
    release_task(
        this_installation().of(actor.scope), actor, batch=batch, assignment=said.assignment, now=clock()
    )
    return Status(204, None)


def label_text(label: Any) -> str:
    """Return a label as the text that task types read: a single choice is its bare name."""
    return label if isinstance(label, str) else json.dumps(label, ensure_ascii=False)


def _next(actor: Actor, batch: str, served: Served | None, now: int) -> Any:
    if served is None:
        return None
    return task_of(show_tasks(actor, batch=batch, served=[served], now=now)[0])
