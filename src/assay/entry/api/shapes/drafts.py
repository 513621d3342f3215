"""Shapes of drafts: what is being written, its files, what they look like, and what it would take."""

from datetime import datetime

from pydantic import Field

from assay.entry.api.shapes.base import Shape
from assay.entry.api.shapes.plans import Plan, plan_of
from assay.entry.api.shapes.texts import Document, Key
from assay.service.requests import draft_preview
from assay.service.requests.add_draft_files import RejectedFile, TakenFiles
from assay.service.requests.draft_files import DraftFile
from assay.service.requests.draft_quote import DraftQuote
from assay.service.requests.drafts import DraftLine, ShownDraft


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


class DraftListed(Shape, shows=DraftLine):
    """A draft in the list."""


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


class Wanted(Shape):
    """What a draft's intake names and was not uploaded yet: files, and folders of which all pictures are wanted."""

    files: list[str]
    folders: list[str]
    next: str | None


class FileNames(Shape):
    """Which files are meant."""

    names: list[Key] = Field(min_length=1, max_length=1_000)


class Rejected(Shape, shows=RejectedFile):
    """A file that was not taken, and why."""


class Taken(Shape, shows=TakenFiles):
    """What became of the files: accepted + rejected = received."""


class Dropped(Shape):
    """How many files were deleted."""

    deleted: int


class PreviewedItem(Shape, shows=draft_preview.PreviewItem):
    """One of the first items."""


class OddRow(Shape, shows=draft_preview.OddRow):
    """A row that would be set aside."""


class DraftPreview(Shape, shows=draft_preview.Preview):
    """What the data look like; `more` where there are even more rows than were counted."""

    problem: str | None


class Quote(Shape):
    """What a draft would take and the contract in plain words; or the sentence why it is no intake yet.

    `waiting`: it is being worked out as long as somebody asks for it; ask again in a second.
    """

    plan: Plan | None
    contract: list[str]
    problem: str | None
    waiting: bool


class Submitted(Shape):
    """The project that a request became."""

    project: str
    status: str


class SubmitDraft(Shape):
    """The version that is submitted; None: whatever there is."""

    version: int | None = Field(default=None, ge=1, lt=2**63)


def draft_of(found: ShownDraft) -> Draft:
    """Return the shape of a draft."""
    return Draft.of(found, intake=found.text, project=found.project or None, problem=found.problem or None)


def file_of(found: DraftFile) -> File:
    """Return the shape of a file; where it lies is nobody's business."""
    return File.of(found, sha256=found.digest)


def preview_of(found: draft_preview.Preview) -> DraftPreview:
    """Return the shape of a preview."""
    return DraftPreview.of(found, problem=found.problem or None)


def quote_of(found: DraftQuote) -> Quote:
    """Return the shape of a quote."""
    if found.plan is None or found.intake is None:
        return Quote(plan=None, contract=[], problem=found.problem or None, waiting=found.waiting)
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
        waiting=False,
    )
