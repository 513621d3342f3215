"""Training: a project's instructions, and worked examples whose label is told at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.core.errors import NotFound
from assay.core.labels.label_text import value_to_json
from assay.core.labels.label_values import Choice, LabelClass
from assay.service.access.permissions import Actor, require
from assay.service.intake.instructions_as_html import instructions_html
from assay.service.intake.worked_examples import worked_examples
from assay.service.labelling.media_links import media_link
from assay.service.labelling.person_at_work import WORKED_ON
from assay.service.working_set.stored_project import work_constants
from assay.service.working_set.texts_as_now import texts_as_now
from assay.store.items import items
from assay.store.labelling import project_people
from assay.store.projects import batches, projects


@dataclass(frozen=True, slots=True)
class TrainingThereIs:
    """A project that somebody can prepare for."""

    project: str
    task: str
    examples: int
    has_instructions: bool


@dataclass(frozen=True, slots=True)
class ShownExample:
    """One worked example; `label` is a JSON value, `media` a link that lives some minutes."""

    key: str
    text: str | None
    media: str | None
    label: Any
    why: str


@dataclass(frozen=True, slots=True)
class Training:
    """One page of training: the example at `position` (from 1), and whether what was said is right."""

    project: str
    task: str
    instructions: str
    labels: Sequence[LabelClass]
    one_choice: bool
    count: int
    position: int
    example: ShownExample | None
    said: str | None
    right: bool
    batch: str


def training_there_is(actor: Actor, *, now: int) -> list[TrainingThereIs]:
    """Return the projects that the actor is one of the people of."""
    require(actor, "see own work", now=now)
    found = []
    for person in () if actor.member is None else project_people.people_of_member(actor.scope, actor.member):
        project = projects.project_by_id(actor.scope, person.project)
        intake, task = work_constants(project.id, project.intake_digest, actor.scope.tenant, project.version)
        examples = worked_examples(Path(project.folder), intake)
        found.append(
            TrainingThereIs(
                project=project.name,
                task=task.name,
                examples=len(examples),
                has_instructions=bool(instructions_html(project.folder, intake)),
            )
        )
    return found


def training_of(actor: Actor, *, project: str, position: int, said: str | None, now: int) -> Training:
    """Return instructions and one worked example; raises `NotFound` where the actor is none of the people."""
    require(actor, "see own work", now=now)
    row = projects.project_by_name(actor.scope, project)
    if (
        actor.member is None
        or project_people.person_of_member(actor.scope, project=row.id, member=actor.member) is None
    ):
        raise NotFound(noun="project", key=project)
    intake, task = work_constants(row.id, row.intake_digest, actor.scope.tenant, row.version)
    every = batches.list_batches(actor.scope, row.id)
    batch = next((one for one in reversed(every) if one.status in WORKED_ON), every[-1])
    examples = worked_examples(Path(row.folder), intake)
    found: dict[str, items.ItemRow] = {}
    for one in every:  # an id that came again in a later batch is another item
        found = {**items.items_by_key(one.id, list(examples)), **found}
    now_read = texts_as_now(task, intake.schema)
    # What is shown must be right today: an example of a label that was split or retired is none any longer.
    labels = {key: label for key, one in examples.items() if (label := now_read(one.label)) is not None}
    keys = [key for key in labels if key in found]
    place = min(max(position, 1), max(len(keys), 1))
    example, right = None, False
    if keys:
        key = keys[place - 1]
        value = task.parse(labels[key], schema=intake.schema)
        body = items.body(found[key].id)
        example = ShownExample(
            key=key,
            text=body.text,
            media=None if body.media is None else media_link(item=body.item, member=actor.member, now=now),
            label=value_to_json(value),
            why=examples[key].why,
        )
        right = said == task.text(value)
    return Training(
        project=project,
        task=task.name,
        instructions=instructions_html(row.folder, intake),
        labels=intake.schema.classes,
        one_choice=task.produces is Choice,
        count=len(keys),
        position=place,
        example=example,
        said=said,
        right=right,
        batch=batch.name,
    )
