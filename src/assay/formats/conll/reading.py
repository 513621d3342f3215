"""Read texts and spans from tokens with tags."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from assay.core.errors import NotReadable
from assay.core.labels.label_values import LabelledItem, LabelValue, Span, Spans, schema_of
from assay.core.layouts.label_look import no_labels
from assay.core.limits import CONLL_LINE, CONLL_TOKENS
from assay.core.ports.file_format import BadRow, LabelContents, LeftOut, RawItem
from assay.formats.conll.writing import DOCUMENT, OUTSIDE

LONGEST_LINE: Final = CONLL_LINE.most

MOST_TOKENS: Final = CONLL_TOKENS.most

_PLACE: Final = re.compile(r"(\d{1,8}):(\d{1,8})")
_BLANK: Final = re.compile(r"([^@]*)@(\d{1,8}):(\d{1,8})")
_TAG: Final = re.compile(r"([BIESLUM])-(.+)", re.DOTALL)
_NO_SPAN: Final = frozenset((OUTSIDE, "", "_"))
_STARTS: Final = frozenset("BSU")
_ENDS: Final = frozenset("ESLU")


def read_texts(path: Path, *, skip: int = 0) -> Iterator[RawItem | BadRow]:
    """Stream the texts as items; one without any sign is a bad row.

    Raises:
        NotReadable: if the file is missing.
    """
    return itertools.islice(_items(path), skip, None)


def look_into(path: Path, *, kind: type[LabelValue] | None = None) -> LabelContents:
    """Say which labels the tags name, in the order that the file states, then as they come.

    `kind` says that texts without any tag are texts in which nothing was found.

    Raises:
        NotReadable: if the file is missing, or no line has a tag.
    """
    names: dict[str, None] = {}
    tagged = False
    first = ""
    for block in _blocks(path):
        names.update(dict.fromkeys(block.labels))
        try:
            spans = _read(block).spans
        except _Unfit as problem:
            first = first or f"none of its texts can be read; the first, on line {block.line:,}: {problem}"
            continue
        tagged = tagged or bool(block.labels) or any(len(row) > 1 for row in block.rows)
        names.update(dict.fromkeys(span.label for span in spans))
    if not tagged and (first or kind is not Spans):
        if first:
            raise NotReadable(path=str(path), reason=first)
        raise no_labels(str(path), "none of its lines has a token and a tag")
    return LabelContents(Spans, schema_of(tuple(names)))


def read_conll(path: Path, *, contents: LabelContents, left_out: LeftOut) -> Iterator[LabelledItem | BadRow]:
    """Stream the texts with their spans; further columns and comments of other tools are counted in `left_out`.

    Raises:
        NotReadable: if the file is missing.
    """
    allowed = frozenset(contents.schema.names)
    number = 0
    for block in _blocks(path):
        if block.comments:
            left_out["comments"] += block.comments
        if not block.rows:
            continue
        number += 1
        try:
            found = _read(block)
        except _Unfit as problem:
            yield BadRow(block.line, str(problem))
            continue
        if strange := next((span.label for span in found.spans if span.label not in allowed), None):
            yield BadRow(block.line, f"'{strange[:80]}' is not a label of this project")
            continue
        if found.further:
            left_out["further columns"] += found.further
        yield LabelledItem(str(number), None, found.text, {}, Spans(found.spans), 1.0, True, "")


@dataclass
class _Block:
    """The rows of one text, as columns; `reason` says why it cannot be read, `comments` how many lines are none."""

    line: int
    rows: list[list[str]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    reason: str = ""
    comments: int = 0


@dataclass(frozen=True)
class _Found:
    text: str
    spans: tuple[Span, ...]
    further: int


class _Unfit(Exception):
    """Why a text cannot be read; the sentence is the whole message."""


def _items(path: Path) -> Iterator[RawItem | BadRow]:
    for block in _blocks(path):
        if not block.rows:
            continue
        try:
            text = _read(block).text
        except _Unfit as problem:
            yield BadRow(block.line, str(problem))
            continue
        yield (
            RawItem(block.line, None, None, text) if text.strip() else BadRow(block.line, "the text is empty")
        )


def _blocks(path: Path) -> Iterator[_Block]:
    """Yield the texts without the comments above them."""
    for block in _parts(path):
        if block.rows and block.rows[0][0].startswith("#"):
            _pass_over_comments(block)
        yield block


def _pass_over_comments(block: _Block) -> None:
    """Take the lines above the first token away that start with `#` and are no rows like the others.

    A token may be `#` itself or start with it, as tags of social media do: it has as many columns as the rows
    below. A lone `#` of that width is a token where its last column is a tag.
    """
    width = next((len(row) for row in block.rows if not row[0].startswith("#")), 0)
    head = itertools.takewhile(lambda row: row[0].startswith("#"), block.rows)
    block.comments = sum(1 for _ in itertools.takewhile(lambda row: _is_comment(row, width), head))
    block.line += block.comments
    del block.rows[: block.comments]


def _is_comment(row: list[str], width: int) -> bool:
    if width and len(row) != width:
        return True
    return row[0] == "#" and len(row) > 1 and row[-1] not in _NO_SPAN and not _TAG.fullmatch(row[-1])


def _parts(path: Path) -> Iterator[_Block]:
    """Yield the texts: lines between blank lines; `-DOCSTART-` ends a text and is one only where it says so."""
    block = _Block(1)
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="\n") as stream:
            for number, line in enumerate(iter(lambda: stream.readline(LONGEST_LINE), ""), start=1):
                columns = _columns(line.removeprefix("\ufeff") if number == 1 else line)
                if columns and not _is_document(columns):
                    block.line = block.line if block.rows else number
                    _add(block, columns, line)
                    continue
                if block.rows or block.labels:
                    yield block
                block = _Block(number + 1)
                if columns:
                    yield _document(columns, number)
    except OSError as error:
        raise NotReadable(path=str(path), reason=(error.strerror or str(error)).lower()) from error
    if block.rows:
        yield block


def _add(block: _Block, columns: list[str], line: str) -> None:
    if len(line) >= LONGEST_LINE:
        block.reason = f"a line is longer than {LONGEST_LINE:,} characters"
    elif len(block.rows) >= MOST_TOKENS:
        block.reason = f"the text has more than {MOST_TOKENS:,} tokens"
    elif not _is_utf8(line):
        block.reason = "the text is not UTF-8"
    if not block.reason or not block.rows:
        block.rows.append(columns)


def _columns(line: str) -> list[str]:
    """Return a line's columns: parted by tabs where there are any, else by blanks; other white space parts nothing."""
    bare = line.rstrip("\r\n").rstrip(" \t")  # a tab behind the tag parts nothing either
    if not bare.strip():
        return []
    if "\t" in bare:
        return [one.strip(" ") for one in bare.split("\t")]
    return [one for one in bare.split(" ") if one]


