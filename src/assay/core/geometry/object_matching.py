"""Which object belongs to which: one-to-one between two answers, or in groups over many answers."""

import numpy as np
from numpy.typing import NDArray

from assay.core.lazy_import import Late
from assay.core.ports.answers import Floats, Ints

_optimize = Late("scipy.optimize")


def best_matching(left: Ints, right: Ints, score: Floats, *, problem: Ints) -> NDArray[np.bool_]:
    """Return which edges the one-to-one matching of largest total score uses, shape (edges,).

    Edges that meet no other are taken at once; only where some meet is an assignment problem solved
    (`scipy.optimize.linear_sum_assignment`), one per problem.

    Args:
        left: shape (edges,), ids of objects on one side.
        right: shape (edges,), ids of objects on the other side.
        score: shape (edges,), > 0.
        problem: shape (edges,), which matching an edge belongs to; problems share no objects.
    """
    if not len(left):
        return np.zeros(0, dtype=np.bool_)
    used: NDArray[np.bool_] = (np.bincount(left)[left] == 1) & (np.bincount(right)[right] == 1)
    meeting = np.flatnonzero(~used)
    meeting = meeting[np.argsort(problem[meeting], kind="stable")]
    borders = np.flatnonzero(np.diff(problem[meeting])) + 1
    for edges in np.split(meeting, borders):
        if len(edges):
            rows, row = np.unique(left[edges], return_inverse=True)
            columns, column = np.unique(right[edges], return_inverse=True)
            gain = np.zeros((len(rows), len(columns)))
            gain[row, column] = score[edges]
            of_row = np.full(len(rows), -1)
            chosen, taken = _optimize.linear_sum_assignment(gain, maximize=True)
            of_row[chosen] = taken
            used[edges] = of_row[row] == column
    return used


def group_alike(left: Ints, right: Ints, score: Floats, *, answer: Ints) -> Ints:
    """Gather objects of many answers into groups with at most one object of each answer.

    Pairs are joined in the order of their score, the groups of both with them, unless an answer would
    then be twice in a group (single linkage under a constraint). In each round every pair that is the best
    one of both its groups is joined: that is the same as one pair at a time, and takes few rounds.

    Args:
        left: shape (edges,), positions of objects; objects come in a canonical order.
        right: shape (edges,), the same.
        score: shape (edges,), how alike; of equal scores the pair of earlier objects is joined first.
        answer: shape (objects,), the place of its answer among those of its item, from 0.

    Returns:
        Shape (objects,): the group of each object; a group has the position of its first object.
    """
    n = len(answer)
    group = np.arange(n)
    if not len(left):
        return group
    words = int(answer.max()) // 64 + 1
    holds = np.zeros((n, words), dtype=np.uint64)
    holds[group, answer // 64] = np.uint64(1) << (answer % 64).astype(np.uint64)
    order = np.lexsort((right, left, -score))
    one, two = left[order], right[order]
    while len(one):
        rank = np.arange(len(one))
        best = np.full(n, len(one))
        # Written backwards, so that the first edge of each group is the one that stays.
        best[one[::-1]] = rank[::-1]
        other = np.full(n, len(one))
        other[two[::-1]] = rank[::-1]
        best = np.minimum(best, other)
        joined = (best[one] == rank) & (best[two] == rank)
        kept, gone = np.minimum(one[joined], two[joined]), np.maximum(one[joined], two[joined])
        holds[kept] |= holds[gone]
        into = np.arange(n)
        into[gone] = kept
        group = into[group]
        one, two = into[one], into[two]
        open_ = (one != two) & ((holds[one] & holds[two]) == 0).all(axis=1)
        one, two = one[open_], two[open_]
    return group
