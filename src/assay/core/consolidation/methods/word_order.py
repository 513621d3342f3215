"""The best way through slots of words, where words that stand side by side in answers belong together.

Viterbi's algorithm over the last two words. The answers' pairs and triples of words are heard as their words
are: a text mixed of answers that heard something different altogether has few of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

MOST: Final = 32
"""So many ways are followed at once; with two words each in every slot none is lost."""

_EDGE: Final = 0


def neighbours(
    answers: Iterable[tuple[Sequence[int], float]], *, weight: tuple[float, float]
) -> tuple[dict[tuple[int, int], float], dict[tuple[int, int, int], float]]:
    """Return the support of each pair and triple of words that follow one another, each answer counted once.

    Args:
        answers: words, from 1, and what a vote of the answer counts; beginning and end count as word 0.
        weight: what pairs and what triples count, as a share of a vote.
    """
    twos: dict[tuple[int, int], float] = defaultdict(float)
    threes: dict[tuple[int, int, int], float] = defaultdict(float)
    for words, vote in answers:
        row = [_EDGE, _EDGE, *words, _EDGE]
        for two in sorted(set(pairwise(row[1:]))):
            twos[two] += weight[0] * vote
        for three in sorted(set(zip(row, row[1:], row[2:], strict=False))):
            threes[three] += weight[1] * vote
    return twos, threes


def best_path(
    slots: Sequence[Sequence[tuple[int, float]]],
    *,
    twos: dict[tuple[int, int], float],
    threes: dict[tuple[int, int, int], float],
) -> list[int]:
    """Return the position of the chosen candidate of each slot.

    The path of largest support is chosen, of equals the one of smallest words.

    Args:
        slots: for each slot its candidates (word, support); word 0 is none.
        twos: the support of pairs, see `neighbours`.
        threes: the support of triples.
    """
    ways: dict[tuple[int, int], tuple[float, _Path]] = {(_EDGE, _EDGE): (0.0, None)}
    for slot in slots:
        reached: dict[tuple[int, int], tuple[float, _Path]] = {}
        for (before, last), (gained, path) in ways.items():
            for place, (word, support) in enumerate(slot):
                total, end = gained + support, (before, last)
                if word:
                    total += twos.get((last, word), 0.0) + threes.get((before, last, word), 0.0)
                    end = (last, word)
                total = round(total, 9)
                if end not in reached or total > reached[end][0]:
                    reached[end] = total, (path, place)
        kept = sorted(reached.items(), key=lambda way: (-way[1][0], way[0]))[:MOST]
        ways = dict(kept)
    final = [
        (
            -round(gained + twos.get((last, _EDGE), 0.0) + threes.get((before, last, _EDGE), 0.0), 9),
            before,
            last,
        )
        for (before, last), (gained, _) in ways.items()
    ]
    _, before, last = min(final)
    chosen: list[int] = []
    path = ways[before, last][1]
    while path is not None:
        path, place = path
        chosen.append(place)
    return chosen[::-1]


_Path = tuple["_Path", int] | None
