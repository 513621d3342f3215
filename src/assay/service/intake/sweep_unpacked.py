"""Sweep what ZIPs of projects were unpacked into when they were in another state than now."""

import contextlib
import shutil
from pathlib import Path

from assay.core.errors import InputError
from assay.service.intake.intake_file import parse_intake
from assay.service.intake.zip_archives import ENDING, unpacked_leftovers
from assay.store.projects.projects import list_projects
from assay.store.scope import Scope


def sweep_unpacked(scope: Scope, *, before: int) -> int:
    """Remove the folders that have been as they are since before a time, in microseconds; return how many.

    A ZIP in another state is unpacked anew, so nothing ever looks into the folder of a former one.
    """
    gone = 0
    for project in list_projects(scope):
        folder = Path(project.folder)
        with contextlib.suppress(
            InputError, OSError
        ):  # stored by a version that knew another intake, or not ours
            intake = parse_intake(project.intake, source=project.name, folder=folder, stored=True).intake
            path = folder / intake.data.path
            if path.name.lower().endswith(ENDING):
                for one in unpacked_leftovers(path):
                    if one.stat().st_mtime_ns < before * 1_000:
                        shutil.rmtree(one, ignore_errors=True)
                        gone += 1
    return gone
