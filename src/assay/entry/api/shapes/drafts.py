"""Shapes of drafts: what is being written, its files, what they look like, and what it would take."""

from datetime import datetime

from pydantic import Field

from assay.entry.api.shapes.base import Shape, moment
from assay.entry.api.shapes.plans import Plan, plan_of
from assay.entry.api.shapes.texts import Document, Key
from assay.service.actions.add_draft_files import TakenFiles
from assay.service.draft_files import DraftFile
from assay.service.reads.draft_preview import Preview
from assay.service.reads.draft_quote import DraftQuote
from assay.service.reads.drafts import DraftLine, ShownDraft


class NewDraft(Shape):
    """What a draft starts with: an intake's YAML, or nothing."""

    intake: Document | None = None


class DraftText(Shape):
    """A draft's new text."""

    intake: Document


class Draft(Shape):
    """A draft; `version` is also its ETag, `project` what it became, `problem` why its text is no intake."""

    id: int
    name: str
    version: int
    intake: str
    project: str | None
    files: int
    bytes: int
    changed_at: datetime | None
    problem: str | None


class DraftListed(Shape):
    """A draft in the list."""

    id: int
    name: str
    version: int
    bytes: int
    created_at: datetime | None
    changed_at: datetime | None


class Drafts(Shape):
    """The drafts that were not submitted, newest first."""

    drafts: list[DraftListed]
    next: str | None


class File(Shape):
    """An uploaded file by the caller's name: image, table or guide."""

    name: str
    kind: str
    bytes: int
    sha256: str


class Files(Shape):
    """All of a draft's files."""

    files: list[File]


class FileNames(Shape):
    """Which files are meant."""

    names: list[Key] = Field(min_length=1, max_length=1_000)


class Rejected(Shape):
    """A file that was not taken, and why."""

    path: str
    reason: str


class Taken(Shape):
    """What became of the files: accepted + rejected = received."""

    accepted: int
    rejected: list[Rejected]


class Dropped(Shape):
    """How many files were deleted."""

    deleted: int


class PreviewedItem(Shape):
    """One of the first items."""

    key: str
    media: str | None
    text: str | None


class OddRow(Shape):
    """A row that would be set aside."""

    line: int
    key: str
    reason: str


class DraftPreview(Shape):
    """What the data look like; `more` where there are even more rows than were counted."""

    items: int
    more: bool
    odd: int
    odd_rows: list[OddRow]
    shown: list[PreviewedItem]
    source: str
    format: str
    id_column: str
    media_column: str
    text_column: str
    task: str | None
    unused: int
    problem: str | None


class Quote(Shape):
    """What a draft would take and the contract in plain words; or the sentence why it is no intake yet."""

    plan: Plan | None
    contract: list[str]
    problem: str | None


class Submitted(Shape):
    """The project that a request became."""

    project: str
    status: str


class SubmitDraft(Shape):
    """The version that is submitted; None: whatever there is."""

    version: int | None = Field(default=None, ge=1, lt=2**63)


def draft_of(found: ShownDraft) -> Draft:
    """Return the shape of a draft."""
    return Draft(
        id=found.id,
        name=found.name,
        version=found.version,
        intake=found.text,
        project=found.project or None,
        files=found.files,
        bytes=found.bytes,
        changed_at=moment(found.changed_at),
        problem=found.problem or None,
    )


def listed_of(found: DraftLine) -> DraftListed:
    """Return the shape of a draft in the list."""
    return DraftListed(
        id=found.id,
        name=found.name,
        version=found.version,
        bytes=found.bytes,
        created_at=moment(found.created_at),
        changed_at=moment(found.changed_at),
    )


def file_of(found: DraftFile) -> File:
    """Return the shape of a file; where it lies is nobody's business."""
    return File(name=found.name, kind=found.kind, bytes=found.bytes, sha256=found.digest)


def taken_of(found: TakenFiles) -> Taken:
    """Return the shape of what became of an upload."""
    return Taken(
        accepted=found.accepted,
        rejected=[Rejected(path=one.path, reason=one.reason) for one in found.rejected],
    )


def preview_of(found: Preview) -> DraftPreview:
    """Return the shape of a preview."""
    return DraftPreview(
        items=found.items,
        more=found.more,
        odd=found.odd,
        odd_rows=[OddRow(line=one.line, key=one.key, reason=one.reason) for one in found.odd_rows],
        shown=[PreviewedItem(key=one.key, media=one.media, text=one.text) for one in found.shown],
        source=found.source,
        format=found.format,
        id_column=found.id_column,
        media_column=found.media_column,
        text_column=found.text_column,
        task=found.task,
        unused=found.unused,
        problem=found.problem or None,
    )


def quote_of(found: DraftQuote) -> Quote:
    """Return the shape of a quote."""
    if found.plan is None or found.intake is None:
        return Quote(plan=None, contract=[], problem=found.problem)
    intake = found.intake
    return Quote(
        plan=plan_of(
            found.plan,
            found.prices,
            currency=intake.money.currency,
            budget=intake.approved_price,
            deadline=intake.finish_by or intake.deadline,
        ),
        contract=list(found.contract),
        problem=None,
    )
