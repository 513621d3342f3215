"""Batches that were paused go on where they stood, and their project with them."""

from collections.abc import Sequence

from assay.core.project import lifecycle
from assay.store.projects.batches import BatchRow, list_batches, move_batch
from assay.store.projects.projects import (
    ProjectRow,
    move_project,
    projects_of_batches,
)
from assay.store.scope import Scope


def paused_batches(scope: Scope, project: int) -> list[tuple[BatchRow, ProjectRow]]:
    """Return the paused batches of a project, each with the project as it sees it."""
    seen = zip(list_batches(scope, project), projects_of_batches(scope, project), strict=True)
    return [(row, view) for row, view in seen if lifecycle.PAUSED in (row.status, view.status)]


def resume(scope: Scope, batches: Sequence[tuple[BatchRow, ProjectRow]]) -> None:
    """Let batches that are paused go on; in a transaction."""
    for row, project in batches:
        if row.status == lifecycle.PAUSED:
            move_batch(scope, row, "resume")
        if project.status == lifecycle.PAUSED:
            move_project(scope, project, "resume")
