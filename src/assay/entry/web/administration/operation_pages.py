"""An operator's pages: what will go wrong if nobody does anything, people, queues, health."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from assay.entry.web.page_access import clock, page
from assay.service.access.permissions import Actor, may
from assay.service.batches.queue_again import queue_again
from assay.service.installation import this_installation
from assay.service.projects.alarms_of_live_batches import live_batches
from assay.service.projects.pause_project import pause_project
from assay.service.projects.plan_again import plan_again
from assay.service.projects.resume_project import resume_project
from assay.service.upkeep import server_health
from assay.service.workforce import people_at_work
from assay.service.workforce.answer_appeal import answer_appeal
from assay.service.workforce.exclude_person import exclude_person
from assay.service.workforce.let_requester_label import let_requester_label
from assay.service.workforce.pause_person import pause_person
from assay.service.workforce.resume_person import resume_person

PEOPLE_SHOWN: Final = 40
"""People on one page; each is a row with forms."""


@require_GET
@page
def overview(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show every live batch, the most urgent first."""
    found = live_batches(actor, now=clock())
    alarms = sum(bool(one.alarms) for one in found)
    return render(request, "operations/overview.html", {"batches": found, "alarms": alarms})


@require_POST
@page
def act_on_project(request: HttpRequest, actor: Actor, project: str, verb: str) -> HttpResponse:
    """Pause, resume or plan a project again, or let whoever filed it label in it."""
    now = clock()
    if verb == "pause":
        pause_project(actor, project=project, reason=request.POST.get("reason", ""), now=now)
        messages.success(request, f"{project} is paused; nobody gets anything new of it.")
    elif verb == "resume":
        resume_project(actor, project=project, now=now)
        messages.success(request, f"{project} goes on.")
    elif verb == "let-requester-label":
        let_requester_label(actor, project=project, now=now)
        messages.success(request, f"Whoever filed {project} may label in it from now on.")
    else:
        plan_again(this_installation().of(actor.scope), actor, project=project, now=now)
        messages.success(request, f"{project} was estimated again from what has happened so far.")
    return redirect("/operations/")


@require_POST
@page
def item_again(request: HttpRequest, actor: Actor, batch: str) -> HttpResponse:
    """Queue an item again."""
    key = request.POST.get("key", "")
    queue_again(actor, batch=batch, key=key, now=clock())
    messages.success(request, f"{key} goes to an expert again.")
    return redirect("/queues/")


@require_GET
@page
def people(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show everybody at work with their figures, some at a time, and the appeals."""
    now = clock()
    found = people_at_work.people_at_work(actor, now=now)
    real = [one for one in found if one.figures.member is not None]
    simulated = [one for one in found if one.figures.member is None]
    of_demonstrations = "simulated" in request.GET
    rows = simulated if of_demonstrations else real
    given = request.GET.get("from", "")[:9]
    start = min(int(given) if given.isdecimal() else 0, max(len(rows) - 1, 0))
    return render(
        request,
        "operations/people.html",
        {
            "people": real,
            "simulated": simulated,
            "of_demonstrations": of_demonstrations,
            "rows": rows[start : start + PEOPLE_SHOWN],
            "first": start == 0,
            "next": start + PEOPLE_SHOWN if start + PEOPLE_SHOWN < len(rows) else None,
            "appeals": people_at_work.appeals(actor, now=now) if may(actor, "answer an appeal") else (),
            "may_pause": may(actor, "pause or resume a person"),
            "may_exclude": may(actor, "exclude a person"),
        },
    )


@require_POST
@page
def act_on_person(request: HttpRequest, actor: Actor, person: int, verb: str) -> HttpResponse:
    """Pause or exclude somebody, or let them work again."""
    reason = request.POST.get("reason", "")
    if verb == "pause":
        pause_person(actor, person=person, reason=reason, now=clock())
    elif verb == "exclude":
        count = exclude_person(actor, person=person, reason=reason, now=clock())
        messages.success(
            request, f"Their {count} answers are no longer heard; labels and figures are stated anew."
        )
    else:
        resume_person(actor, person=person, now=clock())
    return redirect("/workforce/")


@require_POST
@page
def close_appeal(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Grant or refuse an appeal."""
    grant = request.POST.get("verdict") == "grant"
    answer_appeal(actor, number=number, grant=grant, answer=request.POST.get("answer", ""), now=clock())
    messages.success(request, "The person reads your answer on their own page.")
    return redirect("/workforce/")


@require_GET
@page
def queues(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what waits where."""
    found = people_at_work.queues(actor, now=clock())
    return render(
        request, "operations/queues.html", {"queues": found, "may_queue": may(actor, "queue an item again")}
    )


@require_GET
@page
def health(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show how the installation is."""
    found = server_health.health(this_installation(), actor, now=clock())
    return render(request, "operations/health.html", {"health": found})
