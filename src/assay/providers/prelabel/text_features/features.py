"""Plain features of a text: its words, pairs of words and groups of letters, hashed into one vector.

Each feature adds its sign to one place of the vector (Weinberger et al., "Feature hashing for large scale
multitask learning", ICML 2009), so nothing has to be known about the other texts beforehand, and an item's
features are computed once.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from assay.core.limits import TEXT_LEARNT

PLACES: Final = 1_024
LONGEST: Final = TEXT_LEARNT.most

LETTERS: Final = (3, 4)
"""Lengths of the groups of letters within words: they know endings, and scripts without spaces."""


def text_features(text: str) -> NDArray[np.float32] | None:
    """Return a vector of length 1, shape (1,024,), or None for a text without letters or digits."""
    counts = Counter(_features(unicodedata.normalize("NFKC", text[:LONGEST]).casefold()))
    vector = np.zeros(PLACES, dtype=np.float64)
    for feature, count in counts.items():
        digest = crc32(feature.encode("utf-8", "replace"))
        vector[digest % PLACES] += (1.0 if digest & 0x8000_0000 else -1.0) * (1.0 + np.log(count))
    length = float(np.linalg.norm(vector))
    return (vector / length).astype(np.float32) if length else None


def _features(text: str) -> Iterator[str]:
    words = "".join(sign if sign.isalnum() or sign in "'!?" else " " for sign in text).split()
    before = ""
    for word in words:
        yield f"w {word}"
        if before:
            yield f"p {before} {word}"
        before = word
        framed = f"<{word}>"
        for length in LETTERS:
            for start in range(len(framed) - length + 1):
                yield f"l {framed[start : start + length]}"
