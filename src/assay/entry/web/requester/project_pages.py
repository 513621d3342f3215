"""Projects: the list with Ground Truth Plus's columns, and one project with its quote to approve."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from assay.core.errors import NotAllowed
from assay.entry.web.page_access import clock, page
from assay.service.access.permissions import Actor, may
from assay.service.projects.approve_quote import SeveralWait, approve_quote
from assay.service.projects.project_page import project_page
from assay.service.projects.projects_overview import count_waiting, projects_page, status_counts

PAGE = 25
COLUMNS = (("name", "Project"), ("status", "Status"), ("created", "Created"))
"""What can be sorted by."""


@page
def projects(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the projects of the actor's scope."""
    now = clock()
    asked = {key: request.GET.get(key, "").replace("\x00", "")[:200] for key in ("status", "search", "sort")}
    order = asked["sort"] or "-created"
    sort, falling = order.lstrip("-"), order.startswith("-")
    if sort not in dict(COLUMNS):
        sort, falling = "created", True
    counts = status_counts(actor, now=now)
    status = asked["status"] if asked["status"] in counts else ""
    found = projects_page(
        actor,
        status=status,
        search=asked["search"],
        sort=sort,
        falling=falling,
        after=_place(request.GET.get("after", ""), is_time=sort == "created"),
        limit=PAGE,
        now=now,
    )
    kept = {"status": status, "search": asked["search"], "sort": order}
    following = "" if found.next is None else urlencode({**kept, "after": f"{found.next[1]}~{found.next[0]}"})
    return render(
        request,
        "projects/list.html",
        {
            "lines": found.lines,
            "next": following,
            "first": "after" not in request.GET,
            "counts": counts,
            "total": sum(counts.values()),
            "waiting": count_waiting(actor, now=now),
            "decides": may(actor, "approve a quote"),
            "status": status,
            "search": asked["search"],
            "sort": order,
            "sorts": {key: _order(kept, key, sort=sort, falling=falling) for key, _ in COLUMNS},
            "may_request": may(actor, "submit an intake"),
        },
    )


@page
def project(request: HttpRequest, actor: Actor, project: str) -> HttpResponse:
    """Show one project."""
    return render(
        request, "projects/project.html", {"project": project_page(actor, project=project, now=clock())}
    )


@page
@require_POST
def approve(request: HttpRequest, actor: Actor, project: str) -> HttpResponse:
    """Approve the plan or quote as it stands, or let a paused project go on."""
    try:
        approve_quote(actor, project=project, batch=request.POST.get("batch", "")[:200], now=clock())
    except (NotAllowed, SeveralWait) as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(request, "Approved. The work goes on by itself.")
    return redirect(f"/projects/{project}/")


def _order(kept: dict[str, str], key: str, *, sort: str, falling: bool) -> tuple[str, str]:
    """Return where a column's heading leads, and how it is sorted now."""
    turned = f"-{key}" if sort == key and not falling else key
    state = ("descending" if falling else "ascending") if sort == key else "none"
    return urlencode({**kept, "sort": turned}), state


def _place(after: str, *, is_time: bool) -> tuple[str | int, int] | None:
    number, mark, value = after.replace("\x00", "").partition("~")
    if not mark or not number.isdecimal() or len(number) > 18:
        return None
    if not is_time:
        return (value, int(number))
    return (int(value), int(number)) if value.isdecimal() and len(value) < 19 else None
