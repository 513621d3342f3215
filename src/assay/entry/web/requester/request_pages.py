"""New requests: drafts, written on the left and seen on the right, with their files and as text."""

from dataclasses import replace
from itertools import islice
from typing import Final

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from assay.core.errors import AssayError, InputError
from assay.core.labels.attributes import KINDS
from assay.core.labels.loss_rules import ATTRIBUTES
from assay.core.project.intake import DATA_CLASSES
from assay.core.project.intake_questions import USUAL_TASK
from assay.entry.web.page_access import clock, page
from assay.entry.web.requester.request_form import (
    conditions,
    read_version,
    shown_attributes,
    shown_fields,
    shown_formats,
    shown_questions,
    shown_rows,
)
from assay.service.access.permissions import Actor
from assay.service.installation import this_installation
from assay.service.requests.add_draft_files import drop_draft_files
from assay.service.requests.draft_files import IMAGE
from assay.service.requests.draft_form.draft_text import DraftFields
from assay.service.requests.draft_preview import open_draft_file, preview_draft
from assay.service.requests.draft_quote import quote_draft
from assay.service.requests.drafts import ShownDraft, list_draft_files, list_my_drafts, show_draft
from assay.service.requests.drop_draft import drop_draft
from assay.service.requests.save_draft import ChangedMeanwhile, FormInput, save_draft
from assay.service.requests.start_draft import start_draft
from assay.tasktypes import TASK_TYPES

STEPS: Final = (
    ("describe", "Describe"),
    ("data", "Data"),
    ("labels", "Labels"),
    ("quality", "Quality and price"),
    ("people", "People and delivery"),
    ("check", "Check and submit"),
)
MOST_REFUSED: Final = 20
"""Files that were not taken of which the page tells why."""


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
    return form_page(request, found)


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
            save_draft(actor, draft=draft, version=read_version(request.POST), said=shown, now=now)
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
    looked = preview_draft(actor, draft=draft, now=clock())
    unshown = any(one.media and not one.in_browser for one in looked.shown)
    return render(request, "requests/preview.html", {"preview": looked, "unshown": unshown, "draft": found})


@page
def quote(request: HttpRequest, actor: Actor, draft: int) -> HttpResponse:
    """Show what the draft would take, and the contract."""
    found = quote_draft(actor, draft=draft, now=clock())
    return render(request, "requests/quote.html", {"quote": found, "draft": draft})


@page
def files(request: HttpRequest, actor: Actor, draft: int) -> HttpResponse:
    """Show the uploaded files; a POST deletes some of them."""
    if request.method == "POST":
        names = request.POST.getlist("name")
        if "all_pictures" in request.POST:
            names = _pictures(actor, draft)
        if "all_refused" in request.POST:
            names = list(show_draft(actor, draft=draft, now=clock()).refused)
        drop_draft_files(actor, draft=draft, names=names, now=clock())
        if "HX-Request" not in request.headers:
            return redirect(f"/requests/{draft}/#data")
    found = show_draft(actor, draft=draft, now=clock())
    response = render(request, "requests/files.html", {"draft": found, **_files(found)})
    if request.method == "POST":
        response.headers["HX-Trigger"] = "draft-saved"
    return response


def picture(request: HttpRequest, draft: int, link: str) -> HttpResponseBase:
    """Send an uploaded picture to its author, sandboxed (SEC-13)."""
    who = request.signed_in  # type: ignore[attr-defined]
    if not who:
        return redirect("/account/login/")
    found = open_draft_file(who.actor.scope, draft=draft, link=link, member=who.member.id, now=clock())
    response = FileResponse(found.open(), content_type=found.type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=600, immutable"
    return response


@page
@require_POST
def delete(request: HttpRequest, actor: Actor, draft: int) -> HttpResponse:
    """Delete the draft with its files."""
    drop_draft(actor, draft=draft, now=clock())
    messages.success(request, "The draft is deleted, with its files.")
    return redirect("/requests/")


def form_page(
    request: HttpRequest,
    found: ShownDraft,
    *,
    typed: FormInput | None = None,
    title: str = "",
    problem: AssayError | None = None,
) -> HttpResponse:
    """Show a draft's form; with `typed` it holds what was sent, which is not stored, or not all of it."""
    fields, guide = found.fields, found.guide
    if typed is not None:
        said = {name: getattr(typed.fields, name) for name in typed.given}
        fields, guide = replace(fields, **said), guide if typed.guide is None else typed.guide
    return render(
        request,
        "requests/draft.html",
        {
            "draft": found,
            "guide": guide,
            "fields": shown_fields(fields),
            "steps": STEPS,
            **_said_about_items(fields, more=request.GET.get("more", "")),
            "classes": DATA_CLASSES,
            "formats": shown_formats(fields),
            "title": title,
            "sentence": "" if problem is None else str(problem),
            **_files(found),
        },
        status=200 if problem is None else 422,
    )


def _said_about_items(fields: DraftFields, *, more: str) -> dict[str, object]:
    """Return what the form shows of labels, questions and attributes; `more`: which of them gets an empty row."""
    tasks = TASK_TYPES.all()
    task = tasks.get(fields.task)
    questions = shown_questions(fields, extra=more == "question")
    return {
        "rows": shown_rows(fields, extra=more in ("1", "label")),
        "questions": [
            (row, place + 1, place, conditions(questions, place)) for place, row in enumerate(questions)
        ],
        "attributes": [
            (row, place + 1, place)
            for place, row in enumerate(shown_attributes(fields, extra=more == "attribute"))
        ],
        "attribute_kinds": [("", "one of its options"), *list(KINDS.items())[1:]],
        "empty_row": None,
        "always": [("", "always")],
        "asks_several": task is not None and task.has_questions,
        "marks_objects": task is not None and ATTRIBUTES in task.loss.parameters,
        "tasks": [
            (name, _words(name), one.media or "", one.has_questions, ATTRIBUTES in one.loss.parameters)
            for name, one in tasks.items()
        ],
        "parts": [
            (name, _words(name), one.media or "")
            for name, one in tasks.items()
            if not one.has_questions and name != USUAL_TASK
        ],
    }


def _words(task: str) -> str:
    return task.replace("_", " ")


def _files(found: ShownDraft) -> dict[str, object]:
    """Return what the list of files shows beside the draft."""
    return {
        "refused": list(islice(found.refused.items(), MOST_REFUSED)),
        "tables": [one.name for one in found.tables],
    }


def _pictures(actor: Actor, draft: int) -> list[str]:
    return [one.name for one in list_draft_files(actor, draft=draft, now=clock()) if one.kind == IMAGE]
