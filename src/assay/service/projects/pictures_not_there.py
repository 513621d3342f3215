"""Pictures that stored items name and that do not lie where they should, as after a restore."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.core.errors import InputError
from assay.core.ports.blobs import Content
from assay.core.project import lifecycle
from assay.service.access.permissions import Actor, require
from assay.service.working_set.media_files import ShownCopy, root_of, shown_content
from assay.service.working_set.stored_project import intake_of
from assay.store.items import items
from assay.store.projects.batches import list_batches
from assay.store.projects.projects import list_projects, project_of_batch

CHUNK: Final = 5_000


@dataclass(frozen=True, slots=True)
class NotThere:
    """How many pictures a project has, how many of them are not there, and where the first should lie."""

    project: str
    pictures: int
    missing: int
    first: str


def pictures_not_there(actor: Actor, *, home: Path, now: int) -> list[NotThere]:
    """Return the projects that lack pictures."""
    require(actor, "restore", now=now)
    found = []
    for project in list_projects(actor.scope):
        pictures, lost = 0, []
        for batch in list_batches(actor.scope, project.id):
            if batch.status == lifecycle.DATA_TRANSFER_FAILED:
                continue  # nobody looks at it again
            seen = project_of_batch(actor.scope, batch.id)
            try:
                root = root_of(Path(seen.folder), intake_of(seen))
            except InputError:
                continue  # it was stored by a version that knew another intake
            last = 0
            while rows := items.bodies(batch, after=last, limit=CHUNK):
                last = rows[-1].item
                named = [row for row in rows if row.media is not None]
                pictures += len(named)
                for row in named:
                    try:
                        content = shown_content(row, root=root, home=home, tenant=project.tenant)
                    except InputError:
                        continue
                    if not _is_there(content):
                        lost.append(content.name if isinstance(content, ShownCopy) else str(content))
        if lost:
            found.append(NotThere(project.name, pictures, len(lost), lost[0]))
    return found


def _is_there(content: Content) -> bool:
    if isinstance(content, ShownCopy):
        return content.is_there()
    return isinstance(content, Path) and content.is_file()
