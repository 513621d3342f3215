"""What known items teach: how far to trust a consensus, and what one more answer tells.

Known items are control items and items that experts judged. Their answers are looked at as they came: the
consensus of the first answer, of the first two, and so on, stands for items that stop early. A batch and
its rehearsal learn by this one function.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assay.core.labels import LabelSchema
from assay.core.ports import AnswerTable, Consensus, Consolidator, Floats, Ints, TaskType
from assay.core.quality.calibration import (
    IDENTITY,
    RAW,
    WEIGHED,
    Calibration,
    Prior,
    Trust,
    fit_calibration,
    fit_trust,
)
from assay.core.quality.loss import Loss, loss_of
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

LEAST_COMPARED = 15
"""Models are judged on so many known items at least."""


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
    kept, learnt = _only(table, given[table.item]), told(known, task=task)
    seen = _prefixes(kept, model=model, prior=prior, known=learnt, most=most)
    trusted = True
    if prior is not None or table.models:
        alone = _prefixes(without_models(kept), model=model, prior=None, known=learnt, most=1)
        trusted = not _worse(seen, alone, known=known, weight=weight, loss=loss)
        if not trusted:
            seen = _prefixes(without_models(kept), model=model, prior=None, known=learnt, most=most)
    heard = prior if trusted else None
    whole = model.consensus(kept if trusted else without_models(kept), prior=heard, known=learnt)
    usual = WEIGHED if task.learns_from_known else RAW
    calibration, errors = _calibrate(
        seen, whole, known=known, given=given, weight=weight, loss=loss, usual=usual
    )
    evidence, rate = _evidence(kept, seen, known=known, ways=ways, calibration=calibration, loss=loss)
    trust = None
    if trusted and (prior is not None or table.models):
        # As they are: sharpened rows are alike where models are sure, and what is said of them is learnt here.
        word = model.consensus(only_models(kept), prior=raw, known=learnt)
        trust = _trust(word, known=known, by_chance=by_chance, weight=weight, loss=loss)
    return Lessons(
        calibration,
        evidence,
        rate,
        sharpness,
        spread=float(1.0 / np.sqrt(errors + 1.0)),
        models=trusted,
        alone=trust,
    )


def where_alone(
    consensus: Consensus, right: Floats, *, word: Consensus, alone: Trust
) -> tuple[Consensus, Floats, NDArray[np.bool_]]:
    """Put the models' word where nobody answered; return labels, their chances, and where it stands.

    Args:
        consensus: of the answers.
        right: shape (items,), its calibrated chances.
        word: the consensus of the models alone, as they are.
        alone: how often that is right.
    """
    there = (consensus.count == 0) & (word.right > 0.0)
    value = [word.value[i] if there[i] else said for i, said in enumerate(consensus.value)]
    return replace(consensus, value=value), np.where(there, alone.apply(word.right), right), there


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


def _worse(
    seen: "Sequence[_Prefix]",
    alone: "Sequence[_Prefix]",
    *,
    known: Sequence[str | None],
    weight: Floats,
    loss: Loss,
) -> bool:
    """Say whether labels are worse with the models' word than without it.

    Compared are the same known items after one answer. Chance alone must not cost a good model its
    place: it goes when the mean difference is more than its standard error above 0.
    """
    if not seen or not alone:
        return False
    items = np.flatnonzero(seen[0].reached & alone[0].reached).tolist()
    if len(items) < LEAST_COMPARED:
        return False
    more = np.array(
        [
            loss(seen[0].consensus.value[i], known[i] or "")
            - loss(alone[0].consensus.value[i], known[i] or "")
            for i in items
        ]
    )
    each = weight[items]
    mean = float(each @ more / each.sum())
    error = float(np.sqrt(each**2 @ (more - mean) ** 2) / each.sum())
    return mean > error


@dataclass(frozen=True, slots=True)
class _Prefix:
    """The consensus of the first `depth` answers; `reached` says which items have so many."""

    depth: int
    consensus: Consensus
    reached: NDArray[np.bool_]


def _prefixes(
    table: AnswerTable,
    *,
    model: Consolidator,
    prior: Floats | None,
    known: Sequence[str | None],
    most: int,
) -> list[_Prefix]:
    rank = rank_of(table)
    found = []
    for depth in range(1, most + 1):
        if not (rank == depth - 1).any():
            break
        consensus = model.consensus(_only(table, rank < depth), prior=prior, known=known)
        found.append(_Prefix(depth, consensus, consensus.count == depth))
    return found


def rank_of(table: AnswerTable) -> Ints:
    """Return which answer to its item each answer is, counted from 0, shape (answers,); models' are -1."""
    if table.models:
        spoken = ~_of_models(table)
        ranks = np.full(len(table.item), -1, dtype=np.int64)
        ranks[spoken] = rank_of(without_models(table))
        return ranks
    order = np.argsort(table.item, kind="stable")
    ordered = table.item[order]
    starts = np.searchsorted(ordered, ordered, side="left")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - starts
    return rank


