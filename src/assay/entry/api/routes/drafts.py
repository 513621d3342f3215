"""Drafts of requests: written, filled with files, looked at, and submitted."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Path, Query, Router, Status, UploadedFile

from assay.entry.api.cursor_paging import cursor_of, values_of
from assay.entry.api.idempotency_keys import once, version_tag, wanted_version
from assay.entry.api.request_errors import WrongVersion
from assay.entry.api.shapes.base import Problem
from assay.entry.api.shapes.drafts import (
    Draft,
    DraftListed,
    DraftPreview,
    Drafts,
    DraftText,
    Dropped,
    FileNames,
    Files,
    NewDraft,
    Quote,
    SubmitDraft,
    Submitted,
    Taken,
    Wanted,
    draft_of,
    file_of,
    preview_of,
    quote_of,
)
from assay.entry.api.shapes.texts import Id, PageQuery
from assay.entry.api.who_calls import actor_of, clock
from assay.service.access.request_limits import count_upload
from assay.service.installation import this_installation
from assay.service.requests.add_draft_files import add_draft_files, drop_draft_files
from assay.service.requests.draft_files import Incoming
from assay.service.requests.draft_form.draft_text import EMPTY
from assay.service.requests.draft_preview import preview_draft
from assay.service.requests.draft_quote import quote_draft
from assay.service.requests.drafts import list_draft_files, list_my_drafts, show_draft
from assay.service.requests.drop_draft import drop_draft
from assay.service.requests.save_draft import ChangedMeanwhile, save_draft
from assay.service.requests.start_draft import start_draft
from assay.service.requests.submit_draft import submit_draft
from assay.service.requests.wanted_files import wanted_files

router = Router(tags=["drafts"])
PROBLEMS = frozenset({401, 403, 404, 409, 412, 413, 422, 429})
MOST_AT_ONCE = 200


@router.get("", response={200: Drafts, PROBLEMS: Problem}, summary="Your drafts")
def list_drafts(request: HttpRequest, wanted: Query[PageQuery]) -> Drafts:
    """Return the caller's drafts that were not submitted, newest first."""
    place, limit = values_of(wanted.cursor, int), wanted.limit
    before = 2**62 if place is None else int(place[0])
    found = list_my_drafts(actor_of(request), before=before, limit=limit + 1, now=clock())
    return Drafts(
        drafts=[DraftListed.of(one) for one in found[:limit]],
        next=cursor_of(found[limit - 1].id) if len(found) > limit else None,
    )


@router.post("", response={201: Draft, PROBLEMS: Problem}, summary="Start a draft")
def post_draft(request: HttpRequest, wanted: NewDraft) -> object:
    """Start a draft, empty or with an intake's YAML. `Idempotency-Key` makes a repeated call safe."""
    actor, now = actor_of(request), clock()

    def work() -> Draft:
        made = start_draft(this_installation().of(actor.scope), actor, text=wanted.intake or EMPTY, now=now)
        return draft_of(show_draft(actor, draft=made.id, now=now))

    return once(request, work, status=201)


@router.get("/{draft}", response={200: Draft, PROBLEMS: Problem}, summary="A draft")
def get_draft(request: HttpRequest, response: HttpResponse, draft: Path[Id]) -> Draft:
    """Return a draft; its version is the ETag."""
    found = show_draft(actor_of(request), draft=draft, now=clock())
    response.headers["ETag"] = version_tag(found.version)
    return draft_of(found)


@router.put("/{draft}", response={200: Draft, PROBLEMS: Problem}, summary="Save a draft")
def put_draft(request: HttpRequest, response: HttpResponse, draft: Path[Id], said: DraftText) -> Draft:
    """Keep a draft's text. With `If-Match` it is saved only at that version."""
    actor, now = actor_of(request), clock()
    try:
        save_draft(actor, draft=draft, version=_version(request), said=said.intake, now=now)
    except ChangedMeanwhile as problem:
        raise _changed(problem) from None
    found = show_draft(actor, draft=draft, now=now)
    response.headers["ETag"] = version_tag(found.version)
    return draft_of(found)


@router.delete("/{draft}", response={204: None, PROBLEMS: Problem}, summary="Delete a draft")
def delete_draft(request: HttpRequest, draft: Path[Id]) -> Status[None]:
    """Delete a draft that was not submitted, with its files."""
    try:
        drop_draft(actor_of(request), draft=draft, version=_version(request), now=clock())
    except ChangedMeanwhile as problem:
        raise _changed(problem) from None
    return Status(204, None)


