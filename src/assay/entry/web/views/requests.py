"""New requests: drafts, written on the left and seen on the right, saved as they are written, and submitted."""

from typing import Final

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from assay.core.errors import AssayError, InputError
from assay.core.project.intake import DATA_CLASSES
from assay.entry.web.access import clock, page
from assay.entry.web.request_form import read_form, shown_fields, shown_rows
from assay.formats import FORMATS
from assay.service.actions.add_draft_files import drop_draft_files
from assay.service.actions.drop_draft import drop_draft
from assay.service.actions.save_draft import ChangedMeanwhile, save_draft
from assay.service.actions.start_draft import start_draft
from assay.service.actions.submit_draft import submit_draft
from assay.service.actions.submit_intake import OtherIntake
from assay.service.draft_files import IMAGE
from assay.service.draft_text import DraftFields
from assay.service.installation import this_installation
from assay.service.permissions import Actor
from assay.service.reads.draft_preview import open_draft_file, preview_draft
from assay.service.reads.draft_quote import quote_draft
from assay.service.reads.drafts import ShownDraft, list_draft_files, list_my_drafts, show_draft
from assay.tasktypes import TASK_TYPES

STEPS: Final = (
    ("describe", "Describe"),
    ("data", "Data"),
    ("labels", "Labels"),
    ("quality", "Quality and price"),
    ("people", "People and delivery"),
    ("check", "Check and submit"),
)
USUAL_FORMATS: Final = ("augmented_manifest", "csv", "jsonl")