def without_models(table: AnswerTable) -> AnswerTable:
    """Return the people's answers alone."""
    return replace(_only(table, ~_of_models(table)), models=frozenset()) if table.models else table


def only_models(table: AnswerTable) -> AnswerTable:
    """Return the models' proposals alone."""
    return _only(table, _of_models(table))


def _of_models(table: AnswerTable) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.isin(table.person, sorted(table.models))
    return found


def _calibrate(
    seen: Sequence[_Prefix],
    whole: Consensus,
    *,
    known: Sequence[str | None],
    given: NDArray[np.bool_],
    weight: Floats,
    loss: Loss,
    usual: Prior,
) -> tuple[Calibration, float]:
    """Return the calibration, and how many errors it rests on.

    An item's prefixes say much the same: together with the consensus of all its answers they count as one item,
    the prefixes for one half of it.
    """
    rows = [(prefix.consensus, np.flatnonzero(prefix.reached & given)) for prefix in seen[:_DEEPEST]]
    if not rows:
        return IDENTITY, 0.0
    prefixes = np.bincount(np.concatenate([at for _, at in rows]), minlength=len(given))
    share = np.concatenate([0.5 / prefixes[at] for _, at in rows])
    last = np.flatnonzero((prefixes > 0) & given)
    rows.append((whole, last))
    items = np.concatenate([at for _, at in rows])
    value = [consensus.value[i] for consensus, at in rows for i in at.tolist()]
    lost = np.array([loss(said, known[i] or "") for said, i in zip(value, items.tolist(), strict=True)])
    together = Consensus(
        value=value,
        right=np.concatenate([consensus.right[at] for consensus, at in rows]),
        agreement=np.concatenate([consensus.agreement[at] for consensus, at in rows]),
        count=np.concatenate([consensus.count[at] for consensus, at in rows]),
    )
    each = weight[items] * np.concatenate([share, np.full(len(last), 0.5)])
    errors = float(each @ lost)
    found = fit_calibration(consensus=together, was_right=1.0 - lost, weight=each, prior=usual)
    # Where nothing is ever that sure - hard work, labels right in part - the surer half stands for it.
    believed = found.apply(together)
    safe = believed >= min(_SAFE, float(np.median(believed)))
    seen_safe = float(weight[np.unique(items[safe])].sum())
    return replace(found, floor=_UNSEEN / (seen_safe + 1.0)), errors


def _trust(
    word: Consensus,
    *,
    known: Sequence[str | None],
    by_chance: NDArray[np.bool_],
    weight: Floats,
    loss: Loss,
) -> Trust | None:
    """Return how often the models' word is right where nobody answered; None where chance showed too few items.

    `word` is the consensus of the models alone. What it is about must not have taught it: a learning model's rows of
    known items are cross-fitted, and experts' labels teach it nothing (`service/stages/prelabel.py`).
    """
    spoken = [i for i, label in enumerate(known) if label is not None and word.value[i]]
    drawn = by_chance[spoken]
    if int(drawn.sum()) < LEAST_COMPARED:
        return None
    right = np.array([1.0 - loss(word.value[i], known[i] or "") for i in spoken])
    found = fit_trust(known=word.right[spoken], right=right, weight=weight[spoken])
    believed = found.apply(word.right[spoken])
    safe = believed >= min(_SAFE, float(np.median(believed)))
    return replace(found, floor=_UNSEEN / (int((safe & drawn).sum()) + 1.0))


def _evidence(
    table: AnswerTable,
    seen: Sequence[_Prefix],
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


def _only(table: AnswerTable, keep: NDArray[np.bool_]) -> AnswerTable:
    values = [table.value[row] for row in np.flatnonzero(keep).tolist()]
    return replace(table, item=table.item[keep], person=table.person[keep], value=values)
