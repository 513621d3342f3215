"""Keyed chance: every draw comes from (seed, purpose, subject), never from a shared stream.

So neither the order of events nor a crash changes a draw, and any of them can be made again.
"""

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

_FIFTY_THREE_BITS = 2.0**53


def digest(seed: int | str, purpose: str, subject: str) -> bytes:
    """Return the 16 bytes that belong to one draw."""
    return hashlib.blake2b(f"{seed}\x1f{purpose}\x1f{subject}".encode(), digest_size=16).digest()


def uniform(seed: int | str, purpose: str, subject: str) -> float:
    """Return a float in [0, 1) with 53 random bits."""
    return (int.from_bytes(digest(seed, purpose, subject)[:8], "big") >> 11) / _FIFTY_THREE_BITS


def uniforms(seed: int | str, purpose: str, subjects: Iterable[str]) -> NDArray[np.float64]:
    """Return one float in [0, 1) per subject; shape (subjects,)."""
    return np.array([uniform(seed, purpose, subject) for subject in subjects], dtype=np.float64)


def pick(seed: int | str, purpose: str, subject: str, *, below: int) -> int:
    """Return an integer in [0, below)."""
    return int(uniform(seed, purpose, subject) * below)


def order(seed: int | str, purpose: str, subjects: Iterable[str]) -> list[int]:
    """Return the positions of the subjects in a keyed random order (sorted by their digests)."""
    keyed = [(digest(seed, purpose, subject), position) for position, subject in enumerate(subjects)]
    return [position for _, position in sorted(keyed)]


def generator(seed: int | str, purpose: str, subject: str) -> np.random.Generator:
    """Return a numpy generator of its own for one subject, for draws that come in numbers."""
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest(seed, purpose, subject), "big")))
