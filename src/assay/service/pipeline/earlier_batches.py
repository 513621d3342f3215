"""A further batch begins with what earlier batches of its project showed, and ends with them."""

from dataclasses import replace
from typing import Final

import numpy as np

from assay.core.project import lifecycle
from assay.core.review.known_item_lessons import learn, told
from assay.service.quality.calibrated_consensus import lessons_to_json
from assay.service.quality.known_in_other_batches import NOTHING, known_elsewhere, with_known_elsewhere
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.stored_project import constants_of
from assay.store.labelling.project_people import list_people
from assay.store.projects import batches, projects
from assay.store.projects.further_batches import earlier_batches

FEWEST: Final = 10
"""Fewer known items of earlier batches say too little of people to begin with."""
PILOTED: Final = "done"


def newest_piloted(work: Work) -> Work | None:
    """Return the newest earlier batch of a further batch's project whose pilot is over, None where there is none."""
    if work.project.further is None:
        return None
    earlier = earlier_batches(work.scope, project=work.project.id, before=work.batch.id)
    for number, _ in reversed(earlier):
        row = batches.batch_by_id(work.scope, number)
        if row.pilot == PILOTED:
            project = projects.project_of_batch(work.scope, number)
            intake, task, workforce = constants_of(project)
            return replace(work, project=project, intake=intake, batch=row, task=task, workforce=workforce)
    return None


def keep_what_was_learnt(work: Work) -> None:
    """Let a further batch begin with the people as known items of earlier ones show them; in a transaction.

    How far models are to be trusted comes along, but not that they may label alone: that is for items of this batch
    to show.
    """
    before = NOTHING if work.project.further is None else known_elsewhere(work)
    if len(before.rows) < FEWEST or not before.answers:
        return
    people = list_people(work.scope, work.project.id)
    table = with_known_elsewhere(work, before, answers=(), suggested=(), items_in_order=(), people=people)
    known = before.labels
    model = work.task.fit(table, schema=work.intake.schema, known=told(known, task=work.task))
    lessons = learn(
        table=table,
        model=model,
        prior=None,
        known=known,
        by_chance=np.zeros(len(known), dtype=np.bool_),
        task=work.task,
        schema=work.intake.schema,
        most=work.intake.most,
    )
    batches.set_batch(
        work.scope,
        work.batch.id,
        model=model.to_bytes(),
        calibration=lessons_to_json(replace(lessons, alone=None)),
    )
    work.record(
        "begin with what was learnt",
        rule="known items of earlier batches, and what was said of them",
        items=len(before.rows),
        answers=len(before.answers),
        models=lessons.models,
    )


def finish_project(work: Work) -> None:
    """Let a delivered batch end its way, and the project end with its last batch; in the delivery's transaction."""
    others = [
        batch
        for batch in batches.list_batches(work.scope, work.project.id)
        if batch.id != work.batch.id
        and batch.status not in (lifecycle.DATA_DELIVERED, lifecycle.DATA_TRANSFER_FAILED)
    ]
    whole = projects.project_by_id(work.scope, work.project.id)
    if work.project.further is not None and work.project.status == lifecycle.PRODUCTION_IN_PROGRESS:
        projects.move_project(work.scope, work.project, "finish")
    if not others and whole.status == lifecycle.PRODUCTION_IN_PROGRESS:
        done = projects.move_project(work.scope, whole, "finish")
        work.record("finish (project)", rule="its last batch is delivered", after=done)
