"""A project that was paused goes on where it stood."""

from assay.core.project import lifecycle
from assay.store.projects.batches import list_batches, move_batch
from assay.store.projects.projects import ProjectRow, move_project
from assay.store.scope import Scope


def is_paused(scope: Scope, project: ProjectRow) -> bool:
    """Whether any of a project's batches is paused; the project itself is only where it is in production."""
    return any(batch.status == lifecycle.PAUSED for batch in list_batches(scope, project.id))


def resume(scope: Scope, project: ProjectRow) -> None:
    """Let a project and its paused batches go on; in a transaction."""
    for batch in list_batches(scope, project.id):
        if batch.status == lifecycle.PAUSED:
            move_batch(scope, batch, "resume")
    if project.status == lifecycle.PAUSED:
        move_project(scope, project, "resume")
