"""Look over: what only the whole batch shows about settled labels, once before each freeze.

Label errors as the cross-fitted model sees them, lint of boxes and stretches, and items that everybody was long or
short about. A finding sends its item to an expert, is told in the trail by the item's name, and appears on the item's
page. Two bounds keep this cheap where people are honest: no more labels are doubted on the model's word than are believed to
be wrong, and what more than RARE of the items show is how this project draws, no error; it is counted and nobody is sent.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from assay.core.geometry.label_lint import Finding, boxes_of, has_rules, lint_value, unusual_boxes
from assay.core.ids import canonical
from assay.core.labels.label_values import LabelValue
from assay.core.ports.task_type import Rows
from assay.core.project import lifecycle
from assay.core.review.label_errors import label_errors
from assay.core.review.unusual_times import item_times, sentence_of
from assay.service.access.permissions import record
from assay.service.pipeline.pause_at_approved_price import pauses_for_budget
from assay.service.quality.calibrated_consensus import lessons_of, prior_of
from assay.service.quality.doubts_in_the_trail import DOUBT, LOOKED, subject_of
from assay.service.working_set import label_queues
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.item_changes import change_of
from assay.service.working_set.label_queues import LABEL_QUEUES
from assay.store.items import items
from assay.store.labelling import answers_and_pay_ledger, project_people, wanted_answers
from assay.store.projects import batches
from assay.store.trail import events

RARE: Final = 0.01
"""What more of the items show is no error: a convention of the project, or a rule that does not fit it."""
LABEL_ERROR: Final = "label error"
TIME: Final = "unusual time"
CHUNK: Final = 2_000

Found = list[tuple[items.ItemRow, Finding]]


def due(work: Work) -> bool:
    """Whether nobody looked over the batch since its last attempt; the caller knows that everything is settled."""
    looked = events.count_automatic(work.scope, verb=LOOKED, subject=f"batch {work.batch.name}")
    return looked <= work.batch.attempt


def step(work: Work) -> None:
    """Look over the settled labels that no expert has judged, and send what is found to experts."""
    every = [row for row in items.all_items(work.batch) if not row.is_control]
    found = [*_label_errors(work, every), *_lint(work, every), *_times(work, every)]
    counts = Counter(finding.rule for _, finding in found)
    most = max(1, int(RARE * len(every)))
    usual = sorted(rule for rule, many in counts.items() if many > most and rule != LABEL_ERROR)
    sent: dict[int, tuple[items.ItemRow, Finding]] = {}
    for row, finding in found:
        if finding.rule not in usual and not row.judged:
            sent.setdefault(row.id, (row, finding))
    if pauses_for_budget(work, judgements=len(sent)):
        return

    with work.saving():
        items.save_changes(
            [
                replace(
                    change_of(row, now=work.now),
                    state=lifecycle.move("item", row.state, "ask an expert"),
                    decided_by="doubted",
                )
                for row, _ in sent.values()
            ]
        )
        wanted_answers.open_tasks(work.batch.id, queue=label_queues.EXPERT, items=list(sent))
        if sent:
            batches.set_batch(work.scope, work.batch.id, refitted=-1)
        for row, finding in sent.values():
            record(
                work.actor,
                now=work.now,
                verb=DOUBT,
                subject=subject_of(work.batch.name, row.key),
                detail=canonical({"rule": finding.rule, "found": finding.sentence}).decode(),
            )
        work.record(
            LOOKED,
            rule="label errors, lint, and times, once before each freeze",
            items=len(sent),
            found=dict(sorted(counts.items())),
            usual=usual,
        )


def _label_errors(work: Work, every: Sequence[items.ItemRow]) -> Found:
    """Return the suspects of the cross-fitted model, as many as labels are believed to be wrong."""
    lessons = lessons_of(work)
    if work.task.rows is not Rows.ONE or (lessons is not None and not lessons.models):
        return []
    prior = prior_of(work, every)
    if prior is None:
        return []
    names = work.intake.schema.names
    place = {name: position for position, name in enumerate(names)}
    label = np.array([place.get(row.label, -1) for row in every], dtype=np.int64)
    scored = np.flatnonzero((label >= 0) & np.isfinite(prior).all(axis=1))
    scores = label_errors(prior[scored], label[scored])
    believed = int(sum(1.0 - row.chance for row in every if not row.judged))
    suspects = [
        one for one in scores.order().tolist() if scores.suspect[one] and not every[scored[one]].judged
    ]
    return [
        (
            every[scored[one]],
            Finding(
                LABEL_ERROR,
                f"A model that learnt from the other items holds it for '{names[scores.better[one]]}'"
                f" and gives '{names[label[scored[one]]]}' a probability of {scores.own[one]:.2f}.",
            ),
        )
        for one in suspects[:believed]
    ]


def _lint(work: Work, every: Sequence[items.ItemRow]) -> Found:
    """Return what is odd about boxes and stretches: by themselves, and against the batch."""
    if not has_rules(work.task.produces):
        return []
    found: Found = []
    values: list[LabelValue] = []
    for start in range(0, len(every), CHUNK):
        rows = every[start : start + CHUNK]
        bodies = items.bodies_of([row.id for row in rows])
        for row in rows:
            value, body = work.task.parse(row.label, schema=work.intake.schema), bodies[row.id]
            values.append(value)
            found += [(row, one) for one in lint_value(value, size=body.facts.size, text=body.text)[:1]]
    boxes = [boxes_of(value) for value in values]
    found += [(row, one) for row, said in zip(every, unusual_boxes(boxes), strict=True) for one in said[:1]]
    return found


def _times(work: Work, every: Sequence[items.ItemRow]) -> Found:
    """Return the items that everybody was unusually long or short about."""
    crew = project_people.list_people(work.scope, work.project.id)
    heard = {person.id: place for place, person in enumerate(crew) if person.state != project_people.EXCLUDED}
    place = {row.id: position for position, row in enumerate(every)}
    told = [
        (place[item], heard[person], seconds)
        for item, person, _, seconds in answers_and_pay_ledger.all_answers(
            work.batch.first_item, work.batch.last_item, queues=LABEL_QUEUES
        )
        if item in place and person in heard
    ]
    item = np.array([one[0] for one in told], dtype=np.int64)
    times = item_times(
        item,
        np.array([one[1] for one in told], dtype=np.int64),
        np.array([one[2] for one in told], dtype=np.float64),
        items=len(every),
    )
    answers = np.bincount(item, minlength=len(every))
    return [
        (
            every[one],
            Finding(TIME, sentence_of(float(times.factor[one]), answers=int(answers[one]))),
        )
        for one in np.flatnonzero(times.unusual).tolist()
    ]
