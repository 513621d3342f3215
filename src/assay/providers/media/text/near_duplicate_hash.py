"""A hash of a text that similar wordings share."""

import unicodedata
from typing import Final

import numpy as np
from numpy.typing import NDArray

SHINGLE: Final = 4
LEAST_CHARACTERS: Final = 12
"""Normalised texts shorter than this have no simhash: too few shingles to be compared."""


def simhash(text: str) -> bytes | None:
    """Return 64 bits of which near-equal texts share most; None for a very short text.

    Charikar, "Similarity estimation techniques from rounding algorithms" (STOC 2002): each distinct
    shingle (4 characters of the normalised text) votes with the bits of its hash; the majority is the
    text's bit. Upper and lower case, compatibility forms and runs of white space make no difference.
    """
    normal = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    if len(normal) < LEAST_CHARACTERS:
        return None
    # After normalisation a lone surrogate cannot occur: `inspect` has encoded the text before.
    points = np.frombuffer(normal.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    shingles = np.zeros(len(points) - SHINGLE + 1, dtype=np.uint64)
    for offset in range(SHINGLE):
        shingles = shingles * np.uint64(0x110001) + points[offset : offset + len(shingles)]
    hashed = _mixed(np.unique(shingles))
    bits = np.unpackbits(hashed.astype(">u8").view(np.uint8).reshape(-1, 8), axis=1)
    return np.packbits(2 * bits.sum(axis=0, dtype=np.int64) > len(bits)).tobytes()


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread every bit over all others: the finaliser of splitmix64 (Steele, Lea and Flood, 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
