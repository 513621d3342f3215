"""Words of a text, and how many of them differ: what transcriptions are compared by.

Two words are the same where they are spelt the same without regard to case; punctuation is no part of a word,
but stays with the word before it when texts are put together again.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from assay.core.ports.answers import Floats, Ints

_WORD: Final = re.compile(r"[\w'’]*\w[\w'’]*")  # noqa: RUF001 - the typographic apostrophe is meant
_CELLS: Final = 4_000_000


def words(text: str) -> list[str]:
    """Return the words of a text as they are compared: case folded, without punctuation."""
    return [_key(found.group()) for found in _WORD.finditer(text)]


def spelt(text: str) -> list[tuple[str, str]]:
    """Return (word as compared, word as written with the punctuation up to the next) for each word."""
    found = list(_WORD.finditer(text))
    ends = [one.start() for one in found[1:]] + [len(text)] * bool(found)
    return [
        (_key(one.group()), text[one.start() : end].strip()) for one, end in zip(found, ends, strict=True)
    ]


def text_loss(said: str, true: str) -> float:
    """Return min(1, word error rate): insertions, deletions and substitutions per word of the true text.

    Not symmetric, as the rate is not: it counts against the words of `true`. Without true words every word
    said is wrong.
    """
    a, b = words(said), words(true)
    if not b:
        return 1.0 if a else 0.0
    return min(1.0, edits(a, b) / len(b))


def edits(a: Sequence[str], b: Sequence[str]) -> int:
    """Return the Levenshtein distance of two sequences."""
    code = {word: place for place, word in enumerate(dict.fromkeys([*a, *b]))}
    one, two = (np.array([code[word] for word in side], dtype=np.int64) for side in (a, b))
    steps = np.arange(len(two) + 1)
    row = steps
    for place, word in enumerate(one.tolist()):
        best = np.append(place + 1, np.minimum(row[1:] + 1, row[:-1] + (two != word)))
        # An insertion costs 1 a step: what is left of the row's minimum after so many steps.
        row = np.minimum.accumulate(best - steps) + steps
    return int(row[-1])


def spelling_distance(vocabulary: Sequence[str], one: Ints, two: Ints) -> Floats:
    """Return the Levenshtein distance of words' letters over the longer one's length, pair by pair.

    Args:
        vocabulary: the words.
        one: shape (pairs,), positions in the vocabulary.
        two: the same shape.
    """
    code, length = padded([[ord(letter) for letter in word] for word in vocabulary])
    found = np.zeros(len(one))
    order = np.argsort(np.maximum(length[one], length[two]), kind="stable")
    step = max(1, _CELLS // max(1, code.shape[1] + 1) // 4)
    for at in range(0, len(order), step):
        part = order[at : at + step]
        a, b = one[part], two[part]
        n, m = length[a], length[b]
        wide = int(m.max(initial=0))
        letters, others = code[a], code[b][:, :wide]
        steps = np.arange(wide + 1)
        row = np.broadcast_to(steps, (len(part), wide + 1))
        distance = m.copy()
        for place in range(int(n.max(initial=0))):
            best = np.empty_like(row)
            best[:, 0] = place + 1
            best[:, 1:] = np.minimum(row[:, 1:] + 1, row[:, :-1] + (others != letters[:, place, None]))
            row = np.minimum.accumulate(best - steps, axis=1) + steps
            ended = n == place + 1
            distance[ended] = row[ended, m[ended]]
        found[part] = distance / np.maximum(np.maximum(n, m), 1)
    return found


def padded(rows: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    """Return rows of different length as one array filled with 0, and their lengths."""
    length = np.fromiter(map(len, rows), np.int64, len(rows))
    wide = int(length.max(initial=0))
    filled = np.zeros((len(rows), wide), dtype=np.int64)
    filled[np.arange(wide) < length[:, None]] = [one for row in rows for one in row]
    return filled, length


def _key(word: str) -> str:
    return word.casefold().replace("’", "'")  # noqa: RUF001 - the typographic apostrophe is meant
