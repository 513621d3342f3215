"""Write texts and spans as tokens with BIO tags."""

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from assay.core.labels.label_values import LabelledItem, Span, Spans
from assay.core.ports.file_format import LeftOut, Naming, leave_details_out

DOCUMENT: Final = "-DOCSTART-"
NOTHING: Final = "-X-"
OUTSIDE: Final = "O"
_WORD: Final = re.compile(r"\S+")
_NOT_IN_A_TAG: Final = re.compile(r"\s|%(?=[0-9A-Fa-f]{2})")
"""White space would be a column of its own, and a percent sign would be taken for an encoded one."""


def write_conll(items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
    """Write a line for each token and a blank line behind each text; return how many texts.

    A token is a run of signs without white space, cut where a span starts or ends.

    Raises:
        FileExistsError: if there is such a file.
        ValueError: if a label is none of the project's.
    """
    names = frozenset(naming.schema.names)
    labels = ",".join(_quoted(name) for name in naming.schema.names)
    count = 0
    with path.open("x", encoding="utf-8", newline="\n") as out:
        out.write(f"{DOCUMENT} {NOTHING} labels={labels} {OUTSIDE}\n\n")
        for item in items:
            assert isinstance(item.value, Spans)
            for span in item.value.spans:
                if span.label not in names:
                    raise ValueError(span.label)
            spans = without_overlaps(item.value.spans)
            out.writelines(_lines(item.text or "", spans))
            out.write("\n")
            _count_lost(item, len(item.value.spans) - len(spans), left_out)
            count += 1
    return count


def without_overlaps(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans that stay where a token can have one tag only: longer ones first, then earlier ones."""
    starts: list[int] = []
    kept: dict[int, Span] = {}
    for span in sorted(spans, key=lambda one: (one.start - one.end, one.start, one.label)):
        at = bisect_left(starts, span.end)
        if span.start < span.end and (at == 0 or kept[starts[at - 1]].end <= span.start):
            insort(starts, span.start)
            kept[span.start] = span
    return tuple(kept[start] for start in starts)


def _lines(text: str, spans: Sequence[Span]) -> Iterator[str]:
    tokens = list(_tokens(text, spans))
    if not tokens:
        notes = [f"gap={_quoted(text)}"] if text else []
        notes += [_blank(span) for span in spans]
        yield f"{DOCUMENT} 0:0 {';'.join(notes) or NOTHING} {OUTSIDE}\n"
        return
    at, before = 0, 0
    for position, (start, end) in enumerate(tokens):
        notes = [f"gap={_quoted(text[before:start])}"] if text[before:start] not in ("", " ") else []
        if position == 0 and text[:start] == " ":
            notes = ["gap=%20"]
        while at < len(spans) and spans[at].end <= start:
            # A span that ended before this token and had none of its own.
            notes.append(_blank(spans[at]))
            at += 1
        tag = OUTSIDE
        if at < len(spans) and spans[at].start < end:
            span = spans[at]
            # Tokens are cut where spans start, so the token before lies before the span or in it.
            first = position == 0 or tokens[position - 1][0] < span.start
            tag = f"{'B' if first else 'I'}-{_quoted_label(span.label)}"
            last = position + 1 == len(tokens) or tokens[position + 1][0] >= span.end
            if first and (span.start, span.end) != (start, _last_end(tokens, position, span.end)):
                notes.append(f"edge={span.start}:{span.end}")
            at += last
        if position + 1 == len(tokens):
            notes += [_blank(span) for span in spans[at:]]
            notes += [f"end={_quoted(text[end:])}"] if text[end:] else []
        yield f"{text[start:end]} {start}:{end} {';'.join(notes) or NOTHING} {tag}\n"
        before = end


def _last_end(tokens: Sequence[tuple[int, int]], position: int, limit: int) -> int:
    """Return where the last token before `limit` ends."""
    at = bisect_left(tokens, (limit, 0), lo=position)
    return tokens[at - 1][1]


def _tokens(text: str, spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Yield the start and end of every token."""
    cuts = sorted({edge for span in spans for edge in (span.start, span.end)})
    at = 0
    for word in _WORD.finditer(text):
        start, end = word.span()
        while at < len(cuts) and cuts[at] <= start:
            at += 1
        while at < len(cuts) and cuts[at] < end:
            yield start, cuts[at]
            start = cuts[at]
            at += 1
        yield start, end


def _blank(span: Span) -> str:
    return f"blank={_quoted(span.label)}@{span.start}:{span.end}"


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")


def _quoted_label(name: str) -> str:
    """Return a label as it stands where it can be one column, else percent-encoded."""
    return _NOT_IN_A_TAG.sub(lambda found: _quoted(found.group()), name)


def _count_lost(item: LabelledItem, overlapping: int, left_out: LeftOut) -> None:
    if overlapping:
        left_out["overlapping spans"] += overlapping
    if item.parts or item.confidence < 1:
        left_out["confidences"] += len(item.parts) or 1
    if item.extra:
        left_out["further columns"] += len(item.extra)
    if item.adjusted is not None:
        left_out["adjustments"] += 1
    leave_details_out(item.value, left_out)