def _is_document(columns: list[str]) -> bool:
    """Say whether a line is no token; a text may hold the word itself, at a place of its own."""
    if columns[0] != DOCUMENT:
        return False
    return len(columns) != 4 or not _PLACE.fullmatch(columns[1]) or columns[1] == "0:0"


def _document(columns: list[str], number: int) -> _Block:
    """Return what a `-DOCSTART-` line says: the labels, a text without tokens, or nothing."""
    block = _Block(number)
    if len(columns) == 4 and columns[2].startswith("labels="):
        block.labels = [
            unquote(one) for one in columns[2].removeprefix("labels=").split(",") if _is_utf8(one)
        ]
        block.labels = [name for name in block.labels if name]
    elif len(columns) == 4 and columns[1] == "0:0":
        _add(block, columns, " ".join(columns))
    return block


def _is_utf8(text: str) -> bool:
    """Say whether text was read without bytes that are no UTF-8; these come as lone surrogates."""
    return text.isascii() or not any("\udc80" <= sign <= "\udcff" for sign in text)


def _read(block: _Block) -> _Found:
    """Return the text and spans of a block; raises `_Unfit`."""
    if block.reason:
        raise _Unfit(block.reason)
    own = all(len(row) == 4 and _PLACE.fullmatch(row[1]) for row in block.rows)
    if own:
        return _exact(block.rows)
    tokens = [row[0] for row in block.rows]
    starts = list(itertools.accumulate((len(token) + 1 for token in tokens), initial=0))
    places = [(start, start + len(token)) for start, token in zip(starts, tokens, strict=False)]
    bare = [row[0] for row in block.rows if len(row) == 1]
    if bare and len(bare) < len(block.rows):
        raise _Unfit(f"the token '{bare[0][:80]}' has no tag, as others have")
    tags = [row[-1].strip() if len(row) > 1 else OUTSIDE for row in block.rows]
    further = sum(any(one.strip("-_X") for one in row[1:-1]) for row in block.rows)
    return _Found(" ".join(tokens), tuple(_spans(tags, places, {})), further)


