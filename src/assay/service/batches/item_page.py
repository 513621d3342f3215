"""One item with everything that its requester may know: answers without their givers, remarks, what was corrected."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assay.core.errors import NotFound
from assay.core.ports.task_type import TaskType
from assay.core.project import lifecycle
from assay.core.project.intake import Intake
from assay.service.access.note_reading import note_reading
from assay.service.access.permissions import Actor, may, require
from assay.service.access.refuse_own_work import refuse_to_read_own_batch
from assay.service.batches.gallery import ShownItem, label_json, label_words, shown_items
from assay.service.quality.doubts_in_the_trail import doubts_about
from assay.service.working_set import texts_as_now
from assay.service.working_set.label_queues import LABEL, PEER
from assay.service.working_set.stored_project import work_constants
from assay.service.working_set.texts_as_now import Under
from assay.store.items import item_remarks, items
from assay.store.items.item_gallery import GalleryRow
from assay.store.projects.batches import batch_by_name
from assay.store.projects.projects import project_of_batch


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One answer without its giver: which letter, what it said, by which queue, when."""

    who: str
    label: object
    words: str
    queue: str
    at: int


@dataclass(frozen=True, slots=True)
class ShownRemark:
    """What somebody said about an item; `region` is a rectangle or stretch in the item's own coordinates."""

    comment: str
    region: Mapping[str, Any] | None
    who: str
    at: int


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One item with everything that its requester may know."""

    item: ShownItem
    project: str
    labels: Sequence[str]
    task: str
    may_review: bool
    whole_text: str | None
    extra: Mapping[str, Any]
    answers: Sequence[ShownAnswer]
    remarks: Sequence[ShownRemark]
    decided_at: int
    corrected: object | None
    corrected_words: str
    doubts: Sequence[str]
    """Why an expert was asked to look at it, in sentences."""


def item_page(actor: Actor, *, batch: str, key: str, now: int) -> ItemPage:
    """Return one item of a batch by its id; raises `NotFound`, also for control items."""
    require(actor, "see items", now=now)
    row = batch_by_name(actor.scope, batch)
    refuse_to_read_own_batch(actor, row, verb="see items", now=now)
    note_reading(actor, verb="see items", subject=f"batch {batch}", now=now)
    project = project_of_batch(actor.scope, row.id)
    intake, task = work_constants(project.id, project.intake_digest, project.tenant, project.version)
    found = items.items_by_key(row.id, [key]).get(key)
    if found is None or found.is_control:
        raise NotFound(noun="item", key=key[:200])
    body = items.body(found.id)
    shown = shown_items(
        actor,
        row,
        [
            GalleryRow(
                id=found.id,
                key=found.key,
                state=found.state,
                label=found.label,
                chance=found.chance,
                answers=found.answers,
                decided_by=found.decided_by,
                judged=found.judged,
            )
        ],
        intake=intake,
        task=task,
        now=now,
    )[0]
    before = found.frozen if found.frozen and found.frozen != found.label else None
    return ItemPage(
        item=shown,
        project=project.name,
        labels=intake.schema.names,
        task=task.name,
        may_review=row.status == lifecycle.READY_FOR_REVIEW and may(actor, "accept a batch"),
        whole_text=body.text,
        extra=_extra(intake, body.extra),
        answers=_answers(found.id, intake=intake, task=task),
        remarks=_remarks(found.id),
        decided_at=found.decided_at,
        corrected=None if before is None else label_json(task, intake, before),
        corrected_words="" if before is None else label_words(task, intake, before),
        doubts=doubts_about(actor.scope, batch=row.name, key=key),
    )


def _answers(item: int, *, intake: Intake, task: TaskType) -> list[ShownAnswer]:
    return [
        ShownAnswer(
            who=_letter(place),
            label=label_json(task, intake, answer.value),
            words=label_words(task, intake, answer.value),
            queue=answer.queue,
            at=answer.at,
        )
        for place, answer in enumerate(
            texts_as_now.answers_of(Under(intake, task), [item], queues=(LABEL, PEER, "expert", "audit"))
        )
    ]


def _remarks(item: int) -> list[ShownRemark]:
    return [
        ShownRemark(
            comment=one.comment,
            region=json.loads(one.region) if one.region else None,
            who=one.role,
            at=one.at,
        )
        for one in item_remarks.remarks_of([item])
    ]


def _extra(intake: Intake, stored: str) -> Mapping[str, Any]:
    hidden = intake.data.labels
    columns: dict[str, Any] = json.loads(stored or "{}")
    return {
        key: value
        for key, value in columns.items()
        if hidden is None or key not in (hidden, f"{hidden}-metadata")
    }


def _letter(place: int) -> str:
    return chr(ord("A") + place % 26) + ("" if place < 26 else str(place // 26))
