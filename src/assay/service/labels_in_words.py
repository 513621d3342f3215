"""Label values in words and marks, for people who read the documents of a delivery."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, assert_never

from assay.core.labels.label_text import label_names
from assay.core.labels.label_values import (
    TIE,
    Boxes,
    Choice,
    Choices,
    LabelValue,
    Points,
    Preference,
    Span,
    Spans,
)

_NAMED: Final = 4
"""So many different labels are named in one line; the rest is counted."""

Piece = tuple[str, str]
"""A stretch of text with the label it is marked with, or ""."""


def in_words(value: LabelValue) -> str:
    """Return what a label says, in one short line."""
    match value:
        case Choice(name):
            return name
        case Preference(winner):
            return "neither is better" if winner == TIE else f"the {winner} is better"
        case Choices(names):
            return ", ".join(names) or "none of the labels"
        case Boxes() | Points() | Spans():
            return _counted(label_names(value))
        case _ as never:
            assert_never(never)


def noun_of(kind: type[LabelValue]) -> str:
    """Return what is counted per label: items, or the objects that they hold."""
    return {Boxes: "objects", Points: "points", Spans: "spans"}.get(kind, "items")


def marked(text: str, value: LabelValue | None, *, longest: int) -> tuple[Piece, ...]:
    """Cut a text into stretches with and without a mark; of overlapping spans the earlier one is marked.

    A text that is too long is shown from a little before its first span on.
    """
    spans = value.spans if isinstance(value, Spans) else ()
    start = max(0, spans[0].start - longest // 4) if spans and spans[-1].end > longest else 0
    end = min(len(text), start + longest)
    pieces = list(_pieces(text, spans, start=start, end=end))
    if start:
        pieces.insert(0, ("…", ""))
    if end < len(text):
        pieces.append(("…", ""))
    return tuple(pieces)


def _pieces(text: str, spans: Sequence[Span], *, start: int, end: int) -> Sequence[Piece]:
    pieces: list[Piece] = []
    place = start
    for span in spans:
        if span.start < place or span.start >= end:
            continue
        pieces.append((text[place : span.start], ""))
        place = min(span.end, end)
        pieces.append((text[span.start : place], span.label))
    pieces.append((text[place:end], ""))
    return [piece for piece in pieces if piece[0]]


def _counted(names: Sequence[str]) -> str:
    if not names:
        return "nothing"
    most = Counter(names).most_common()
    words = [f"{name} {count}" for name, count in most[:_NAMED]]
    rest = sum(count for _, count in most[_NAMED:])
    return ", ".join(words) + (f" and {rest} more" if rest else "")
