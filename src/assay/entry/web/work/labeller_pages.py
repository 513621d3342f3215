"""A labeller's pages: what there is to do, how one does, what it pays."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from assay.entry.web.page_access import clock, page
from assay.service.access.permissions import Actor
from assay.service.installation import this_installation
from assay.service.labelling.bench import work_there_is
from assay.service.labelling.own_figures import own_figures
from assay.service.labelling.training import training_of, training_there_is
from assay.service.workforce.appeal import appeal

DAYS = 60


@require_GET
@page
def queue(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what can be done now, and what it pays."""
    now = clock()
    found = work_there_is(this_installation().of(actor.scope), actor, now=now)
    return render(
        request,
        "work/queue.html",
        {"work": found, "ready": [one for one in found if one.waiting], "own": own_figures(actor, now=now)},
    )


@require_GET
@page
def my_work(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the actor's own figures and appeals."""
    own = own_figures(actor, now=clock())
    return render(request, "work/my_work.html", {"own": own, "days": own.days[:DAYS]})


@require_GET
@page
def pay(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what the ledger owes the actor."""
    own = own_figures(actor, now=clock())
    return render(request, "work/pay.html", {"own": own, "days": own.days})


@require_POST
@page
def send_appeal(request: HttpRequest, actor: Actor, person: int) -> HttpResponse:
    """Appeal against a pause."""
    appeal(actor, person=person, text=request.POST.get("text", ""), now=clock())
    messages.success(request, "Your appeal is with the operator. The answer will stand here.")
    return redirect("/my-work/")


@require_GET
@page
def training(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the projects that have instructions and worked examples."""
    return render(request, "work/training.html", {"projects": training_there_is(actor, now=clock())})


@page
def train(request: HttpRequest, actor: Actor, project: str) -> HttpResponse:
    """Show instructions and worked examples; an answer is told at once whether it is right."""
    found = training_of(
        actor,
        project=project,
        position=_number(request.GET.get("example", "1")),
        said=request.POST.get("label") if request.method == "POST" else None,
        now=clock(),
    )
    return render(request, "work/train.html", {"training": found})


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
