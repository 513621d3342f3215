"""What the answers so far say about items: consensus, and the calibrated probability that it is right.

The model of people and the calibration are those of the last refit; one answer more updates one item in
time proportional to its answers.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay.core.ports import AnswerTable, Consensus, Consolidator, Floats
from assay.core.quality.calibration import IDENTITY, Calibration
from assay.core.quality.sharpness import sharpened
from assay.core.review.lessons import Lessons
from assay.core.review.worth import Evidence
from assay.service.label_loop import LABEL_QUEUES
from assay.service.work import Work
from assay.store import items, queue
from assay.store.people import PersonRow, list_people


@dataclass(frozen=True, slots=True)
class Belief:
    """Consensus per item and its calibrated probability of being right, in the order asked for."""

    consensus: Consensus
    right: Floats


def believe(work: Work, rows: Sequence[items.ItemRow]) -> Belief:
    """Return what is believed about these items now."""
    people = list_people(work.scope, work.project.id)
    table = answer_table(rows, people=people)
    model = people_model(work, people=people)
    prior, lessons = prior_of(work, rows), lessons_of(work)
    if prior is not None and lessons is not None:
        prior = sharpened(prior, lessons.sharpness)
    consensus = model.consensus(table, prior=prior)
    return Belief(consensus=consensus, right=calibration_of(lessons).apply(consensus))


def answer_table(rows: Sequence[items.ItemRow], *, people: Sequence[PersonRow]) -> AnswerTable:
    """Return the people's answers to these items in columns."""
    found = queue.answers_of([row.id for row in rows], queues=LABEL_QUEUES)
    return columns(
        [(answer.item, answer.person, answer.value) for answer in found],
        items_in_order=[row.id for row in rows],
        people=people,
    )


def columns(
    answers: Sequence[tuple[int, int, str]], *, items_in_order: Sequence[int], people: Sequence[PersonRow]
) -> AnswerTable:
    """Turn (item, person, value) rows into columns; answers to other items are left out."""
    place = {item: position for position, item in enumerate(items_in_order)}
    who = {person.id: position for position, person in enumerate(people)}
    kept = [answer for answer in answers if answer[0] in place]
    return AnswerTable(
        item=np.fromiter((place[answer[0]] for answer in kept), np.int64, len(kept)),
        person=np.fromiter((who[answer[1]] for answer in kept), np.int64, len(kept)),
        value=[answer[2] for answer in kept],
        items=len(items_in_order),
        people=len(people),
    )


def people_model(work: Work, *, people: Sequence[PersonRow]) -> Consolidator:
    """Return the model of the last refit, or what the priors alone say before the first."""
    if work.batch.model:
        return work.task.load(work.batch.model, schema=work.intake.schema).grown(len(people))
    nothing = AnswerTable(
        item=np.zeros(0, np.int64), person=np.zeros(0, np.int64), value=[], items=0, people=len(people)
    )
    return work.task.fit(nothing, schema=work.intake.schema, known=[])


def calibration_of(lessons: Lessons | None) -> Calibration:
    """Return the calibration of the last refit."""
    return IDENTITY if lessons is None else lessons.calibration


def lessons_of(work: Work) -> Lessons | None:
    """Return what known items taught at the last refit; None before the first."""
    if not work.batch.calibration:
        return None
    stored = json.loads(work.batch.calibration)
    return Lessons(
        calibration=Calibration.from_json(stored["weights"]),
        evidence=Evidence(**{**stored["evidence"], "first": np.array(stored["evidence"]["first"])}),
        rate=float(stored["rate"]),
        sharpness=float(stored["sharpness"]),
        spread=float(stored["spread"]),
    )


def lessons_to_json(lessons: Lessons) -> str:
    """Return the lessons as they are stored beside the batch."""
    evidence = lessons.evidence
    first = [round(one, 6) for one in evidence.first.tolist()]
    stored = {
        "weights": lessons.calibration.to_json(),
        "evidence": {
            "support_right": evidence.support_right,
            "support_wrong": evidence.support_wrong,
            "truth_in_opposition": evidence.truth_in_opposition,
            "first": first,
        },
        "rate": lessons.rate,
        "sharpness": lessons.sharpness,
        "spread": lessons.spread,
    }
    return json.dumps(stored)


def prior_of(work: Work, rows: Sequence[items.ItemRow]) -> Floats | None:
    """Return the pre-labeller's class probabilities, shape (items, classes); None where it has none."""
    if not work.batch.prelabel_at:
        return None
    found = items.proposals([row.id for row in rows])
    if not any(found.values()):
        return None
    classes = len(work.intake.schema.names)
    prior = np.full((len(rows), classes), np.nan)
    for position, row in enumerate(rows):
        proposal = found.get(row.id)
        if proposal:
            prior[position] = np.frombuffer(proposal, dtype=np.float32)
    return prior
