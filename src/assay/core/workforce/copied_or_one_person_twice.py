"""Do two people share answers that their items do not explain: copied, agreed upon, or one person twice.

Answers alike are what good work looks like, and hard items draw honest people to the same wrong label. So the null
hypothesis asks for more than likeness: given everybody else's answers (the partner's included) and the person's own
confusion rows, an answer y has the probability q_p(y) (`expected_answers.py`), and **two honest people may give the same
answer beyond that on three items in ten** (ALIKE: schools of thought, a crowd that is wrong together). Against it
stands the hypothesis that a share c > 0.3 of p's answers are r's:

    E_pr = mean over c of prod over the items of both of
           (c [y_p = y_r] + (1 - c) q_p(y_p)) / (0.3 [y_p = y_r] + 0.7 q_p(y_p))

An answer that was expected weighs nothing, a rare one much: shared errors count, shared right answers do not. The
mean over the likeness 0 to 0.3 of an honest pair is 1 at most, since the ratio is largest where the answers are the
same. Of a pair the mean of both directions is taken. Pairs are found by e-BH (`wager_evidence.found`), and groups are what
pairs connect.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core.ports.answers import Floats, Ints
from assay.core.workforce import wager_evidence
from assay.core.workforce.expected_answers import Foretold

ALIKE: Final = 0.3
"""Two honest people may share so many answers beyond what their items explain."""
COPIED: Final = (0.45, 0.6, 0.75, 0.9, 0.97)
SUSPECTED: Final = 10.0
"""Pairs on one device are found with a tenth of the evidence; the others need a little more."""
LEAST_COMMON: Final = 20
"""Pairs with fewer items in common are not looked at."""
MOST_PAIRS: Final = 20_000_000
"""Of more pairs of answers than this, those of evenly spaced items are looked at."""
_PART: Final = 500_000


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people whose answers are alike beyond what their items explain.

    Attributes:
        one: position of the one person.
        other: position of the other, one < other.
        common: items that both answered.
        same: their answers that were the same, and
        unexpected: those of the same answers that other people's answers would not lead one to expect.
        apart: unexpected answers of either on these items that the other did not give.
        evidence: the log e-value.
    """

    one: int
    other: int
    common: int
    same: int
    unexpected: int
    apart: int
    evidence: float


@dataclass(frozen=True, slots=True)
class Copying:
    """The pairs that were found among those looked at."""

    pairs: Sequence[Pair]
    looked_at: int

    def groups(self) -> list[tuple[int, ...]]:
        """Return the people whom pairs connect, in groups of positions, each in order."""
        joined: dict[int, int] = {}

        def root(who: int) -> int:
            while joined.setdefault(who, who) != who:
                who = joined[who]
            return who

        for pair in self.pairs:
            one, other = sorted((root(pair.one), root(pair.other)))
            joined[other] = one
        found: dict[int, list[int]] = {}
        for who in sorted(joined):
            found.setdefault(root(who), []).append(who)
        return [tuple(group) for group in found.values()]


def copying(foretold: Foretold, *, rate: float, suspected: Collection[tuple[int, int]] = ()) -> Copying:
    """Return the pairs of people who share too much.

    Args:
        foretold: the answers, with their probabilities.
        rate: the share of the pairs found that are honest at most, in expectation.
        suspected: pairs of positions, the smaller first, whom something beside their answers connects, as one device: that
            is no evidence, but where one looks first (`wager_evidence.shared_out`).
    """
    who, sums = _summed(foretold)
    enough = sums[:, 0] >= LEAST_COMMON
    who, sums = who[enough], sums[enough]
    if not len(who):
        return Copying((), 0)
    sides = np.stack([_over_shares(sums[:, 4 + side :: 2]) for side in (0, 1)], axis=1)
    logs = wager_evidence.mean_evidence(sides, weights=np.array([0.5, 0.5]))
    people = foretold.coded.people
    first = np.isin(who, [one * people + other for one, other in suspected])
    weighted = logs + wager_evidence.shared_out(first, weight=SUSPECTED)
    chosen = np.flatnonzero(wager_evidence.found(weighted, rate=rate))
    pairs = [
        Pair(
            one=int(who[p]) // people,
            other=int(who[p]) % people,
            common=int(sums[p, 0]),
            same=int(sums[p, 1]),
            unexpected=int(sums[p, 2]),
            apart=int(sums[p, 3]),
            evidence=float(logs[p]),
        )
        for p in chosen[np.argsort(-logs[chosen], kind="stable")].tolist()
    ]
    return Copying(pairs, len(who))


def _over_shares(logs: Floats) -> Floats:
    """Return the mean over c of e-values as logs, shape (pairs, shares) to (pairs,)."""
    return wager_evidence.mean_evidence(logs, weights=np.full(len(COPIED), 1.0 / len(COPIED)))


def _summed(foretold: Foretold) -> tuple[Ints, Floats]:
    """Return the pairs of people, as one * people + other, and the sums over their common items.

    The columns are those of `Pair` from `common` to `apart`, then the logarithms of each ratio: for every c of
    `COPIED` that of the one's answers and that of the other's. Answers are paired in parts, to bound the memory.
    """
    coded, rare = foretold.coded, foretold.against
    keys: list[Ints] = [np.zeros(0, dtype=np.int64)]
    sums: list[Floats] = [np.zeros((0, 4 + 2 * len(COPIED)))]
    for first, second in _pairs_of_answers(coded.item, coded.person):
        swap = coded.person[first] > coded.person[second]
        one, other = np.where(swap, second, first), np.where(swap, first, second)
        key, pair = np.unique(coded.person[one] * coded.people + coded.person[other], return_inverse=True)
        same = coded.label[one] == coded.label[other]
        strange = rare[one] + rare[other]
        columns = [np.ones(len(one)), same, same & (strange > 0), strange * ~same]
        honest = [np.log(ALIKE * same + (1.0 - ALIKE) * foretold.own[side]) for side in (one, other)]
        for c in COPIED:
            for side, null in zip((one, other), honest, strict=True):
                columns.append(np.log(c * same + (1.0 - c) * foretold.own[side]) - null)
        keys.append(key)
        sums.append(
            np.stack([np.bincount(pair, weights=column, minlength=len(key)) for column in columns], 1)
        )
    who, place = np.unique(np.concatenate(keys), return_inverse=True)
    together = np.zeros((len(who), 4 + 2 * len(COPIED)))
    np.add.at(together, place, np.concatenate(sums))
    return who, together


def _pairs_of_answers(item: Ints, person: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield the places of every two answers of different people to the same item, in parts."""
    order = np.argsort(item, kind="stable")
    ordered = item[order]
    start = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(item) else np.zeros(0, np.int64)
    size = np.diff(np.r_[start, len(item)])
    stride = max(1, -(-int((size * (size - 1) // 2).sum()) // MOST_PAIRS))
    start, size = start[::stride], size[::stride]
    for answers in np.unique(size[size > 1]).tolist():
        begin = start[size == answers][:, None]
        a, b = np.triu_indices(answers, 1)
        step = max(1, _PART // len(a))
        for part in range(0, len(begin), step):
            some = begin[part : part + step]
            one, two = order[(some + a).ravel()], order[(some + b).ravel()]
            apart = person[one] != person[two]
            yield one[apart], two[apart]
