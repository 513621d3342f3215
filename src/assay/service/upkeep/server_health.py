"""Whether the processes of an installation are alive, and what its examination says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assay.service.access.permissions import Actor
from assay.service.installation import Installation
from assay.service.upkeep.examine_installation import Check, examine
from assay.store.upkeep import live_processes
from assay.store.upkeep.live_processes import WorkerRow

SILENT: Final = 20_000_000
"""A process that has not been heard of for so long is taken to be gone."""


@dataclass(frozen=True, slots=True)
class Health:
    """The checks of the installation, and the processes that were alive within a day."""

    checks: Sequence[Check]
    workers: Sequence[tuple[WorkerRow, bool]]


def health(installation: Installation, actor: Actor, *, now: int) -> Health:
    """Return how the installation is."""
    checks = examine(actor, installation=installation, now=now)
    return Health(
        checks=checks, workers=[(one, now - one.seen_at < SILENT) for one in live_processes.list_workers()]
    )
