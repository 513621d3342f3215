"""What known items teach: how far to trust a consensus, and what one more answer tells.

Known items are control items and items that experts judged. Their answers are looked at as they came: the
consensus of the first answer, of the first two, and so on, stands for items that stop early. A batch and
its rehearsal learn by this one function.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assay.core.ports import AnswerTable, Consensus, Consolidator, Floats, Ints
from assay.core.quality.calibration import IDENTITY, Calibration, fit_calibration
from assay.core.quality.sharpness import fit_sharpness, sharpened
from assay.core.review.worth import Evidence

CHOSEN_WEIGHT = 0.25
"""Items that experts saw because they looked risky are unlike the others and count less."""

_INDEPENDENCE = 40.0
"""So many answers the prior is worth that answers to one item do not depend on one another."""

_SAFE = 0.97
_UNSEEN = 0.3
"""Of n known items believed safe, so many errors over n + 1 may have stayed unseen (measured without a
model: labels believed 0.99 right on the word of 40 control items were 97 % right)."""

_DEEPEST = 5
"""Prefixes beyond so many answers are nearly all right and would teach the calibration little else."""

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
    """

    calibration: Calibration
    evidence: Evidence
    rate: float
    sharpness: float
    spread: float


def learn(
    *,
    table: AnswerTable,
    model: Consolidator,
    prior: Floats | None,
    known: Sequence[str | None],
    by_chance: NDArray[np.bool_],
    classes: Sequence[str],
    most: int,
) -> Lessons:
    """Learn from known items.

    Args:
        table: all answers in the order in which they came.
        model: the people as they are known now.
        prior: shape (items, classes), the pre-labeller's probabilities, or None.
        known: length items, the known label or None.
        by_chance: shape (items,), whether a known item was drawn at random; the others count less.
        classes: the labels; of two, who opposes a wrong one names the truth.
        most: prefixes of at most so many answers are looked at.
    """
    given = np.array([label is not None for label in known], dtype=np.bool_)
    weight = np.where(by_chance, 1.0, CHOSEN_WEIGHT)
    sharpness = 1.0
    if prior is not None:
        truth = [None if label is None else list(classes).index(label) for label in known]
        sharpness = fit_sharpness(prior, truth=truth, weight=weight)
        prior = sharpened(prior, sharpness)
    kept = _only(table, given[table.item])
    seen = _prefixes(kept, model=model, prior=prior, most=most)
    calibration, errors = _calibrate(seen, known=known, given=given, weight=weight)
    evidence, rate = _evidence(kept, seen, known=known, classes=len(classes), calibration=calibration)
    return Lessons(calibration, evidence, rate, sharpness, spread=float(1.0 / np.sqrt(errors + 1.0)))


@dataclass(frozen=True, slots=True)
class _Prefix:
    """The consensus of the first `depth` answers; `reached` says which items have so many."""

    depth: int
    consensus: Consensus
    reached: NDArray[np.bool_]


def _prefixes(table: AnswerTable, *, model: Consolidator, prior: Floats | None, most: int) -> list[_Prefix]:
    rank = rank_of(table)
    found = []
    for depth in range(1, most + 1):
        if not (rank == depth - 1).any():
            break
        consensus = model.consensus(_only(table, rank < depth), prior=prior)
        found.append(_Prefix(depth, consensus, consensus.count == depth))
    return found


def rank_of(table: AnswerTable) -> Ints:
    """Return which answer to its item each answer is, counted from 0; shape (answers,)."""
    order = np.argsort(table.item, kind="stable")
    ordered = table.item[order]
    starts = np.searchsorted(ordered, ordered, side="left")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - starts
    return rank


def _calibrate(
    seen: Sequence[_Prefix],
    *,
    known: Sequence[str | None],
    given: NDArray[np.bool_],
    weight: Floats,
) -> tuple[Calibration, float]:
    """Return the calibration, and how many errors of first answers' consensus it rests on at least.

    An item's prefixes say much the same, so together they count as one item.
    """
    rows = [(prefix, np.flatnonzero(prefix.reached & given)) for prefix in seen[:_DEEPEST]]
    if not rows:
        return IDENTITY, 0.0
    items = np.concatenate([at for _, at in rows])
    value = [prefix.consensus.value[i] for prefix, at in rows for i in at.tolist()]
    was_right = np.array([said == known[i] for said, i in zip(value, items.tolist(), strict=True)], np.bool_)
    together = Consensus(
        value=value,
        right=np.concatenate([prefix.consensus.right[at] for prefix, at in rows]),
        agreement=np.concatenate([prefix.consensus.agreement[at] for prefix, at in rows]),
        count=np.concatenate([prefix.consensus.count[at] for prefix, at in rows]),
    )
    errors = float(weight[items][~was_right].sum()) / len(rows)
    found = fit_calibration(consensus=together, was_right=was_right, weight=weight[items])
    safe = found.apply(together) >= _SAFE
    seen_safe = float(weight[np.unique(items[safe])].sum())
    return replace(found, floor=_UNSEEN / (seen_safe + 1.0)), errors


def _evidence(
    table: AnswerTable,
    seen: Sequence[_Prefix],
    *,
    known: Sequence[str | None],
    classes: int,
    calibration: Calibration,
) -> tuple[Evidence, float]:
    """Count how often the next answer supported a right and a wrong consensus, and told the truth."""
    truth = [known[i] for i in table.item.tolist()]
    correct = sum(said == true for said, true in zip(table.value, truth, strict=True))
    rate = (correct + _USUAL_RIGHT) / (len(truth) + _USUAL_RIGHT + _USUAL_WRONG)
    # Independent answers are the prior: on a wrong consensus few answers are seen. Errors go neither all
    # to one label nor evenly to all of them: the geometric mean of the two stands between.
    meets = (1.0 - rate) / np.sqrt(max(classes - 1, 1))
    counts = _INDEPENDENCE * np.array([[rate, 1.0 - rate], [meets, 1.0 - meets]])
    told = _TOLD * np.array([rate, 1.0 - meets - rate])
    rank = rank_of(table)
    for prefix in seen:
        value = prefix.consensus.value
        for row in np.flatnonzero(rank == prefix.depth).tolist():
            item, said = int(table.item[row]), table.value[row]
            wrong, opposes = int(value[item] != truth[row]), int(said != value[item])
            counts[wrong, opposes] += 1.0
            if wrong and opposes:
                told[int(said != truth[row])] += 1.0
    rates = counts[:, 0] / counts.sum(axis=1)
    first = np.zeros(0)
    if seen:
        first = calibration.apply(seen[0].consensus)[seen[0].reached]
    evidence = Evidence(
        support_right=float(max(rates[0], rates[1] + 0.01)),
        support_wrong=float(rates[1]),
        truth_in_opposition=1.0 if classes == 2 else float(told[0] / told.sum()),
        first=first,
    )
    return evidence, rate


def _only(table: AnswerTable, keep: NDArray[np.bool_]) -> AnswerTable:
    values = [table.value[row] for row in np.flatnonzero(keep).tolist()]
    return AnswerTable(table.item[keep], table.person[keep], values, table.items, table.people)
