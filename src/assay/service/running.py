"""Working on a batch: take its lease, do what is due until nothing is, give the lease back.

Any number of workers may try: one holds a batch at a time, and a worker that lost its lease saves nothing.
"""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from assay.core.errors import AssayError
from assay.core.ports import TaskType, Workforce
from assay.core.project.intake import Intake
from assay.providers.outbound import OutboundClient
from assay.providers.workforce.recorded import RecordedWorkforce
from assay.providers.workforce.simulated import SimulatedWorkforce
from assay.service.answer_files import read_answers, read_truth
from assay.service.installation import Installation
from assay.service.intake_file import parse_intake
from assay.service.pipeline import next_stage
from assay.service.work import Limits, Work
from assay.store import db
from assay.store.batches import batch_by_id
from assay.store.leases import break_lease, claim_lease, drop_lease, hold_lease, lease_holder
from assay.store.projects import ProjectRow, project_by_id
from assay.store.scope import Scope
from assay.tasktypes import TASK_TYPES

Clock = Callable[[], int]
"""Returns the worker's time in microseconds."""

Watcher = Callable[[Work, str], None]
"""Told of every step: the batch as it was before, and the stage's name; "" when nothing is due any more."""


@dataclass(eq=False, kw_only=True)
class BatchBusy(AssayError):
    """Another worker ({holder}) is working on batch {batch}; it goes on there."""

    exit_code = 5
    batch: int
    holder: str


def run_batch(
    installation: Installation,
    *,
    batch: int,
    out: Path,
    clock: Clock,
    watcher: Watcher | None = None,
    most_steps: int | None = None,
) -> int:
    """Do what is due on a batch until nothing is, or `most_steps` are done; return how many.

    Raises:
        BatchBusy: if another worker holds the batch.
        LeaseLost: if this worker was too slow and another took over.
    """
    subject = f"batch {batch}"
    holder = _holder()
    _break_dead(subject)
    with db.transaction():
        now = clock()
        fence = claim_lease(subject, holder=holder, now=now, until=now + installation.lease_micros)
    if fence is None:
        raise BatchBusy(batch=batch, holder=lease_holder(subject))

    def hold() -> None:
        hold_lease(subject, fence=fence, until=clock() + installation.lease_micros)

    done = 0
    try:
        while most_steps is None or done < most_steps:
            work = load_work(installation, batch=batch, out=out, hold=hold, real_now=clock())
            stage = next_stage(work)
            if watcher is not None:
                watcher(work, "" if stage is None else stage.name)
            if stage is None:
                break
            stage.step(work)
            done += 1
    finally:
        with db.transaction():
            drop_lease(subject, fence=fence)
    return done


def is_due(installation: Installation, *, batch: int, now: int) -> bool:
    """Whether anything is due on a batch, asked without its lease; a look and nothing more."""
    work = load_work(installation, batch=batch, out=Path(), hold=lambda: None, real_now=now)
    return next_stage(work) is not None


def load_work(
    installation: Installation, *, batch: int, out: Path, hold: Callable[[], None], real_now: int
) -> Work:
    """Read a batch as it stands, with everything that its stages need."""
    row = batch_by_id(installation.scope, batch)
    project = project_by_id(installation.scope, row.project_id)
    intake, task, workforce = _constants(project.name, project.intake, project.folder, project.seed)
    return Work(
        actor=installation.system("worker"),
        project=project,
        intake=intake,
        batch=row,
        task=task,
        workforce=workforce,
        limits=Limits(
            home=installation.home,
            checkpoint_dir=installation.checkpoint_dir,
            task_micros=installation.task_micros,
            step_answers=installation.step_answers,
            exposure=installation.exposure,
            outbound=OutboundClient(allowed=installation.outbound_allowed),
        ),
        out=out,
        hold=hold,
        real_now=real_now,
    )


def intake_of(project: ProjectRow) -> Intake:
    """Return a stored project's intake."""
    return parse_intake(
        project.intake, source=f"intake of {project.name}", folder=Path(project.folder)
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
    return _constants(project.name, project.intake, project.folder, project.seed)[2]


_SOME: Final = 8


@lru_cache(maxsize=_SOME)
def _constants(name: str, text: str, folder: str, seed: int) -> tuple[Intake, TaskType, Workforce | None]:
    """Return what never changes about a project; cached because every step needs it."""
    intake = parse_intake(text, source=f"intake of {name}", folder=Path(folder)).intake
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


def _holder() -> str:
    return f"{socket.gethostname()}/{os.getpid()}"


def _break_dead(subject: str) -> None:
    """Free a lease whose holder was a process of this machine that is gone: no need to wait for it."""
    holder = lease_holder(subject)
    host, _, pid = holder.rpartition("/")
    if host == socket.gethostname() and pid.isdigit() and int(pid) != os.getpid() and not _alive(int(pid)):
        with db.transaction():
            break_lease(subject, holder=holder)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
