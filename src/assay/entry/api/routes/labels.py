"""A project's labels: their versions, changes, and what a change would do."""

from django.http import HttpRequest
from ninja import Path, Router

from assay.core.labels.schema_versions import WantedChange
from assay.entry.api.idempotency_keys import once
from assay.entry.api.shapes.base import Problem
from assay.entry.api.shapes.labels import ChangeLabels, Foretold, LabelChanged, Labels, WantedLabels
from assay.entry.api.shapes.texts import Name
from assay.entry.api.who_calls import actor_of, clock
from assay.service.projects.change_labels import change_labels
from assay.service.projects.foretell_label_change import foretell_label_change
from assay.service.projects.project_labels import project_labels

router = Router(tags=["projects"])
PROBLEMS = frozenset({401, 403, 404, 409, 422, 429})


@router.get("/{project}/labels", response={200: Labels, PROBLEMS: Problem}, summary="A project's labels")
def get_labels(request: HttpRequest, project: Path[Name]) -> Labels:
    """Return the labels of the newest version with their ids, the changes that made it, and each batch's version."""
    return Labels.of(project_labels(actor_of(request), project=project, now=clock()))


@router.post(
    "/{project}/labels", response={200: LabelChanged, PROBLEMS: Problem}, summary="Change a project's labels"
)
def post_labels(request: HttpRequest, project: Path[Name], wanted: ChangeLabels) -> object:
    """Rename, merge, split, add or retire labels; the same `request_id` again gives the same change.

    Batches in work go over to the new version by themselves, those whose labels are frozen keep theirs.
    """
    actor = actor_of(request)

    def work() -> LabelChanged:
        made = change_labels(
            actor,
            project=project,
            wanted=_wanted(wanted),
            reason=wanted.reason,
            request_id=wanted.request_id,
            now=clock(),
        )
        return LabelChanged(project=made.project, version=made.version, sentence=made.what.sentence)

    return once(request, work)


@router.post(
    "/{project}/labels/dry-run",
    response={200: Foretold, PROBLEMS: Problem},
    summary="What a change of labels would do",
)
def post_labels_dry_run(request: HttpRequest, project: Path[Name], wanted: WantedLabels) -> Foretold:
    """Say how many items of each batch a change would ask about anew, and what that may cost; nothing is changed."""
    found = foretell_label_change(actor_of(request), project=project, wanted=_wanted(wanted), now=clock())
    return Foretold.of(found, sentence=found.what.sentence)


def _wanted(said: WantedLabels) -> WantedChange:
    return WantedChange(said.kind, tuple(said.labels), tuple(said.names), said.help)
