"""What a stage works with: one batch as it stands, and how to save what was decided."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.core.ids import canonical
from assay.core.ports.outbound import Outbound
from assay.core.ports.task_type import TaskType
from assay.core.ports.workforce import Workforce
from assay.core.project.intake import Intake
from assay.service.access.permissions import Actor, record
from assay.service.working_set.label_queues import Rules
from assay.store import db
from assay.store.projects.batches import BatchRow
from assay.store.projects.projects import ProjectRow
from assay.store.scope import Scope

AT_ONCE: Final = -1
"""Stands where else the number of answers does at which people are learnt anew."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Settings that stages need; times in microseconds."""

    home: Path
    checkpoint_dir: Path
    task_micros: int
    step_answers: int
    exposure: float
    outbound: Outbound


@dataclass(frozen=True, slots=True)
class Work:
    """One batch in a worker's hands.

    Attributes:
        actor: the system, on behalf of the tenant.
        project: the batch's project.
        intake: what the requester said.
        batch: the batch as it was read a moment ago.
        task: the task type.
        workforce: simulated or recorded people, None where real people work.
        limits: settings.
        out: where to deliver.
        hold: renews the worker's lease inside a transaction; raises `LeaseLost`.
        real_now: microseconds, the worker's clock.
    """

    actor: Actor
    project: ProjectRow
    intake: Intake
    batch: BatchRow
    task: TaskType
    workforce: Workforce | None
    limits: Limits
    out: Path
    hold: Callable[[], None]
    real_now: int

    @property
    def scope(self) -> Scope:
        """The tenant's scope."""
        return self.actor.scope

    @property
    def now(self) -> int:
        """Microseconds: the logical clock where people are simulated or recorded, else the worker's."""
        return self.batch.clock if self.workforce is not None else self.real_now

    @property
    def folder(self) -> Path:
        """The folder that the intake's paths are relative to."""
        return Path(self.project.folder)

    @property
    def rules(self) -> Rules:
        """What the label loop needs to know."""
        return Rules(
            batch=self.batch.id,
            project=self.project.name,
            seed=self.project.seed,
            task=self.task,
            schema=self.intake.schema,
            answer_price=self.intake.money.answer,
            expert_price=self.intake.money.expert,
            task_micros=self.limits.task_micros,
            answers=self.batch.answers,
            exposure=self.limits.exposure,
        )

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Save inside one transaction, which fails if the lease went to another worker."""
        with db.transaction():
            self.hold()
            yield

    def record(self, verb: str, *, rule: str, before: str = "", after: str = "", **detail: object) -> None:
        """Append the event of an automatic step, which names the rule it followed."""
        record(
            self.actor,
            now=self.now,
            verb=verb,
            subject=f"batch {self.batch.name}",
            before=before,
            after=after,
            detail=canonical({"rule": rule, **detail}).decode(),
        )
