"""Validate: machine checks of what people agreed on, before it counts as settled.

A label that is none of the project's goes to an expert; one that reaches beyond its picture or text, that the
model doubts strongly, or that a near-duplicate contradicts, goes to a second look once; to a first one where models
labelled it alone.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from assay.core.errors import InvalidLabel
from assay.core.geometry.within_bounds import lies_outside
from assay.core.labels.label_values import LabelValue, object_count
from assay.core.ports.task_type import Rows
from assay.core.project import lifecycle
from assay.core.quality.label_loss import loss_of
from assay.service.pipeline.pause_at_approved_price import pauses_for_budget
from assay.service.pipeline.stages.consolidate import reviewers
from assay.service.working_set import label_queues
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.item_changes import change_of
from assay.store.items import items, model_proposals, near_duplicates
from assay.store.labelling import wanted_answers

CHUNK: Final = 2_000
DOUBT: Final = 0.9
"""The model's probability against the label from which it counts as a contradiction."""
DOUBTED: Final = "doubted"
UNLIKE: Final = 0.5
"""Labels of near-duplicates contradict each other from this loss on."""


def due(work: Work) -> bool:
    """Whether an item waits to be checked."""
    return items.has_state(work.batch.id, lifecycle.CHECKING)


def step(work: Work) -> None:
    """Check the items that people agreed on."""
    checking = items.items_in_state(work.batch.id, lifecycle.CHECKING, limit=CHUNK)
    said = model_proposals.proposals([item.id for item in checking])
    groups = sorted({item.near_group for item in checking if item.near_group is not None})
    near: dict[int, set[str]] = {}
    for group, _, label in near_duplicates.neighbours(work.batch, groups):
        near.setdefault(group, set()).add(label)
    queue_name, verb = reviewers(work)

    passed: list[items.ItemChange] = []
    doubted: dict[str, list[int]] = {label_queues.LABEL: [], label_queues.PEER: [], label_queues.EXPERT: []}
    for item in checking:
        reason = _doubt(work, item, said.get(item.id), near.get(item.near_group or -1, set()))
        change = change_of(item, now=work.now)
        if reason is None:
            passed.append(replace(change, state=lifecycle.move("item", item.state, "pass")))
        elif reason == "schema":
            passed.append(replace(change, state=lifecycle.move("item", item.state, "ask an expert")))
            doubted[label_queues.EXPERT].append(item.id)
        elif item.decided_by == items.MODEL:  # nobody has looked yet: a first look is an ordinary answer
            change = replace(change, state=lifecycle.move("item", item.state, "reopen"), decided_by=DOUBTED)
            passed.append(change)
            doubted[label_queues.LABEL].append(item.id)
        else:
            passed.append(replace(change, state=lifecycle.move("item", item.state, verb), decided_by=DOUBTED))
            doubted[queue_name].append(item.id)
    if pauses_for_budget(
        work, answers=len(doubted[label_queues.PEER]), judgements=len(doubted[label_queues.EXPERT])
    ):
        return

    with work.saving():
        items.save_changes(passed)
        for name, found in doubted.items():
            wanted_answers.open_tasks(work.batch.id, queue=name, items=found)
        many = sum(len(found) for found in doubted.values())
        work.record(
            "validate labels",
            rule="schema, geometry, model disagreement, near-duplicates labelled differently",
            passed=len(checking) - many,
            doubted=many,
        )


def _outside(item: items.ItemRow, value: LabelValue) -> bool:
    """Say whether an object reaches beyond the item's picture or text."""
    return lies_outside(value, items.body(item.id).facts)


def _doubt(work: Work, item: items.ItemRow, proposal: bytes | None, near: set[str]) -> str | None:
    task, schema = work.task, work.intake.schema
    try:
        value = task.parse(item.label, schema=schema)
    except InvalidLabel:
        return "schema"
    if item.decided_by == DOUBTED:  # it had its second look
        return None
    if object_count(value) and _outside(item, value):
        return "geometry"
    loss = loss_of(task, schema)
    if any(loss(item.label, other) > UNLIKE for other in near):
        return "near-duplicate"
    if proposal:
        chances = np.frombuffer(proposal, dtype=np.float32)
        said = task.row(value, schema=schema) > 0.0
        # Of many labels the right one may have a small chance: only a strong word for another one doubts it.
        against = np.where(said, 1.0 - chances if task.rows is Rows.ANY else 0.0, chances)
        if float(against.max()) >= DOUBT:
            return "model"
    return None
