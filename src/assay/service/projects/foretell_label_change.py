"""A dry run of a change to a project's labels: which items it would ask about anew, and what that may cost."""

from dataclasses import dataclass, replace

from assay.core.labels.schema_versions import SchemaChange, WantedChange
from assay.core.project.price_of_work import assumed_work
from assay.service.access.permissions import Actor, require
from assay.service.projects.change_labels import VERB, fitting
from assay.service.quality.labels_of_next_version import follows, relabelled
from assay.service.working_set.stored_project import intake_of
from assay.service.working_set.texts_as_now import texts_as_now
from assay.store.items import items
from assay.store.projects.batches import list_batches
from assay.store.projects.projects import project_by_name, projects_of_batches
from assay.tasktypes import TASK_TYPES


@dataclass(frozen=True, slots=True)
class BatchForetold:
    """What a change would do to one batch; money in cents.

    Attributes:
        batch: its name.
        follows: whether it would go over to the new version; batches whose labels are frozen keep theirs.
        renamed: items whose label would have another name.
        reopened: items that would be asked about anew.
        controls: control items that would be ordinary items from then on, and asked about too.
        least: what asking costs where the fewest answers are enough.
        most: what it costs where every item takes as many answers as the project allows.
    """

    batch: str
    follows: bool
    renamed: int
    reopened: int
    controls: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Foretold:
    """What a change would do to each batch of a project, and which version it would make."""

    project: str
    version: int
    what: SchemaChange
    currency: str
    batches: tuple[BatchForetold, ...]


def foretell_label_change(actor: Actor, *, project: str, wanted: WantedChange, now: int) -> Foretold:
    """Say what a change would do; nothing is changed.

    Raises:
        NotPermitted: if the actor may not change labels.
        NotFound: if there is no such project in the actor's scope.
        CannotChangeLabels: if the change does not fit the labels as they are, with the reason.
    """
    require(actor, VERB, now=now)
    row = project_by_name(actor.scope, project)
    intake = intake_of(row)
    change = fitting(intake, wanted)
    task = TASK_TYPES.get(intake.task)
    found: list[BatchForetold] = []
    views = projects_of_batches(actor.scope, row.id)
    for batch, view in zip(list_batches(actor.scope, row.id), views, strict=True):
        if not follows(batch):
            found.append(BatchForetold(batch.name, False, 0, 0, 0, 0, 0))
            continue
        asked = intake_of(replace(view, changes=(*row.changes, change)))
        seen = relabelled(items.all_items(batch), as_now=texts_as_now(task, asked.schema))
        many = len(seen.anew) + len(seen.controls)
        few, _, many_cents = assumed_work(asked.money.answer).cents
        found.append(
            BatchForetold(
                batch=batch.name,
                follows=True,
                renamed=len(seen.renamed),
                reopened=len(seen.anew),
                controls=len(seen.controls),
                least=round(many * asked.least * few),
                most=round(many * asked.most * many_cents),
            )
        )
    return Foretold(project, row.version + 1, change, intake.money.currency, tuple(found))