@router.get("/{draft}/files", response={200: Files, PROBLEMS: Problem}, summary="A draft's files")
def get_files(request: HttpRequest, draft: Path[Id]) -> Files:
    """Return what was uploaded, by the caller's own names."""
    return Files(
        files=[file_of(one) for one in list_draft_files(actor_of(request), draft=draft, now=clock())]
    )


@router.get(
    "/{draft}/wanted", response={200: Wanted, PROBLEMS: Problem}, summary="What is still to be uploaded"
)
def get_wanted(
    request: HttpRequest,
    draft: Path[Id],
    cursor: str | None = None,
    further: bool = False,  # noqa: FBT001, FBT002 - a query
) -> Wanted:
    """Return what the intake names and was not uploaded: its tables and guides first, then what the table's rows name.

    With `further` the draft is to be a further batch of a project, and says only what such a batch has of its own.
    """
    place = values_of(cursor, int)
    after = 0 if place is None else int(place[0])
    found = wanted_files(actor_of(request), draft=draft, after=after, further=further, now=clock())
    return Wanted(
        files=list(found.files),
        folders=list(found.folders),
        next=None if found.more is None else cursor_of(found.more),
    )


@router.post("/{draft}/files", response={200: Taken, PROBLEMS: Problem}, summary="Upload files")
def post_files(
    request: HttpRequest,
    draft: Path[Id],
    files: File[list[UploadedFile]],
    paths: Form[list[str]] = [],  # noqa: B006 - the library copies it
) -> Taken:
    """Take pictures, tables and instructions; `paths` are their names within what was chosen, in the same order."""
    actor = actor_of(request)
    count_upload(actor, now=clock())
    names = [*paths[: len(files)], *(str(one.name or "") for one in files[len(paths) :])]
    return Taken.of(
        add_draft_files(
            actor,
            draft=draft,
            files=[
                Incoming(name=name, size=int(file.size or 0), chunks=file.chunks())
                for name, file in zip(names, files, strict=True)
            ],
            most_file=settings.ASSAY.upload_bytes,
            most_all=settings.ASSAY.uploads_bytes,
            now=clock(),
        )
    )


@router.post("/{draft}/files/delete", response={200: Dropped, PROBLEMS: Problem}, summary="Delete files")
def delete_files(request: HttpRequest, draft: Path[Id], wanted: FileNames) -> Dropped:
    """Delete uploaded files by their names."""
    return Dropped(deleted=drop_draft_files(actor_of(request), draft=draft, names=wanted.names, now=clock()))


@router.get(
    "/{draft}/preview", response={200: DraftPreview, PROBLEMS: Problem}, summary="What the data look like"
)
def get_preview(request: HttpRequest, draft: Path[Id]) -> DraftPreview:
    """Return the first items, the count, what is odd, and what the data look like."""
    return preview_of(preview_draft(actor_of(request), draft=draft, now=clock()))


@router.get("/{draft}/quote", response={200: Quote, PROBLEMS: Problem}, summary="What a draft would take")
def get_quote(request: HttpRequest, draft: Path[Id]) -> Quote:
    """Return price, date and quality as ranges, what half points of quality cost, and the contract.

    A worker rehearses the draft for that as long as somebody asks: while `waiting` is true, ask again every second.
    """
    return quote_of(quote_draft(actor_of(request), draft=draft, now=clock()))


@router.post("/{draft}/submit", response={200: Submitted, PROBLEMS: Problem}, summary="Submit a draft")
def post_submit(request: HttpRequest, draft: Path[Id], wanted: SubmitDraft) -> object:
    """File a draft's intake; the work starts by itself. A draft that was submitted before gives its project."""
    actor = actor_of(request)

    def work() -> Submitted:
        try:
            made = submit_draft(
                this_installation().of(actor.scope), actor, draft=draft, version=wanted.version, now=clock()
            )
        except ChangedMeanwhile as problem:
            raise _changed(problem) from None
        return Submitted(project=made.name, status=made.status)

    return once(request, work)


def _version(request: HttpRequest) -> int | None:
    wanted = wanted_version(request)
    if wanted is None:
        return None
    # What is no number matches no version.
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else 0


def _changed(problem: ChangedMeanwhile) -> WrongVersion:
    return WrongVersion(what="The draft", found=str(problem.found), expected=str(problem.expected))