@page
def drafts(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the actor's drafts."""
    return render(request, "requests/list.html", {"drafts": list_my_drafts(actor, now=clock())})


@page
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Go to the draft that nothing was written into yet; there is one at most."""
    del request
    now = clock()
    empty = next((one for one in list_my_drafts(actor, now=now) if one.version == 1 and not one.bytes), None)
    if empty is not None:
        return redirect(f"/requests/{empty.id}/")
    made = start_draft(this_installation().of(actor.scope), actor, now=now)
    return redirect(f"/requests/{made.id}/")


@page
def draft(request: HttpRequest, actor: Actor, draft: int) -> HttpResponse:
    """Show a draft's form; one that was submitted leads to its project."""
    found = show_draft(actor, draft=draft, now=clock())
    if found.project:
        return redirect(f"/projects/{found.project}/")
    if found.problem:
        return redirect(f"/requests/{draft}/text/")
    return _form(request, found)


@page
@require_POST
def save(request: HttpRequest, actor: Actor, draft: int) -> HttpResponse:
    """Save the form; htmx gets a line that says so, others go back to the form."""
    now = clock()
    said = read_form(request.POST)
    version = _number(request.POST.get("over") or request.POST.get("version", ""))
    task = show_draft(actor, draft=draft, now=now).fields.task
    try:
        save_draft(actor, draft=draft, version=version, said=said, now=now)
    except ChangedMeanwhile as problem:
        return render(request, "requests/conflict.html", {"draft": draft, "found": problem.found}, status=422)
    except InputError as problem:
        return render(request, "requests/refused.html", {"sentence": str(problem)}, status=422)
    if "HX-Request" not in request.headers:
        return redirect(f"/requests/{draft}/")
    found = show_draft(actor, draft=draft, now=now)
    rows = None
    if "add_label" in request.POST or "remove_label" in request.POST:
        rows = shown_rows(found.fields, extra=1 if "add_label" in request.POST else 0)
    formats = _formats(found.fields) if found.fields.task != task else None
    response = render(request, "requests/saved.html", {"draft": found, "rows": rows, "formats": formats})
    response.headers["HX-Trigger"] = "draft-saved"
    return response


@page
def text(request: HttpRequest, actor: Actor, draft: int) -> HttpResponse:
    """Show a draft's YAML; a POST reads it into the form."""
    now = clock()
    found = show_draft(actor, draft=draft, now=now)
    if found.project:
        return redirect(f"/projects/{found.project}/")
    shown, sentence = found.text, found.problem
    if request.method == "POST":
        shown = request.POST.get("text", "").replace("\r\n", "\n")
        try:
            save_draft(
                actor, draft=draft, version=_number(request.POST.get("version", "")), said=shown, now=now
            )
        except (InputError, ChangedMeanwhile) as problem:
            sentence = str(problem)
        else:
            messages.success(request, "The text was read into the form.")
            return redirect(f"/requests/{draft}/")
    return render(
        request,
        "requests/text.html",
        {"draft": found, "text": shown, "sentence": sentence},
        status=422 if request.method == "POST" else 200,
    )


@page
def preview(request: HttpRequest, actor: Actor, draft: int) -> HttpResponse:
    """Show the first items, and what is odd about the data."""
    found = show_draft(actor, draft=draft, now=clock())
    return render(
        request,
        "requests/preview.html",
        {"preview": preview_draft(actor, draft=draft, now=clock()), "draft": found},
    )


@page
def quote(request: HttpRequest, actor: Actor, draft: int) -> HttpResponse:
    """Show what the draft would take, and the contract."""
    return render(request, "requests/quote.html", {"quote": quote_draft(actor, draft=draft, now=clock())})


@page
def files(request: HttpRequest, actor: Actor, draft: int) -> HttpResponse:
    """Show the uploaded files; a POST deletes some of them."""
    if request.method == "POST":
        names = request.POST.getlist("name")
        if "all_pictures" in request.POST:
            names = _pictures(actor, draft)
        drop_draft_files(actor, draft=draft, names=names, now=clock())
        if "HX-Request" not in request.headers:
            return redirect(f"/requests/{draft}/#data")
    found = show_draft(actor, draft=draft, now=clock())
    response = render(request, "requests/files.html", {"draft": found, "fields": shown_fields(found.fields)})
    if request.method == "POST":
        response.headers["HX-Trigger"] = "draft-saved"
    return response


def picture(request: HttpRequest, draft: int, link: str) -> HttpResponseBase:
    """Send an uploaded picture to its author, sandboxed (SEC-13)."""
    who = request.signed_in  # type: ignore[attr-defined]
    if not who:
        return redirect("/account/login/")
    found = open_draft_file(who.actor.scope, draft=draft, link=link, member=who.member.id, now=clock())
    response = FileResponse(found.path.open("rb"), content_type=found.type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=600, immutable"
    return response


@page
@require_POST
def submit(request: HttpRequest, actor: Actor, draft: int) -> HttpResponse:
    """Submit the draft; what keeps it from being an intake is said on the page."""
    now = clock()
    try:
        # The form comes along, so that what was typed a moment ago is part of what is submitted.
        kept = save_draft(
            actor,
            draft=draft,
            version=_number(request.POST.get("version", "")),
            said=read_form(request.POST),
            now=now,
        )
        made = submit_draft(
            this_installation().of(actor.scope), actor, draft=draft, version=kept.version, now=now
        )
    except (InputError, ChangedMeanwhile, OtherIntake) as problem:
        return _form(request, show_draft(actor, draft=draft, now=now), problem=problem)
    messages.success(request, f"{made.name} is filed. The data are being read; the plan follows in a moment.")
    return redirect(f"/projects/{made.name}/")


@page
@require_POST
def delete(request: HttpRequest, actor: Actor, draft: int) -> HttpResponse:
    """Delete the draft with its files."""
    drop_draft(actor, draft=draft, now=clock())
    messages.success(request, "The draft is deleted, with its files.")
    return redirect("/requests/")


def _form(request: HttpRequest, found: ShownDraft, *, problem: AssayError | None = None) -> HttpResponse:
    tasks = [(name, name.replace("_", " "), TASK_TYPES.get(name).media or "") for name in TASK_TYPES.names()]
    return render(
        request,
        "requests/draft.html",
        {
            "draft": found,
            "fields": shown_fields(found.fields),
            "rows": shown_rows(found.fields),
            "steps": STEPS,
            "tasks": tasks,
            "classes": DATA_CLASSES,
            "formats": _formats(found.fields),
            "sentence": "" if problem is None else str(problem),
        },
        status=200 if problem is None else 422,
    )


def _formats(found: DraftFields) -> list[tuple[str, bool]]:
    """Return the formats that can hold the task's labels, and which are chosen."""
    known = TASK_TYPES.names()
    task = TASK_TYPES.get(found.task) if found.task in known else None
    chosen = found.formats or USUAL_FORMATS
    return [
        (name, name in chosen)
        for name, layout in FORMATS.all().items()
        if layout.values and (task is None or task.produces in layout.values)
    ]


def _pictures(actor: Actor, draft: int) -> list[str]:
    return [one.name for one in list_draft_files(actor, draft=draft, now=clock()) if one.kind == IMAGE]


def _number(text: str) -> int:
    """Return a version; what is none matches no version."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
