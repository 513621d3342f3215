"""A request's form is saved and submitted: a page with a script gets JSON, one without gets pages."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from assay.core.errors import AssayError, InputError, NotAllowed
from assay.entry.web.page_access import clock, page
from assay.entry.web.requester.form_differences import as_posted, differences, without
from assay.entry.web.requester.request_form import read_form, read_save, read_version, shown_formats
from assay.entry.web.requester.request_pages import form_page
from assay.service.access.permissions import Actor
from assay.service.installation import this_installation
from assay.service.requests.drafts import ShownDraft, show_draft
from assay.service.requests.save_draft import CameLate, ChangedMeanwhile, FormInput, holds, save_draft
from assay.service.requests.submit_draft import submit_draft
from assay.service.requests.submit_intake import OtherIntake

NOT_SAVED: Final = "It was not saved"
ADDED: Final = ("label", "question", "attribute")
"""What a button of the form adds a row of."""
NOT_SUBMITTED: Final = "It was not submitted"


@page
@require_POST
def save(request: HttpRequest, actor: Actor, draft: int) -> HttpResponse:
    """Save the form; who chose between it and another one's draft says which fields stay as they are stored."""
    said = _said(request)
    try:
        _save(request, actor, draft, said)
    except (ChangedMeanwhile, CameLate, InputError, NotAllowed) as problem:
        return _not_taken(request, actor, draft, said, title=NOT_SAVED, problem=problem)
    if not _by_script(request):
        added = next((name for name in ADDED if f"add_{name}" in request.POST), "")
        more = f"?more={added}#labels" if added else ""
        return redirect(f"/requests/{draft}/{more}")
    found = show_draft(actor, draft=draft, now=clock())
    return JsonResponse({"kind": "saved", "version": found.version, "formats": shown_formats(found.fields)})


@page
@require_POST
def submit(request: HttpRequest, actor: Actor, draft: int) -> HttpResponse:
    """Submit the draft with the form that comes along; what keeps it from being an intake is said on the page."""
    said = _said(request)
    try:
        kept = _save(request, actor, draft, said)
        made = submit_draft(
            this_installation().of(actor.scope), actor, draft=draft, version=kept, now=clock()
        )
    except (ChangedMeanwhile, CameLate, InputError, NotAllowed, OtherIntake) as problem:
        return _not_taken(request, actor, draft, said, title=NOT_SUBMITTED, problem=problem)
    return _submitted(request, made.name, same=True)


def _said(request: HttpRequest) -> FormInput:
    chosen = [
        key.removeprefix("choose_")
        for key, value in request.POST.items()
        if key.startswith("choose_") and value == "stored"
    ]
    return without(read_form(request.POST), chosen)


def _save(request: HttpRequest, actor: Actor, draft: int, said: FormInput) -> int:
    """Save what the form says and return the draft's version."""
    version, mark, now = read_version(request.POST), read_save(request.POST), clock()
    try:
        return save_draft(actor, draft=draft, version=version, said=said, save=mark, now=now).version
    except ChangedMeanwhile as problem:
        if differences(show_draft(actor, draft=draft, now=now), said):
            raise
        # Nothing that the form shows is another, so there is nothing to choose between.
        return save_draft(actor, draft=draft, version=problem.found, said=said, save=mark, now=now).version


def _not_taken(
    request: HttpRequest, actor: Actor, draft: int, said: FormInput, *, title: str, problem: AssayError
) -> HttpResponse:
    """Say why a form was not saved or not submitted; a page that is shown again holds what was typed."""
    now = clock()
    if isinstance(problem, CameLate):
        return JsonResponse({"kind": "late"}, status=409)
    found = show_draft(actor, draft=draft, now=now)
    if found.project:
        return _submitted(request, found.project, same=holds(actor, draft=draft, said=said, now=now))
    if isinstance(problem, ChangedMeanwhile):
        return _conflict(request, found, said)
    if not _by_script(request):
        return form_page(request, found, typed=said, title=title, problem=problem)
    told: dict[str, object] = {"kind": "refused", "sentence": str(problem)}
    if title == NOT_SUBMITTED and holds(actor, draft=draft, said=said, now=now):
        told |= {"version": found.version, "formats": shown_formats(found.fields)}
    return JsonResponse(told, status=422)


def _conflict(request: HttpRequest, found: ShownDraft, said: FormInput) -> HttpResponse:
    """Show what is stored and what was typed, field by field where they differ."""
    shown = {"draft": found, "differences": differences(found, said)}
    if not _by_script(request):
        posted = [
            (key, value)
            for key, values in request.POST.lists()
            if key
            not in (
                "version",
                "csrfmiddlewaretoken",
                *(f"{deed}_{name}" for deed in ("add", "remove") for name in ADDED),
            )
            and not key.startswith("choose_")
            for value in values
        ]
        return render(request, "requests/conflict_page.html", shown | {"posted": posted}, status=409)
    panel = render_to_string("requests/conflict.html", shown | {"by_script": True}, request)
    return JsonResponse(
        {"kind": "conflict", "version": found.version, "panel": panel, "stored": as_posted(found)}, status=409
    )


def _submitted(request: HttpRequest, project: str, *, same: bool) -> HttpResponse:
    """Lead to the project; what was typed after it was submitted is no part of it, which is said."""
    address = f"/projects/{project}/"
    if _by_script(request) and not same:
        return JsonResponse({"kind": "submitted", "address": address, "same": False}, status=409)
    if same:
        messages.success(
            request, f"{project} is filed. The data are being read; the plan follows in a moment."
        )
    else:
        messages.warning(request, f"{project} had been filed before; what you sent last is no part of it.")
    if _by_script(request):
        return JsonResponse({"kind": "submitted", "address": address, "same": True})
    return redirect(address)


def _by_script(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
