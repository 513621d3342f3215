"""What operators do, what reviewers look for, and what labellers see of themselves."""

from django.http import HttpRequest
from ninja import Path, Router

from assay.entry.api.shapes.base import Id, Name, Problem
from assay.entry.api.shapes.operations import (
    Appeal,
    AppealAnswer,
    Appeals,
    AppealText,
    Done,
    Excluded,
    ItemAgain,
    LiveBatches,
    OwnFigures,
    People,
    QueueCount,
    QueueCounts,
    Reason,
    Reviews,
    figures_of,
    live_of,
    person_of,
)
from assay.entry.api.who_calls import actor_of, clock
from assay.service.batches.queue_again import queue_again
from assay.service.installation import this_installation
from assay.service.labelling.own_figures import own_figures
from assay.service.labelling.review_queue import review_queue
from assay.service.projects.alarms_of_live_batches import live_batches
from assay.service.projects.pause_project import pause_project
from assay.service.projects.plan_again import plan_again
from assay.service.projects.resume_project import resume_project
from assay.service.workforce import people_at_work
from assay.service.workforce.answer_appeal import answer_appeal
from assay.service.workforce.appeal import appeal
from assay.service.workforce.exclude_person import exclude_person
from assay.service.workforce.let_requester_label import let_requester_label
from assay.service.workforce.pause_person import pause_person
from assay.service.workforce.resume_person import resume_person

router = Router(tags=["operations"])
PROBLEMS = frozenset({401, 403, 404, 409, 422, 429})


@router.get("/operations", response={200: LiveBatches, PROBLEMS: Problem}, summary="Live batches by urgency")
def get_operations(request: HttpRequest) -> LiveBatches:
    """Return every batch that is not delivered with its alarms, the most urgent first."""
    found = live_batches(actor_of(request), now=clock())
    return LiveBatches(batches=[live_of(one) for one in found])


@router.get("/queues", response={200: QueueCounts, PROBLEMS: Problem}, summary="What waits where")
def get_queues(request: HttpRequest) -> QueueCounts:
    """Return open tasks and leases by batch and queue."""
    found = people_at_work.queues(actor_of(request), now=clock())
    return QueueCounts(queues=[QueueCount.of(one) for one in found])


@router.get("/reviews", response={200: Reviews, PROBLEMS: Problem}, summary="What needs judgement")
def get_reviews(request: HttpRequest) -> Reviews:
    """Return the items that wait for an expert, riskiest first; `claim` with an item's key takes it."""
    return Reviews.of(review_queue(actor_of(request), now=clock()))


@router.post("/projects/{project}/pause", response={200: Done, PROBLEMS: Problem}, summary="Pause a project")
def post_pause(request: HttpRequest, project: Path[Name], said: Reason) -> Done:
    """Hand out nothing new of a project; answers to what is held are taken."""
    pause_project(actor_of(request), project=project, reason=said.reason, now=clock())
    return Done()


@router.post(
    "/projects/{project}/resume", response={200: Done, PROBLEMS: Problem}, summary="Resume a project"
)
def post_resume(request: HttpRequest, project: Path[Name]) -> Done:
    """Let a paused project go on."""
    resume_project(actor_of(request), project=project, now=clock())
    return Done()


@router.post(
    "/projects/{project}/plan-again", response={200: Done, PROBLEMS: Problem}, summary="Plan a project again"
)
def post_plan(request: HttpRequest, project: Path[Name]) -> Done:
    """Estimate price and date anew from what has happened so far."""
    actor = actor_of(request)
    plan_again(this_installation().of(actor.scope), actor, project=project, now=clock())
    return Done()


@router.post(
    "/projects/{project}/requester-labels",
    response={200: Done, PROBLEMS: Problem},
    summary="Let a requester label in their own project",
)
def post_requester_labels(request: HttpRequest, project: Path[Name]) -> Done:
    """Let whoever filed a project label in it, which they do not otherwise."""
    let_requester_label(actor_of(request), project=project, now=clock())
    return Done()


@router.post("/queues/{batch}/again", response={200: Done, PROBLEMS: Problem}, summary="Queue an item again")
def post_item_again(request: HttpRequest, batch: Path[Name], said: ItemAgain) -> Done:
    """Send a settled item to an expert."""
    queue_again(actor_of(request), batch=batch, key=said.key, now=clock())
    return Done()


@router.get("/workforce", response={200: People, PROBLEMS: Problem}, summary="People at work")
def get_workforce(request: HttpRequest) -> People:
    """Return everybody at work with their figures."""
    found = people_at_work.people_at_work(actor_of(request), now=clock())
    return People(people=[person_of(one) for one in found])


@router.post("/workforce/{person}/pause", response={200: Done, PROBLEMS: Problem}, summary="Pause a person")
def post_pause_person(request: HttpRequest, person: Path[Id], said: Reason) -> Done:
    """Pause somebody in one project; they read the reason and may appeal."""
    pause_person(actor_of(request), person=person, reason=said.reason, now=clock())
    return Done()


@router.post(
    "/workforce/{person}/exclude", response={200: Excluded, PROBLEMS: Problem}, summary="Exclude a person"
)
def post_exclude_person(request: HttpRequest, person: Path[Id], said: Reason) -> Excluded:
    """Take a labeller's answers out of every batch in work: items are asked about again, figures stated anew."""
    count = exclude_person(actor_of(request), person=person, reason=said.reason, now=clock())
    return Excluded(answers=count)


@router.post("/workforce/{person}/resume", response={200: Done, PROBLEMS: Problem}, summary="Resume a person")
def post_resume_person(request: HttpRequest, person: Path[Id]) -> Done:
    """Let somebody work again as themselves, whatever automatic checks say; the excluded are heard again."""
    resume_person(actor_of(request), person=person, now=clock())
    return Done()


@router.get("/appeals", response={200: Appeals, PROBLEMS: Problem}, summary="Appeals")
def get_appeals(request: HttpRequest) -> Appeals:
    """Return the appeals of the tenant, open ones first."""
    found = people_at_work.appeals(actor_of(request), now=clock())
    return Appeals(appeals=[Appeal.of(one) for one in found])


@router.post("/appeals/{number}", response={200: Done, PROBLEMS: Problem}, summary="Answer an appeal")
def post_appeal_answer(request: HttpRequest, number: Path[Id], said: AppealAnswer) -> Done:
    """Grant or refuse an open appeal."""
    answer_appeal(actor_of(request), number=number, grant=said.grant, answer=said.answer, now=clock())
    return Done()


@router.get("/my-work", response={200: OwnFigures, PROBLEMS: Problem}, summary="Your own figures")
def get_my_work(request: HttpRequest) -> OwnFigures:
    """Return your answers, pay, standing and appeals."""
    return figures_of(own_figures(actor_of(request), now=clock()))


@router.post("/my-work/{person}/appeal", response={200: Done, PROBLEMS: Problem}, summary="Appeal")
def post_appeal(request: HttpRequest, person: Path[Id], said: AppealText) -> Done:
    """Appeal against being paused."""
    appeal(actor_of(request), person=person, text=said.text, now=clock())
    return Done()
