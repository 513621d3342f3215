"""What the answers so far say about items: consensus, and the calibrated probability that it is right.

The model of people and the calibration are those of the last refit; one answer more updates one item in
time proportional to its answers.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.answers import AnswerTable, Consensus, Consolidator, Floats
from assay.core.ports.task_type import TaskType
from assay.core.project.intake import Intake
from assay.core.quality.logistic_calibration import IDENTITY, Calibration, Trust
from assay.core.quality.trust_in_models import sharpened
from assay.core.review.known_item_lessons import Lessons
from assay.core.review.words_of_models import only_models, where_alone, without_models
from assay.core.review.worth_of_one_more_answer import Evidence
from assay.service.intake.earlier_labels_and_models import sources
from assay.service.working_set import texts_as_now
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.label_queues import LABEL_QUEUES
from assay.store.items import items, model_proposals
from assay.store.labelling.project_people import EXCLUDED, PersonRow, list_people
from assay.store.projects.batches import BatchRow


class Learnt(Protocol):
    """A batch, and what its answers are read with; a worker's `Work` is one."""

    @property
    def intake(self) -> Intake:
        """What the requester said."""

    @property
    def batch(self) -> BatchRow:
        """The batch with its model of people and its calibration."""

    @property
    def task(self) -> TaskType:
        """The task type."""


@dataclass(frozen=True, slots=True)
class Belief:
    """Consensus per item and its calibrated probability of being right, in the order asked for.

    `alone`, shape (items,), says where that is the models' word, nobody having answered.
    """

    consensus: Consensus
    right: Floats
    alone: NDArray[np.bool_]


def believe(work: Work, rows: Sequence[items.ItemRow]) -> Belief:
    """Return what is believed about these items now."""
    people = list_people(work.scope, work.project.id)
    ids = [row.id for row in rows]
    answers = texts_as_now.answers_of(work, ids, queues=LABEL_QUEUES)
    table = columns(
        work,
        [(answer.item, answer.person, answer.value) for answer in answers],
        suggested=texts_as_now.suggestions(work, ids) if sources(work.intake) else (),
        items_in_order=ids,
        people=people,
    )
    lessons = lessons_of(work)
    model = people_model(work, people=people)
    return judged_by(model, work=work, table=table, prior=prior_of(work, rows), lessons=lessons)


def judged_by(
    model: Consolidator,
    *,
    work: Learnt,
    table: AnswerTable,
    prior: Floats | None,
    lessons: Lessons | None,
    learnt: Sequence[str | None] | None = None,
) -> Belief:
    """Return what a model of people, calibrated by these lessons, says of a table of answers.

    `learnt` is what the model was told of these items (`known_item_lessons.told`), None if nothing.
    """
    if lessons is not None and not lessons.models:
        table = without_models(table)
    heard = trusted_prior(work, prior, lessons=lessons)
    consensus = model.consensus(table, prior=heard, known=learnt)
    right = calibration_of(lessons).apply(consensus)
    if lessons is None or lessons.alone is None:
        return Belief(consensus, right, alone=np.zeros(len(right), dtype=np.bool_))
    word = model.consensus(only_models(table), prior=prior, known=learnt)
    return Belief(*where_alone(consensus, right, word=word, alone=lessons.alone))


def trusted_prior(work: Learnt, prior: Floats | None, *, lessons: Lessons | None) -> Floats | None:
    """Return the pre-labeller's rows as far as known items trust them; None where they do harm."""
    if prior is None or lessons is None:
        return prior
    return sharpened(prior, lessons.sharpness, rows=work.task.rows) if lessons.models else None


def columns(
    work: Learnt,
    answers: Sequence[tuple[int, int, str]],
    *,
    suggested: Sequence[tuple[int, int, str]],
    items_in_order: Sequence[int],
    people: Sequence[PersonRow],
) -> AnswerTable:
    """Turn (item, person, value) rows into columns; answers to other items are left out.

    Nothing that an excluded person said is heard, and of people who are believed to be one the first answer to an
    item only. Whatever suggests labels comes before the people, one place for each source (`earlier_labels_and_models.sources`), and
    its suggestions, (item, source, value), before the answers.
    """
    models = len(sources(work.intake))
    place = {item: position for position, item in enumerate(items_in_order)}
    who = {person.id: models + position for position, person in enumerate(people) if person.state != EXCLUDED}
    kept = [(place[item], source, value) for item, source, value in suggested if item in place]
    kept += [
        (place[item], who[person], value)
        for item, person, value in once(answers, people)
        if item in place and person in who
    ]
    return AnswerTable(
        item=np.fromiter((row[0] for row in kept), np.int64, len(kept)),
        person=np.fromiter((row[1] for row in kept), np.int64, len(kept)),
        value=[row[2] for row in kept],
        items=len(items_in_order),
        people=models + len(people),
        models=frozenset(range(models)),
    )


def once(
    answers: Sequence[tuple[int, int, str]], people: Sequence[PersonRow]
) -> Iterator[tuple[int, int, str]]:
    """Yield (item, person, value) rows without those in which somebody who is believed to be another repeats."""
    linked = {person.id: person.link for person in people if person.link and person.state != EXCLUDED}
    heard: set[tuple[int, int]] = set()
    for item, person, value in answers:
        link = linked.get(person, 0)
        if link:
            if (item, link) in heard:
                continue
            heard.add((item, link))
        yield item, person, value


def people_model(work: Learnt, *, people: Sequence[PersonRow]) -> Consolidator:
    """Return the model of the last refit, or what the priors alone say before the first."""
    nothing = columns(work, (), suggested=(), items_in_order=(), people=people)
    if work.batch.model:
        return work.task.load(work.batch.model, schema=work.intake.schema).grown(nothing.people)
    return work.task.fit(nothing, schema=work.intake.schema, known=[])


def calibration_of(lessons: Lessons | None) -> Calibration:
    """Return the calibration of the last refit."""
    return IDENTITY if lessons is None else lessons.calibration


def lessons_of(work: Learnt) -> Lessons | None:
    """Return what known items taught at the last refit; None before the first."""
    if not work.batch.calibration:
        return None
    stored = json.loads(work.batch.calibration)
    alone = stored.get("alone")
    return Lessons(
        calibration=Calibration.from_json(stored["weights"]),
        evidence=Evidence(**{**stored["evidence"], "first": np.array(stored["evidence"]["first"])}),
        rate=float(stored["rate"]),
        sharpness=float(stored["sharpness"]),
        spread=float(stored["spread"]),
        models=bool(stored.get("models", True)),
        alone=None if alone is None else Trust(*(float(one) for one in alone)),
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
        "models": lessons.models,
    }
    if lessons.alone is not None:
        stored["alone"] = [lessons.alone.shift, lessons.alone.slope, lessons.alone.floor]
    return json.dumps(stored)


def prior_of(work: Learnt, rows: Sequence[items.ItemRow]) -> Floats | None:
    """Return the pre-labeller's label probabilities, shape (items, labels); None where it has none."""
    if not work.batch.prelabel_at:
        return None
    found = model_proposals.proposals([row.id for row in rows])
    if not any(found.values()):
        return None
    labels = len(work.intake.schema.names)
    prior = np.full((len(rows), labels), np.nan)
    for position, row in enumerate(rows):
        proposal = found.get(row.id)
        if proposal:
            prior[position] = np.frombuffer(proposal, dtype=np.float32)
    return prior
