"""Sentences from a small grammar: `{slot}` stands for any of the slot's phrases, which may hold slots again.

Each text is drawn from a key of its own, and a text that reads almost like an earlier one is left out, so
that no item is a near-duplicate of another.
"""

import itertools
import re
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Final, TypeVar

import numpy as np

from assay.core import chance
from assay.providers.media import text as texts
from assay.service.examples.example_folder import SEED

Grammar = Mapping[str, Sequence[str]]
Piece = tuple[str, str]
"""A stretch of a text, and the slot of the grammar that it comes from."""

Made = TypeVar("Made")

ALIKE: Final = 3
"""Texts whose simhashes differ in so few bits count as near-duplicates in the pipeline too."""

_SLOT: Final = re.compile(r"\{(\w+)\}")


def say(grammar: Grammar, start: str, draw: np.random.Generator) -> str:
    """Return a sentence: one of the phrases of the slot `start`, with all slots filled."""
    return "".join(piece for piece, _ in pieces(grammar, start, draw))


def pieces(
    grammar: Grammar, start: str, draw: np.random.Generator, *, whole: Container[str] = ()
) -> list[Piece]:
    """Return a sentence in pieces, each with the slot that it comes from; slots in `whole` are one piece each."""
    phrase = one_of(grammar[start], draw)
    found: list[Piece] = []
    end = 0
    for slot in _SLOT.finditer(phrase):
        found.append((phrase[end : slot.start()], start))
        found += pieces(grammar, slot[1], draw, whole=whole)
        end = slot.end()
    found.append((phrase[end:], start))
    if start in whole:
        return [("".join(piece for piece, _ in found), start)]
    return [(piece, slot) for piece, slot in found if piece]


def one_of(choices: Sequence[str], draw: np.random.Generator) -> str:
    """Return any of them."""
    return choices[int(draw.integers(len(choices)))]


def opening(sentence: str) -> str:
    """Return a sentence with a capital letter at its start."""
    return sentence[:1].upper() + sentence[1:]


def varied(
    name: str, count: int, make: Callable[[int, np.random.Generator], tuple[str, Made]]
) -> list[tuple[str, Made]]:
    """Return so many texts, each with what belongs to it, no two of which read alike.

    Args:
        name: the example's name, which keys the draws.
        count: how many texts are wanted.
        make: makes a text from its place in the result and a generator; it is called again, with another
            generator, where the text is like an earlier one.
    """
    found: list[tuple[str, Made]] = []
    hashes: list[int] = []
    for attempt in itertools.count():
        if len(found) == count:
            return found
        made = make(len(found), chance.generator(SEED, name, str(attempt)))
        read = int.from_bytes(texts.simhash(made[0]) or b"", "big")
        if all((read ^ other).bit_count() > ALIKE for other in hashes):
            found.append(made)
            hashes.append(read)
    return found
