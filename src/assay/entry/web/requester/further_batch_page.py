"""A further batch is added on its project's page: files, a date, and up to which price nobody is asked."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from assay.core.errors import AssayError, NotFound
from assay.entry.web.page_access import clock, page
from assay.entry.web.requester.request_form import read_form
from assay.service.access.permissions import Actor
from assay.service.access.request_limits import count_upload
from assay.service.installation import this_installation
from assay.service.requests.add_draft_files import add_draft_files
from assay.service.requests.draft_files import Incoming, RefusedFile
from assay.service.requests.draft_form.draft_text import changed, text_of
from assay.service.requests.drop_draft import drop_draft
from assay.service.requests.further_batches.add_batch_from_draft import add_batch_from_draft
from assay.service.requests.start_draft import start_draft

GIVEN = ("deadline", "max_price")


@page
@require_POST
def add(request: HttpRequest, actor: Actor, project: str) -> HttpResponse:
    """Add what was chosen as a batch and lead to it; what cannot be used is said on the project's page."""
    files = request.FILES.getlist("files")
    if not files:
        messages.warning(request, "Choose the table, the pictures or the ZIP with the new items.")
        return redirect(f"/projects/{project}/#add")
    count_upload(actor, now=clock())
    said = text_of(changed({}, read_form(request.POST).fields, given=GIVEN))
    installation = this_installation().of(actor.scope)
    try:
        draft = start_draft(installation, actor, text=said, now=clock())
        try:
            batch = _add(request, actor, project, draft.id)
        except AssayError:
            drop_draft(actor, draft=draft.id, now=clock())
            raise
    except NotFound:
        raise
    except AssayError as problem:
        messages.warning(request, f"The batch was not added. {problem}")
        return redirect(f"/projects/{project}/#add")
    messages.success(request, f"{batch} is added. Its data are being read; the plan follows in a moment.")
    return redirect(f"/batches/{batch}/")


def _add(request: HttpRequest, actor: Actor, project: str, draft: int) -> str:
    """Take the files and add them; return the batch's name."""
    taken = add_draft_files(
        actor,
        draft=draft,
        files=[
            Incoming(name=str(one.name or ""), size=int(one.size or 0), chunks=one.chunks())
            for one in request.FILES.getlist("files")
        ],
        most_file=settings.ASSAY.upload_bytes,
        most_all=settings.ASSAY.uploads_bytes,
        now=clock(),
    )
    if not taken.accepted and taken.rejected:
        first = taken.rejected[0]
        raise RefusedFile(reason=f"{first.path}: {first.reason}")
    installation = this_installation().of(actor.scope)
    return add_batch_from_draft(installation, actor, project=project, draft=draft, now=clock()).name
