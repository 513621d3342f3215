"""Where a project's deliveries go, and where one lies."""

from pathlib import Path

from assay.core.errors import NotFound
from assay.service.access.permissions import Actor
from assay.service.installation import Installation
from assay.service.working_set.stored_project import intake_of
from assay.store.projects.batches import BatchRow, batch_by_name
from assay.store.projects.projects import ProjectRow


def delivery_place(installation: Installation, project: ProjectRow) -> Path:
    """Return the folder for a project's deliveries.

    That of the intake, below the project's folder; a project that was filed over the web or the API delivers
    into the home folder, whatever its intake says: nobody outside names a place on this machine (SEC-17).
    """
    folder = Path(project.folder)
    if folder.resolve().is_relative_to((installation.home / "uploads").resolve()):
        return installation.home / "deliveries" / str(project.tenant) / str(project.id)
    return folder / (intake_of(project).deliver_to or "out")


def delivered(actor: Actor, batch: str) -> BatchRow:
    """Return a delivered batch; raises `NotFound` where it was not delivered or its folder is gone."""
    row = batch_by_name(actor.scope, batch)
    if not row.folder or not Path(row.folder).is_dir():
        raise NotFound(noun="delivery", key=batch)
    return row
