"""Deliveries as their requester sees them: versions, and the files of one with sizes and digests."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.service.access.note_reading import note_reading
from assay.service.access.permissions import Actor, may, require
from assay.service.delivery.delivery_folder import delivered
from assay.service.delivery.supplements.further_formats import FurtherFormats, further_formats
from assay.service.delivery.supplements.write_supplement import STATEMENT, SUPPLEMENTS
from assay.service.delivery.synced_files import LISTING, listed_in
from assay.service.delivery.write_delivery import CHECKSUMS
from assay.service.quality.proven_quality import proven
from assay.service.working_set.stored_project import work_constants
from assay.store.items import item_gallery
from assay.store.projects import project_list
from assay.store.projects.batches import BatchRow, batch_by_id, list_batches
from assay.store.projects.projects import project_of_batch

MOST_FILES: Final = 2_000
"""Files of one delivery that are listed; folders of many come whole in the archive."""
TYPES: Final = {
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".manifest": "application/jsonl",
    ".csv": "text/csv; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".sha256": "text/plain; charset=utf-8",
}
SAVED: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """One file of a delivery: its name within it, its size, its SHA-256 as the listings say (or "")."""

    name: str
    bytes: int
    sha256: str
    type: str


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A delivery in the list; `version` counts the deliveries of its project."""

    id: int
    batch: str
    project: str
    task: str
    version: int
    formats: Sequence[str]
    items: int
    right: float | None
    certified: bool
    workforce: str
    delivered_at: int
    bytes: int
    there: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery with its files; `more` where there are more than are listed."""

    line: DeliveryLine
    files: Sequence[DeliveredFile]
    more: bool
    further: FurtherFormats
    may_ask: bool


def list_deliveries(
    actor: Actor, *, before: int = 2**62, limit: int = 50, now: int
) -> tuple[list[DeliveryLine], int | None]:
    """Return the deliveries within the actor's scope, newest first, and where the next page begins."""
    require(actor, "see projects", now=now)
    found = project_list.delivered_batches(actor.scope, before=before, limit=limit + 1)
    lines = [_line(actor, batch_by_id(actor.scope, batch)) for batch, _ in found[:limit]]
    return lines, found[limit - 1][0] if len(found) > limit else None


def show_delivery(actor: Actor, *, batch: str, now: int) -> Delivery:
    """Return a delivery; raises `NotFound` where the batch was not delivered, or is none of the scope's."""
    require(actor, "see projects", now=now)
    row = delivered(actor, batch)
    note_reading(actor, verb="see a delivery", subject=f"batch {batch}", now=now)
    names = walk(Path(row.folder), most=MOST_FILES + 1)
    digests = _digests(Path(row.folder))
    files = [_file(Path(row.folder), name, digests) for name in names[:MOST_FILES]]
    return Delivery(
        line=_line(actor, row),
        files=files,
        more=len(names) > MOST_FILES,
        further=further_formats(actor, row),
        may_ask=may(actor, "ask for formats"),
    )


def walk(folder: Path, *, most: int) -> list[str]:
    """Return the names of a delivery's files, sorted; links are left out."""
    found: list[str] = []
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place) / name
            if not path.is_symlink():
                found.append(path.relative_to(folder).as_posix())
        if len(found) >= most:
            break
    return sorted(found[:most], key=lambda name: (name.count("/"), name))


def file_type(name: str) -> str:
    """Return the type that a file is served with; nobody but the server chooses it (SEC-13)."""
    return TYPES.get(Path(name).suffix.lower(), SAVED)


def _file(folder: Path, name: str, digests: dict[str, str]) -> DeliveredFile:
    return DeliveredFile(
        name=name, bytes=(folder / name).stat().st_size, sha256=digests.get(name, ""), type=file_type(name)
    )


def _digests(folder: Path) -> dict[str, str]:
    """Return what the delivery's own listings say of its files."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob(f"*{LISTING}")):
        found |= dict(listed_in(path.read_text(encoding="utf-8")))
    for place in sorted(one.parent for one in folder.glob(f"{SUPPLEMENTS}/*/{STATEMENT}")):
        said = json.loads((place / STATEMENT).read_bytes())["statement"]["files"]
        for listing in sorted(place.glob(f"*{LISTING}")):
            said |= dict(listed_in(listing.read_text(encoding="utf-8")))
        found |= {f"{SUPPLEMENTS}/{place.name}/{name}": sha for name, sha in said.items()}
    return found


def _line(actor: Actor, row: BatchRow) -> DeliveryLine:
    project = project_of_batch(actor.scope, row.id)
    intake, _ = work_constants(project.id, project.intake_digest, project.tenant, project.version)
    certificate = proven(project, row)
    folder = Path(row.folder)
    there = (folder / CHECKSUMS).is_file()
    made = item_gallery.automatic_events(
        actor.scope, subject=f"batch {row.name}", limit=1, verbs=("deliver the batch",)
    )
    versions = [one.id for one in list_batches(actor.scope, project.id)]
    return DeliveryLine(
        id=row.id,
        batch=row.name,
        project=project.name,
        task=intake.task,
        version=versions.index(row.id) + 1,
        formats=intake.formats,
        items=row.accepted,
        right=None if certificate is None else 1.0 - certificate.figures.certified_bound,
        certified=certificate is not None and certificate.certified,
        workforce=intake.workforce.kind,
        delivered_at=made[0].at if made else 0,
        bytes=sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) if there else 0,
        there=there,
    )
