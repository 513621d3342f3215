"""What known items teach: how far to trust a consensus, and what one more answer tells.

Known items are control items and items that experts judged. Their answers are looked at as they came: the
consensus of the first answer, of the first two, and so on, stands for items that stop early. A batch and
its rehearsal learn by this one function.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.core.labels.label_values import LabelSchema
from assay.core.ports.answers import AnswerTable, Consolidator, Floats
from assay.core.ports.task_type import TaskType
from assay.core.quality.label_loss import Loss, loss_of
from assay.core.quality.logistic_calibration import RAW, WEIGHED, Calibration, Trust
from assay.core.quality.trust_in_models import fit_sharpness, sharpened
from assay.core.review.calibrate_on_known_items import calibrate, trust_alone
from assay.core.review.consensus_after_first_answers import Prefix, prefixes
from assay.core.review.drop_harmful_models import labels_are_worse
from assay.core.review.words_of_models import only_models, only_rows, rank_of, without_models
from assay.core.review.worth_of_one_more_answer import Evidence

CHOSEN_WEIGHT = 0.25
"""Items that experts saw because they looked risky are unlike the others and count less."""

_INDEPENDENCE = 40.0
"""So many answers the prior is worth that answers to one item do not depend on one another."""

_TOLD = 10.0
"""So many opposing answers the same prior is worth for what they tell."""

_USUAL_RIGHT, _USUAL_WRONG = 4.0, 1.0


@dataclass(frozen=True, slots=True)
class Lessons:
    """What known items taught.

    Attributes:
        calibration: from what the model believes to what is true.
        evidence: what answers tell.
        rate: share of right answers on known items, drawn to 0.8.
        sharpness: the power by which the pre-labeller's probabilities are to be trusted.
        spread: coefficient of variation of the calibrated error rate: 1 / sqrt(errors seen + 1).
        models: whether models' proposals are used at all; not where labels are worse with them.
        alone: how often the models' word is right where nobody answered; None where too little is known of it.
    """

    calibration: Calibration
    evidence: Evidence
    rate: float
    sharpness: float
    spread: float
    models: bool = True
    alone: Trust | None = None


def learn(
    *,
    table: AnswerTable,
    model: Consolidator,
    prior: Floats | None,
    known: Sequence[str | None],
    by_chance: NDArray[np.bool_],
    task: TaskType,
    schema: LabelSchema,
    most: int,
) -> Lessons:
    """Learn from known items.

    Args:
        table: all answers in the order in which they came, models' proposals among them.
        model: the people as they are known now, learnt with `told` of what is known.
        prior: shape (items, labels), the pre-labeller's probabilities, or None.
        known: length items, the known label or None.
        by_chance: shape (items,), whether a known item was drawn at random; the others count less.
        task: compares labels.
        schema: the project's labels.
        most: prefixes of at most so many answers are looked at.
    """
    given = np.array([label is not None for label in known], dtype=np.bool_)
    weight = np.where(by_chance, 1.0, CHOSEN_WEIGHT)
    loss, ways = loss_of(task, schema), task.ways(schema)
    sharpness, raw = 1.0, prior
    if prior is not None:
        truth = _truth_rows(known, task=task, schema=schema)
        sharpness = fit_sharpness(prior, truth=truth, weight=weight, rows=task.rows)
        prior = sharpened(prior, sharpness, rows=task.rows)
    kept, learnt = only_rows(table, given[table.item]), told(known, task=task)
    seen = prefixes(kept, model=model, prior=prior, known=learnt, most=most)
    trusted = True
    if prior is not None or table.models:
        alone = prefixes(without_models(kept), model=model, prior=None, known=learnt, most=1)
        trusted = not labels_are_worse(seen, alone, known=known, weight=weight, loss=loss)
        if not trusted:
            seen = prefixes(without_models(kept), model=model, prior=None, known=learnt, most=most)
    heard = prior if trusted else None
    whole = model.consensus(kept if trusted else without_models(kept), prior=heard, known=learnt)
    usual = WEIGHED if task.learns_from_known else RAW
    calibration, errors = calibrate(
        seen, whole, known=known, given=given, weight=weight, loss=loss, usual=usual
    )
    evidence, rate = _evidence(kept, seen, known=known, ways=ways, calibration=calibration, loss=loss)
    trust = None
    if trusted and (prior is not None or table.models):
        # As they are: sharpened rows are alike where models are sure, and what is said of them is learnt here.
        word = model.consensus(only_models(kept), prior=raw, known=learnt)
        trust = trust_alone(word, known=known, by_chance=by_chance, weight=weight, loss=loss)
    return Lessons(
        calibration,
        evidence,
        rate,
        sharpness,
        spread=float(1.0 / np.sqrt(errors + 1.0)),
        models=trusted,
        alone=trust,
    )


def told(known: Sequence[str | None], *, task: TaskType) -> Sequence[str | None]:
    """Return what people are learnt with of what is known.

    Where a consensus cannot be looked at as if its item were not known, nothing: calibration looks at known items,
    and they would look better than all others.
    """
    return known if task.learns_from_known else [None] * len(known)


def _truth_rows(known: Sequence[str | None], *, task: TaskType, schema: LabelSchema) -> Floats:
    rows = np.full((len(known), len(schema.names)), np.nan)
    for item, label in enumerate(known):
        if label is not None:
            rows[item] = task.row(task.parse(label, schema=schema), schema=schema)
    return rows


def _evidence(
    table: AnswerTable,
    seen: Sequence[Prefix],
    *,
    known: Sequence[str | None],
    ways: int,
    calibration: Calibration,
    loss: Loss,
) -> tuple[Evidence, float]:
    """Count how often the next answer supported a right and a wrong consensus, and told the truth."""
    truth = [known[i] or "" for i in table.item.tolist()]
    rank = rank_of(table)
    spoken = np.flatnonzero(rank >= 0).tolist()
    correct = sum(1.0 - loss(table.value[row], truth[row]) for row in spoken)
    rate = (correct + _USUAL_RIGHT) / (len(spoken) + _USUAL_RIGHT + _USUAL_WRONG)
    # Independent answers are the prior: on a wrong consensus few answers are seen. Errors go neither all
    # to one label nor evenly to all of them: the geometric mean of the two stands between.
    meets = (1.0 - rate) / np.sqrt(max(ways - 1, 1))
    counts = _INDEPENDENCE * np.array([[rate, 1.0 - rate], [meets, 1.0 - meets]])
    told = _TOLD * np.array([rate, 1.0 - meets - rate])
    for prefix in seen:
        value = prefix.consensus.value
        for row in np.flatnonzero(rank == prefix.depth).tolist():
            item, said = int(table.item[row]), table.value[row]
            wrong, opposes = loss(value[item], truth[row]), loss(said, value[item])
            counts += np.outer([1.0 - wrong, wrong], [1.0 - opposes, opposes])
            untold = loss(said, truth[row])
            told += wrong * opposes * np.array([1.0 - untold, untold])
    rates = counts[:, 0] / counts.sum(axis=1)
    first = np.zeros(0)
    if seen:
        first = calibration.apply(seen[0].consensus)[seen[0].reached]
    evidence = Evidence(
        support_right=float(max(rates[0], rates[1] + 0.01)),
        support_wrong=float(rates[1]),
        truth_in_opposition=1.0 if ways == 2 else float(told[0] / told.sum()),
        first=first,
    )
    return evidence, rate
