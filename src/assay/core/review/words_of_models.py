"""Proposals of models among the answers: set apart, left out, or standing alone where nobody answered."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.answers import AnswerTable, Consensus, Floats, Ints
from assay.core.quality.logistic_calibration import Trust


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
    return replace(only_rows(table, ~_of_models(table)), models=frozenset()) if table.models else table


def only_models(table: AnswerTable) -> AnswerTable:
    """Return the models' proposals alone."""
    return only_rows(table, _of_models(table))


def _of_models(table: AnswerTable) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.isin(table.person, sorted(table.models))
    return found


def only_rows(table: AnswerTable, keep: NDArray[np.bool_]) -> AnswerTable:
    """Return the kept answers of a table; items and people keep their places."""
    values = [table.value[row] for row in np.flatnonzero(keep).tolist()]
    return replace(table, item=table.item[keep], person=table.person[keep], value=values)
