"""The label loop: claim, submit and take the next in one call, skip, release."""

import json
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from assay.core.ids import canonical
from assay.entry.api.identity import actor_of, clock
from assay.entry.api.shapes.base import Name, Problem
from assay.entry.api.shapes.work import (
    Bench,
    Claim,
    Next,
    Queues,
    Receipt,
    Release,
    Skip,
    Submit,
    Tasks,
    bench_of,
    queue_of,
    task_of,
)
from assay.service.actions.claim_tasks import claim_tasks
from assay.service.actions.release_task import release_task
from assay.service.actions.skip_task import skip_task
from assay.service.actions.submit_answer import SaidBeside, submit_answer
from assay.service.installation import this_installation
from assay.service.label_loop import Served
from assay.service.permissions import Actor
from assay.service.reads.bench import bench_set_up, show_tasks, work_there_is

router = Router(tags=["work"])
PROBLEMS = frozenset({401, 403, 404, 409, 422, 429})


@router.get("", response={200: Queues, PROBLEMS: Problem}, summary="The batches that you can work on")
def list_work(request: HttpRequest) -> Queues:
    """Return the batches with something to do for the caller, those where items wait first."""
    actor = actor_of(request)
    found = work_there_is(this_installation().of(actor.scope), actor, now=clock())
    return Queues(queues=[queue_of(one) for one in found])


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
    """Store an answer with its pay and its audit event, and lease the next item, in one transaction."""
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
