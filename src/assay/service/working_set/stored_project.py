"""A stored project as everybody works with it: its intake, its task type, its simulated or recorded people."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from assay.core.ports.task_type import TaskType
from assay.core.ports.workforce import Workforce
from assay.core.project.intake import Intake
from assay.providers.workforce.recorded import RecordedWorkforce
from assay.providers.workforce.simulated import SimulatedWorkforce
from assay.service.intake.answer_files import read_answers, read_truth
from assay.service.intake.intake_file import parse_intake
from assay.store.projects.projects import ProjectRow, project_by_id
from assay.store.scope import Scope
from assay.tasktypes import TASK_TYPES


def intake_of(project: ProjectRow) -> Intake:
    """Return a stored project's intake."""
    return parse_intake(
        project.intake, source=f"intake of {project.name}", folder=Path(project.folder), stored=True
    ).intake


@lru_cache(maxsize=256)
def work_constants(project: int, digest: str, tenant: int) -> tuple[Intake, TaskType]:
    """Return a project's intake and task type; an intake never changes, so its digest names it."""
    found = project_by_id(Scope(tenant), project)
    assert found.intake_digest == digest
    intake = intake_of(found)
    return intake, TASK_TYPES.get(intake.task)


def workforce_of(project: ProjectRow) -> Workforce | None:
    """Return a stored project's simulated or recorded people; None where real people work."""
    return constants_of(project.name, project.intake, project.folder, project.seed)[2]


_SOME: Final = 8


@lru_cache(maxsize=_SOME)
def constants_of(name: str, text: str, folder: str, seed: int) -> tuple[Intake, TaskType, Workforce | None]:
    """Return what never changes about a project; cached because every step needs it."""
    intake = parse_intake(text, source=f"intake of {name}", folder=Path(folder), stored=True).intake
    task = TASK_TYPES.get(intake.task)
    return intake, task, make_workforce(intake, task, folder=Path(folder), seed=seed)


def make_workforce(intake: Intake, task: TaskType, *, folder: Path, seed: int) -> Workforce | None:
    """Return the intake's simulated or recorded people; None where real people work."""
    plan = intake.workforce
    if plan.truth is None or plan.kind == "people":
        return None
    truth = read_truth(folder / plan.truth)
    if plan.kind == "simulated":
        return SimulatedWorkforce(
            seed=seed, people=plan.people, experts=plan.experts, truth=truth, schema=intake.schema, task=task
        )
    assert plan.answers is not None
    recorded = read_answers(folder / plan.answers)
    return RecordedWorkforce(answers=recorded.triples(), truth=truth, seed=seed)
