"""Sequences laid beside one another, many pairs in lockstep, and answers gathered into slots of words.

The alignment of least cost is Needleman and Wunsch's (1970): a gap costs 1, a pair of words what a table of
costs says. A network of slots as in ROVER (Fiscus 1997, "A post-processing system to yield reduced word error
rates", section 3): every slot has one word of each answer, or none. Here all answers are aligned to one skeleton,
and words between two of its words stand in slots of their own.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

import numpy as np

from assay.core.consolidation.methods.word_errors import padded
from assay.core.ports.answers import Floats, Ints

_CELLS: Final = 400_000


def align(
    one: Sequence[Ints], two: Sequence[Ints], *, table: Ints, cost: Floats, width: Ints
) -> tuple[list[Ints], Floats]:
    """Align pairs of sequences.

    Args:
        one: the first of each pair.
        two: the second.
        table: shape (pairs,), which table of costs each pair uses.
        cost: the tables, flat, one after another: that of words a and b of table t is at
            start[t] + a * width[t] + b.
        width: shape (tables,), words of each table.

    Returns:
        For each pair, for each element of the second the position of the one that it stands beside, or -1;
        and shape (pairs,), the cost.
    """
    start = np.append(0, np.cumsum(width**2))
    length = np.array([(len(a), len(b)) for a, b in zip(one, two, strict=True)]).reshape(-1, 2)
    longest = length.max(axis=1, initial=0)
    order = np.argsort(longest, kind="stable")
    beside: list[Ints] = [np.zeros(0, dtype=np.int64)] * len(one)
    total = np.zeros(len(one))
    end = len(order)
    while end:
        # The longest come first, and so many together as fit into little memory.
        part = order[max(0, end - _CELLS // int(longest[order[end - 1]] + 1) ** 2 - 1) : end]
        end -= len(part)
        a, n = padded([one[pair].tolist() for pair in part])
        b, m = padded([two[pair].tolist() for pair in part])
        of = table[part]
        where = start[of][:, None, None] + a[:, :, None] * width[of][:, None, None] + b[:, None, :]
        found, total[part] = _lockstep(cost[where], n, m)
        for pair, row, last in zip(part.tolist(), found, m.tolist(), strict=True):
            beside[pair] = row[:last]
    return beside, total


def network(answers: Sequence[Ints], beside: Sequence[Ints], skeleton: Ints) -> Ints:
    """Gather aligned answers into slots; return the word of each in each slot, 0 for none.

    The j-th words of several answers between two words of the skeleton share a slot.

    Args:
        answers: words, from 1.
        beside: for each answer what `align` says: the position in it of the partner of each skeleton word, or -1.
        skeleton: its words.

    Returns:
        Shape (slots, answers).
    """
    length = len(skeleton)
    own = np.zeros((length, len(answers)), dtype=np.int64)
    between: list[list[list[int]]] = [[[] for _ in answers] for _ in range(length + 1)]
    for place, (answer, row) in enumerate(zip(answers, beside, strict=True)):
        partner = {element: bone for bone, element in enumerate(row.tolist()) if element >= 0}
        after = 0
        for element, word in enumerate(answer.tolist()):
            if element in partner:
                own[partner[element], place] = word
                after = partner[element] + 1
            else:
                between[after][place].append(word)
    rows: list[list[int]] = []
    for bone in range(length + 1):
        rows += map(list, zip_longest(*between[bone], fillvalue=0))
        if bone < length:
            rows.append(own[bone].tolist())
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(answers))


def _lockstep(cost: Floats, n: Ints, m: Ints) -> tuple[Ints, Floats]:
    """Align pairs whose words cost `cost`, shape (pairs, n, m), filled beyond each pair's lengths."""
    pairs, high, wide = cost.shape
    beside = np.full((pairs, wide), -1, dtype=np.int64)
    if not high or not wide:
        return beside, (n + m).astype(np.float64)
    steps = np.arange(wide + 1, dtype=np.float64)
    least = np.empty((high + 1, pairs, wide + 1))
    least[0] = steps
    for row in range(high):
        best = least[row] + 1.0
        best[:, 1:] = np.minimum(best[:, 1:], least[row][:, :-1] + cost[:, row])
        least[row + 1] = np.minimum.accumulate(best - steps, axis=1) + steps
    every = np.arange(pairs)
    i, j = n.copy(), m.copy()
    total: Floats = least[n, every, m]
    for _ in range(high + wide):
        up, left = np.maximum(i - 1, 0), np.maximum(j - 1, 0)
        both = (i > 0) & (j > 0)
        # Of equal ways a pair comes first, then a word of the first sequence alone.
        pair = np.where(both, least[up, every, left] + cost[every, up, left], np.inf)
        alone = np.where(i > 0, least[up, every, j] + 1.0, np.inf)
        other = np.where(j > 0, least[i, every, left] + 1.0, np.inf)
        way = np.argmin(np.round([pair, alone, other], 9), axis=0)
        going = (i > 0) | (j > 0)
        paired, first = going & (way == 0), going & (way == 1)
        beside[every[paired], left[paired]] = up[paired]
        i = np.where(paired | first, up, i)
        j = np.where(going & ~first, left, j)
    return beside, total
