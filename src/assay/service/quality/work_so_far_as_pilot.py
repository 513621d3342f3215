"""The forecast of a batch from its own work so far: what was answered and judged, as the core's `Pilot`."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from assay.core.planning.forecast import Forecast, Terms, forecast
from assay.core.planning.pilot_findings import Pilot
from assay.core.planning.plan import in_answers
from assay.core.planning.rehearsal.people_right_in_part import possible_labels
from assay.core.ports.answers import AnswerTable, Floats, KnowsRows
from assay.core.ports.task_type import Rows
from assay.core.review.control_and_pilot_sizes import AUDITED_TWICE, CONTROL_SHARE, TRAINING_GROWTH
from assay.core.review.known_item_lessons import told
from assay.core.review.settle_ask_again_or_hand_on import Limits
from assay.service.intake.earlier_labels_and_models import sources
from assay.service.quality.calibrated_consensus import (
    columns,
    lessons_of,
    people_model,
    prior_of,
    trusted_prior,
)
from assay.service.quality.price_of_answers import expected_work, work_so_far
from assay.service.working_set import texts_as_now
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.label_queues import LABEL_QUEUES
from assay.store.items import items
from assay.store.labelling.project_people import PersonRow, list_people

LEAST_ITEMS: Final = 40
"""Fewer answered items say too little for a forecast."""

LEAST_PEOPLE: Final = 3
_SPARE: Final = 3
"""Whoever answered in the pilot is not asked again: so many more people than answers an item are drawn for it."""


def foretell(work: Work, *, items_in_all: int | None = None) -> Forecast | None:
    """Return what the batch will take, from its items so far; or what `items_in_all` others will, from its pilot's.

    None where that cannot be told: labels that came with the data or from a model that does not learn, fewer than
    40 answered items or three people, and choices that can be right in part, as preferences are.
    """
    if sources(work.intake):
        return None
    rows = items.all_items(work.batch)
    some = [row for row in rows if (row.is_control and row.label) or row.answers or row.judged]
    if items_in_all is not None:
        some = [row for row in some if row.is_pilot or row.is_control]
    everybody = list_people(work.scope, work.project.id)
    # Among few labels, of which one is half right where another is, what somebody else says is no label that may be
    # right as well: drawn so, preferences are foretold a third too dear (decisions/0016).
    if work.task.rows is Rows.NONE and isinstance(people_model(work, people=everybody), KnowsRows):
        return None
    pilot = _pilot(work, some, everybody)
    met = len(np.unique(pilot.answers.person))
    if int((~pilot.control).sum()) < LEAST_ITEMS or met < LEAST_PEOPLE:
        return None
    own = sum(not row.is_control for row in rows)
    terms = _terms(work, everybody, items_in_all=own if items_in_all is None else items_in_all)
    return forecast(pilot, terms=terms, task=work.task, schema=work.intake.schema)


def _pilot(work: Work, rows: Sequence[items.ItemRow], everybody: Sequence[PersonRow]) -> Pilot:
    ids = [row.id for row in rows]
    answers = texts_as_now.answers_of(work, ids, queues=LABEL_QUEUES)
    table = columns(
        work,
        [(answer.item, answer.person, answer.value) for answer in answers],
        suggested=(),
        items_in_order=ids,
        people=everybody,
    )
    prior = prior_of(work, rows)
    heard = trusted_prior(work, prior, lessons=lessons_of(work))
    known = [row.label if row.judged and row.label else None for row in rows]
    possible, chances, skills = _believed(work, table, known=known, heard=heard)
    answered = len(np.unique(table.item))
    trained_at = int((work.batch.prelabel_at - 1) / TRAINING_GROWTH)
    return Pilot(
        answers=table,
        chances=chances,
        control=np.array([row.is_control for row in rows], dtype=np.bool_),
        judged=np.array([row.judged and not row.is_control for row in rows], dtype=np.bool_),
        by_chance=np.array([row.decided_by == "audit" for row in rows], dtype=np.bool_),
        depth=_depth(work, rows),
        crew=None
        if _is_recorded(work)
        else np.array(
            [person.state == "active" and not (person.is_expert or person.reserve) for person in everybody],
            dtype=np.bool_,
        ),
        prior=prior if heard is not None else None,
        learnt=min(answered, trained_at),
        possible=possible,
        skills=skills,
    )


def _believed(
    work: Work, table: AnswerTable, *, known: Sequence[str | None], heard: Floats | None
) -> tuple[Sequence[tuple[str, ...]] | None, Floats, Floats | None]:
    """Return what may be right of each item, how likely that is, and people's skills, as `Pilot` has them.

    What the model of people believes is not calibrated here: known items are few, and calibration errs on the safe
    side, which is right for a certificate and too dear in a forecast.
    """
    task, schema = work.task, work.intake.schema
    if task.rows is not Rows.ONE:
        model = task.fit(table, schema=schema, known=known, prior=heard)
        consensus = model.consensus(table, prior=heard)
        possible, chances = possible_labels(table, consensus, known=known, task=task, schema=schema)
        return possible, chances, model.skill()
    model = task.fit(table, schema=schema, known=told(known, task=task), prior=heard)
    rows = model.posteriors(table, prior=heard)
    assert rows is not None, "a task type with one right label knows its rows"
    place = {name: position for position, name in enumerate(schema.names)}
    chances = rows.copy()
    for position, label in enumerate(known):
        if label in place:
            chances[position] = 0.0
            chances[position, place[label]] = 1.0
    return None, chances, None


def _is_recorded(work: Work) -> bool:
    return work.intake.workforce.kind == "recorded"


def _depth(work: Work, rows: Sequence[items.ItemRow]) -> int:
    """Return how many people can be asked about an item: recorded ones are those who once answered it."""
    if work.workforce is None or not _is_recorded(work):
        return work.intake.most + _SPARE
    able = [len(work.workforce.able(row.key) or ()) for row in rows]
    return max(1, round(float(np.mean(able)))) if able else 1


def _terms(work: Work, everybody: Sequence[PersonRow], *, items_in_all: int) -> Terms:
    intake = work.intake
    experts = sum(person.is_expert for person in everybody)
    return Terms(
        items=items_in_all,
        quality=intake.quality,
        limits=Limits(least=intake.least, most=intake.most, threshold=intake.quality.allowed),
        expert_price=in_answers(
            intake.money, answer=(expected_work(work) if work.project.quote else work_so_far(work)).cents[1]
        ),
        seed=work.project.seed,
        control_stream=CONTROL_SHARE / (1.0 - CONTROL_SHARE),
        best_first=_is_recorded(work),
        twice=AUDITED_TWICE if experts > 1 else 0.0,
        known_free=intake.known is not None,
        automatic=intake.automatic,
    )
