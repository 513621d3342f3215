"""The pipeline: the stages in the order in which a batch goes through them.

This list is the table of contents of the product. A worker takes the stage nearest to delivery that has
something to do, and takes it as the state says; so after a kill the same step comes next, whoever takes it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from assay.core.project import lifecycle
from assay.service.pipeline import follow_labels
from assay.service.pipeline.stages import (
    certify,
    consolidate,
    deidentify,
    deliver,
    ingest,
    label,
    near_duplicates,
    offer,
    plan,
    prelabel,
    review,
    suggest,
    supplement,
    validate,
)
from assay.service.working_set.batch_at_hand import Work


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: whether it has something to do, and doing some of it."""

    name: str
    due: Callable[[Work], bool]
    step: Callable[[Work], None]


PEOPLE: Final = Stage("label", label.due, label.step)
LABELS: Final = Stage("labels", follow_labels.due, follow_labels.step)
"""Comes before every stage: what a stage does rests on the labels of the project."""
STAGES: Final = (
    Stage("ingest", ingest.due, ingest.step),
    Stage("near-duplicates", near_duplicates.due, near_duplicates.step),
    Stage("de-identify", deidentify.due, deidentify.step),
    Stage("pre-label", prelabel.due, prelabel.step),
    Stage("suggest", suggest.due, suggest.step),
    Stage("plan", plan.due, plan.step),
    PEOPLE,
    Stage("consolidate", consolidate.due, consolidate.step),
    Stage("validate", validate.due, validate.step),
    Stage("review", review.due, review.step),
    Stage("certify", certify.due, certify.step),
    Stage("offer", offer.due, offer.step),
    Stage("deliver", deliver.due, deliver.step),
    Stage("supplement", supplement.due, supplement.step),
)


def next_stage(work: Work) -> Stage | None:
    """Return the stage nearest to delivery that has something to do; None: the batch waits or is done.

    People act when everything else is done: the model learns, and items move on, between their answers. On a
    paused batch nothing is due: what came in meanwhile is looked at when it goes on.
    """
    if work.batch.status == lifecycle.PAUSED:
        return None
    if LABELS.due(work):
        return LABELS
    for stage in (*reversed([stage for stage in STAGES if stage is not PEOPLE]), PEOPLE):
        if stage.due(work):
            return stage
    return None