def _exact(rows: Sequence[Sequence[str]]) -> _Found:
    """Return what rows with places and notes say."""
    text: list[str] = []
    length = 0
    places: list[tuple[int, int]] = []
    edges: dict[int, tuple[int, int]] = {}
    more: list[Span] = []
    for position, (token, place, notes, _) in enumerate(rows):
        start, end = _two(place)
        said = _notes(notes)
        kept = "" if token == DOCUMENT and place == "0:0" else token
        gap = said.get("gap", " " if position and start == length + 1 else "")
        text += [gap, kept, said.get("end", "")]
        length += len(gap)
        if kept and (start, end) != (length, length + len(kept)):
            raise _Unfit(f"the token '{token[:80]}' does not stand at {place}")
        length += len(kept) + len(said.get("end", ""))
        places.append((start, end))
        if "edge" in said:
            edges[position] = _two(said["edge"])
        more += (_span(one) for one in said.get("blank", "").split("\n") if one)
    tags = [unquote(row[3]) for row in rows]
    spans = (*_spans(tags, places, edges), *more)
    last = max((span.end for span in spans), default=0)
    whole = "".join(text)
    if last > len(whole):
        raise _Unfit(f"a span ends at {last:,}, but the text has {len(whole):,} signs")
    return _Found(whole, spans, 0)


def _notes(notes: str) -> dict[str, str]:
    """Return the notes by name; spans without tokens one a line, still encoded."""
    said: dict[str, str] = {}
    for note in notes.split(";"):
        name, found, what = note.partition("=")
        if name == "blank":
            said[name] = f"{said.get(name, '')}\n{what}"
        elif found:
            said[name] = unquote(what)
    return said


def _two(place: str) -> tuple[int, int]:
    found = _PLACE.fullmatch(place)
    if not found or int(found[1]) > int(found[2]):
        raise _Unfit(f"'{place[:80]}' is no place in the text")
    return int(found[1]), int(found[2])


def _span(note: str) -> Span:
    found = _BLANK.fullmatch(note)
    if not found or int(found[2]) >= int(found[3]):
        raise _Unfit(f"'{note[:80]}' is no span")
    return Span(unquote(found[1]), int(found[2]), int(found[3]))


def _spans(
    tags: Sequence[str], places: Sequence[tuple[int, int]], edges: dict[int, tuple[int, int]]
) -> Iterator[Span]:
    """Yield the spans of BIO, IOB1, BIOES and BILOU tags; what goes on without a start starts.

    Where spans end follows conlleval, the shared task's own script (2000): a new label, a start, or an end tag.
    """
    label, first, open_ = "", 0, False
    for position, tag in enumerate([*tags, OUTSIDE]):
        found = _TAG.fullmatch(tag)
        if not found and tag not in _NO_SPAN:
            raise _Unfit(f"'{tag[:80]}' is no tag: B-, I- or O")
        goes_on = found is not None and open_ and found[1] not in _STARTS and found[2] == label
        if open_ and not goes_on:
            yield _made(label, edges.get(first), places[first][0], places[position - 1][1])
            open_ = False
        if not found:
            continue
        if not goes_on:
            label, first = found[2], position
        open_ = True
        if found[1] in _ENDS:
            yield _made(label, edges.get(first), places[first][0], places[position][1])
            open_ = False


def _made(label: str, edge: tuple[int, int] | None, start: int, end: int) -> Span:
    start, end = edge or (start, end)
    if start >= end:
        raise _Unfit("a span does not start before it ends")
    return Span(label, start, end)
