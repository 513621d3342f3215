"""A project's labels as they are now, with their ids, and how they came to be."""

from dataclasses import dataclass

from assay.service.access.permissions import Actor, require
from assay.service.working_set.stored_project import intake_of
from assay.store.projects.batches import list_batches
from assay.store.projects.projects import project_by_name
from assay.store.projects.schema_changes import list_changes


@dataclass(frozen=True, slots=True)
class LabelNow:
    """A label of the newest version: its id, which is its class number in files, its name and its help."""

    number: int
    name: str
    help: str


@dataclass(frozen=True, slots=True)
class LabelChange:
    """A change that was made: the version that it made, what it did, who made it why; `at` in microseconds."""

    version: int
    kind: str
    sentence: str
    reason: str
    actor: str
    at: int


@dataclass(frozen=True, slots=True)
class BatchVersion:
    """Which version of the labels a batch is read in."""

    batch: str
    version: int


@dataclass(frozen=True, slots=True)
class ProjectLabels:
    """A project's labels in their newest version, its changes oldest first, and the versions of its batches."""

    project: str
    version: int
    labels: tuple[LabelNow, ...]
    changes: tuple[LabelChange, ...]
    batches: tuple[BatchVersion, ...]


def project_labels(actor: Actor, *, project: str, now: int) -> ProjectLabels:
    """Return a project's labels; raises `NotFound` where there is no such project in the actor's scope."""
    require(actor, "see projects", now=now)
    row = project_by_name(actor.scope, project)
    schema = intake_of(row).schema
    numbers = schema.numbers
    return ProjectLabels(
        project=project,
        version=row.version,
        labels=tuple(LabelNow(numbers[one.name], one.name, one.help) for one in schema.classes),
        changes=tuple(
            LabelChange(one.version, one.what.kind, one.what.sentence, one.reason, one.actor, one.at)
            for one in list_changes(actor.scope, row.id)
        ),
        batches=tuple(
            BatchVersion(batch.name, batch.schema_version) for batch in list_batches(actor.scope, row.id)
        ),
    )
