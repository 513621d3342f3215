"""A stored project as everybody works with it: its intake, its task type, its simulated or recorded people."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from assay.core.labels.schema_versions import in_force
from assay.core.ports.task_type import TaskType
from assay.core.ports.workforce import Workforce
from assay.core.project.further_intake import intake_of_further, read_further
from assay.core.project.intake import Intake
from assay.providers.workforce.recorded import RecordedWorkforce
from assay.providers.workforce.simulated import SimulatedWorkforce
from assay.service.intake.answer_files import read_answers, read_truth
from assay.service.intake.intake_file import parse_intake, parse_yaml
from assay.service.stored_times import moment_of
from assay.service.working_set.texts_as_now import texts_as_now
from assay.store.projects.projects import ProjectRow, project_asking
from assay.store.scope import Scope
from assay.tasktypes import TASK_TYPES


def intake_of(project: ProjectRow) -> Intake:
    """Return a stored project's intake, as the batch sees it that the project was read for.

    Its labels are those of the version that the batch is read in.
    """
    intake = parse_intake(
        project.intake, source=f"intake of {project.name}", folder=Path(project.folder), stored=True
    ).intake
    if project.changes:
        intake = replace(intake, schema=in_force(intake.schema, project.changes))
    if project.further is None:
        return intake
    document = parse_yaml(project.asked, source=f"further batch of {project.name}")
    return intake_of_further(
        intake,
        read_further(document),
        folder=project.data_folder,
        start=moment_of(project.created_at),
    )


@lru_cache(maxsize=256)
def work_constants(project: int, digest: str, tenant: int, version: int) -> tuple[Intake, TaskType]:
    """Return the intake and task type of a project or its further batch in one version of its labels.

    Neither changes, so its digest and the version name it.
    """
    intake = intake_of(project_asking(Scope(tenant), project, digest=digest, version=version))
    return intake, TASK_TYPES.get(intake.task)


def workforce_of(project: ProjectRow) -> Workforce | None:
    """Return a stored project's simulated or recorded people; None where real people work."""
    return constants_of(project)[2]


_SOME: Final = 8


def constants_of(project: ProjectRow) -> tuple[Intake, TaskType, Workforce | None]:
    """Return what never changes about a project, as a batch sees it; cached because every step needs it."""
    return read_constants(replace(project, status="", plan="", quote="", agreed=False, newest=0))


@lru_cache(maxsize=_SOME)
def read_constants(project: ProjectRow) -> tuple[Intake, TaskType, Workforce | None]:
    """Return them of a project without what changes about it."""
    intake = intake_of(project)
    task = TASK_TYPES.get(intake.task)
    folder = Path(project.folder)
    before = None if project.further is None else intake_of(replace(project, further=None)).workforce.truth
    workforce = make_workforce(intake, task, folder=folder, seed=project.crew_seed, before=before)
    return intake, task, workforce


def make_workforce(
    intake: Intake, task: TaskType, *, folder: Path, seed: int, before: str | None = None
) -> Workforce | None:
    """Return the intake's simulated or recorded people; None where real people work.

    What is true of other batches' items stands in the file `before`: their control items are used again.
    """
    plan = intake.workforce
    if plan.truth is None or plan.kind == "people":
        return None
    truth = read_truth(folder / plan.truth)
    if before is not None and before != plan.truth:
        truth = {**read_truth(folder / before), **truth}
    now = texts_as_now(task, intake.schema)
    truth = {key: found for key, label in truth.items() if (found := now(label)) is not None}
    if plan.kind == "simulated":
        return SimulatedWorkforce(
            seed=seed, people=plan.people, experts=plan.experts, truth=truth, schema=intake.schema, task=task
        )
    assert plan.answers is not None
    recorded = read_answers(folder / plan.answers)
    given = ((item, who, now(label)) for item, who, label in recorded.triples())
    triples = [(item, who, label) for item, who, label in given if label is not None]
    return RecordedWorkforce(answers=triples, truth=truth, seed=seed)
