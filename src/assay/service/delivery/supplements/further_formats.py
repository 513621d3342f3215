"""Which further formats of a delivery there are, were asked for, or could be."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.core.project import lifecycle
from assay.service.access.permissions import Actor, require
from assay.service.delivery.delivery_folder import delivered
from assay.service.delivery.label_files_of_a_delivery import able_formats
from assay.service.delivery.supplements.write_supplement import SUPPLEMENTS
from assay.service.working_set.stored_project import work_constants
from assay.store.projects import supplements
from assay.store.projects.batches import BatchRow
from assay.store.projects.projects import project_of_batch
from assay.store.projects.supplements import SupplementRow


@dataclass(frozen=True, slots=True)
class Supplement:
    """Further formats of a delivery; `folder` within it once its state is `delivered`, `reason` where it was refused."""

    number: int
    formats: Sequence[str]
    state: str
    reason: str
    folder: str
    asked_at: int
    done_at: int


@dataclass(frozen=True, slots=True)
class FurtherFormats:
    """The supplements of a batch, and `possible`: formats in which nobody has asked for it yet."""

    supplements: Sequence[Supplement]
    possible: Sequence[str]


def list_supplements(actor: Actor, *, batch: str, now: int) -> list[Supplement]:
    """Return the supplements of a delivered batch, as they were asked for; raises `NotFound` as `show_delivery` does."""
    require(actor, "see projects", now=now)
    return [
        shown_supplement(one) for one in supplements.list_supplements(actor.scope, delivered(actor, batch))
    ]


def further_formats(actor: Actor, row: BatchRow) -> FurtherFormats:
    """Return the supplements of a batch, and the formats in which nobody has asked for it yet."""
    project = project_of_batch(actor.scope, row.id)
    intake, task = work_constants(project.id, project.intake_digest, project.tenant, project.version)
    asked = supplements.list_supplements(actor.scope, row)
    there = {*intake.formats}
    there |= {name for one in asked if one.state != lifecycle.REFUSED for name in one.formats}
    return FurtherFormats(
        supplements=[shown_supplement(one) for one in asked],
        possible=[name for name in able_formats(task) if name not in there],
    )


def shown_supplement(row: SupplementRow) -> Supplement:
    """Return a supplement as it is shown."""
    return Supplement(
        number=row.number,
        formats=row.formats,
        state=row.state,
        reason=row.reason,
        folder=f"{SUPPLEMENTS}/{row.number}" if row.state == lifecycle.DELIVERED else "",
        asked_at=row.asked_at,
        done_at=row.done_at,
    )
