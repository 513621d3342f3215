"""Label values in words and marks, for people who read the documents of a delivery."""

from collections.abc import Sequence

from assay.core.labels.label_values import LabelValue
from assay.core.labels.values.value_kind import Stretch, kind_of_value, kinds

Piece = tuple[str, str]
"""A stretch of text with the label it is marked with, or ""."""


def in_words(value: LabelValue) -> str:
    """Return what a label says, in one short line."""
    return kind_of_value(value).words(value)


def noun_of(kind: type[LabelValue]) -> str:
    """Return what is counted per label: items, or the objects that they hold."""
    return kinds()[kind].noun


def marked(text: str, value: LabelValue | None, *, longest: int) -> tuple[Piece, ...]:
    """Cut a text into stretches with and without a mark; of overlapping spans the earlier one is marked.

    A text that is too long is shown from a little before its first span on.
    """
    spans = () if value is None else tuple(kind_of_value(value).stretches(value))
    start = max(0, spans[0].start - longest // 4) if spans and spans[-1].end > longest else 0
    end = min(len(text), start + longest)
    pieces = list(_pieces(text, spans, start=start, end=end))
    if start:
        pieces.insert(0, ("…", ""))
    if end < len(text):
        pieces.append(("…", ""))
    return tuple(pieces)


def _pieces(text: str, spans: Sequence[Stretch], *, start: int, end: int) -> Sequence[Piece]:
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
