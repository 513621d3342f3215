"""Read a CSV file as a stream, at the speed of the `csv` module, setting bad records aside.

Bytes are decoded in blocks; only a file in which a block was not clean UTF-8 has its records checked
one by one.
"""

import csv
import io
import itertools
import re
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from assay.core.errors import NotReadable
from assay.core.layouts.columns_by_content import LOOKED_AT
from assay.core.layouts.raw_items import raw_items
from assay.core.layouts.row_ids import id_text, odd_id
from assay.core.layouts.source_columns import Settling, settle_columns
from assay.core.layouts.text_encodings import TextStream, open_text
from assay.core.limits import CSV_CELL, CSV_LINE
from assay.core.ports.file_format import BadRow, Columns, RawItem, Taken

BLOCK: Final = 1 << 18
BATCH: Final = 128
"""Rows held at a time: few enough that the garbage collector is not called for them."""

LONGEST_LINE: Final = CSV_LINE.most

LONGEST_CELL: Final = CSV_CELL.most

# The limit belongs to the process and not to a reader; 131,072, the default, is less than long documents need.
csv.field_size_limit(LONGEST_CELL)

_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_LINE_END = re.compile(r"\r\n|\r|\n")
_SAYS_DELIMITER = re.compile(r'"?sep=([^\r\n"]|)"?[\r\n]*', re.IGNORECASE)
END: Final = "\ud800"
"""Stands behind the last line. No bytes decode to it; within a cell it says that a quote was never closed."""

_BOM = b"\xef\xbb\xbf"
_MARKS: Final = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas"}


def read_csv(path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
    """Stream the records after the header, in order, each with the line on which it starts.

    Blank lines are no records. A record with too few or too many cells, a NUL byte, bytes that are not
    UTF-8, a cell over `LONGEST_CELL` characters or no media and text comes as `BadRow`; so does one with a
    quote that is never closed, and the lines below it are read where all of them are records. A first line
    `sep=;`, as Excel writes it, names what parts the cells and is no record. UTF-16 with its mark and Windows-1252 are
    read as `core.layouts.text_encodings` recognises them.

    Raises:
        NotReadable: if the file is missing or damaged, or has no usable header.
        BadValue: if a named column does not exist.
    """
    found = _deferred(lambda: read_records(path, columns=settle_csv(path, columns=columns).columns))
    return itertools.islice(found, skip, None)


def read_records(path: Path, *, columns: Columns) -> Iterator[RawItem | BadRow]:
    """Stream the records as `read_csv` does, with columns that are settled already.

    Raises:
        NotReadable: if the file is missing or damaged, or has no usable header.
    """
    return itertools.chain.from_iterable(_records(path, columns))


def _deferred(rows: Callable[[], Iterator[RawItem | BadRow]]) -> Iterator[RawItem | BadRow]:
    """Open nothing before the first row is asked for."""
    yield from rows()


def settle_csv(path: Path, *, columns: Columns, settle: Settling = settle_columns) -> Taken:
    """Say which columns hold what, by what was said, by their names and by the first records.

    Raises:
        NotReadable: if the file is missing or damaged, or has no usable header.
        BadValue: if a named column does not exist.
    """
    try:
        with open_text(path) as opened:
            lines = _Lines(opened.stream, path)
            reader = csv.reader(lines, delimiter=lines.delimiter)
            header = _header(reader, path)
            found = settle(columns, header, where=str(path), sample=lambda: _first_records(reader, header))
            return Taken(found, tuple(header), _spelling(opened.written_in, lines.delimiter, path))
    except (OSError, EOFError, zlib.error) as error:
        raise NotReadable(path=str(path), reason=_reason(error)) from error


def _spelling(written_in: str, delimiter: str, path: Path) -> str:
    """Return how a file is written where that is not UTF-8 with what its name promises between the cells."""
    usual = delimiter == ("\t" if _is_tsv(path) else ",")
    parted = "" if usual else f"parted by {_MARKS.get(delimiter, repr(delimiter))}"
    return ", ".join(filter(None, (written_in, parted)))


def _first_records(reader: Iterator[list[str]], header: list[str]) -> list[Mapping[str, object]]:
    """Return the first records that are whole."""
    rows: list[list[str]] = []
    # Whoever reads the records says which of them cannot be read.
    with suppress(csv.Error):
        deque(map(rows.append, itertools.islice(reader, LOOKED_AT)), maxlen=0)
    whole = (row for row in rows if len(row) == len(header) and not row[-1].endswith(END))
    return [dict(zip(header, row, strict=True)) for row in whole]


def _records(path: Path, columns: Columns) -> Iterator[Sequence[RawItem | BadRow]]:
    try:
        with open_text(path) as opened:
            lines = _Lines(opened.stream, path)
            reader = csv.reader(lines, delimiter=lines.delimiter)
            yield from _items(reader, _header(reader, path), columns, lines)
    except (OSError, EOFError, zlib.error) as error:
        raise NotReadable(path=str(path), reason=_reason(error)) from error


def _items(
    reader: "_Reader", header: list[str], columns: Columns, lines: "_Lines"
) -> Iterator[Sequence[RawItem | BadRow]]:
    """Yield the records batch by batch: clean batches column by column, others record by record."""
    roles = _Roles(header, columns)
    full, problem = True, None
    while full:
        start = reader.line_num
        above = start + lines.passed
        rows: list[list[str]] = []
        problem = None
        try:
            # Appending one by one keeps what came before a record that cannot be parsed.
            deque(map(rows.append, itertools.islice(reader, BATCH)), maxlen=0)
            full = len(rows) == BATCH
        except csv.Error as error:
            problem = error
        plain = problem is None and not lines.unclean and reader.line_num - start == len(rows)
        if rows and rows[-1] == [END]:
            rows.pop()
        items = roles.columns(rows, above) if plain and rows else None
        if items is not None:
            yield items
            continue
        found: list[RawItem | BadRow] = []
        line = above + 1
        for row in rows:
            if row:
                found += (
                    _unclosed(roles, row, line, lines.delimiter)
                    if row[-1].endswith(END)
                    else (roles.row(row, line),)
                )
            line += 1 + sum(len(_LINE_END.findall(cell)) for cell in row)
        if problem is not None:
            found.append(BadRow(line, _unparsed(problem)))
        yield found


def _unparsed(problem: csv.Error) -> str:
    if "field limit" in str(problem):
        return f"a cell is longer than {LONGEST_CELL:,} characters; a quote may not be closed"
    return f"the record cannot be parsed: {problem}"


def _unclosed(roles: "_Roles", row: list[str], line: int, delimiter: str) -> list[RawItem | BadRow]:
    """Return the last record, whose quote is never closed, as a bad row, and the records that it swallowed."""
    reason, below = swallowed(row, line=line, width=roles.width, delimiter=delimiter)
    return [BadRow(line, reason), *(roles.row(one, at) for at, one in below)]


def swallowed(
    row: list[str], *, line: int, width: int, delimiter: str
) -> tuple[str, list[tuple[int, list[str]]]]:
    """Return why a last record that ends in `END` is none, and the records below that its open quote swallowed.

    The lines below count as records where each of them has as many cells as the header, of which there are several;
    otherwise they are the rest of the cell, as in a file that was cut off.

    Args:
        row: the cells of the record.
        line: the line on which it starts.
        width: the number of columns.
        delimiter: what parts the cells.
    """
    opens = line + sum(len(_LINE_END.findall(cell)) for cell in row[:-1])
    reason = f"a quote opens on line {opens:,} and is never closed"
    # Within quotes two quotes stand for one, and no other quote can have been there.
    raw = row[-1].removesuffix(END).replace('"', '""')
    first = _LINE_END.search(raw)
    below = raw[first.end() :] if first else ""
    try:
        rows = list(csv.reader(io.StringIO(below, newline=""), delimiter=delimiter))
    except csv.Error:
        rows = []
    if width == 1 or any(len(one) not in (0, width) for one in rows):
        return f"{reason}; it holds the {below.rstrip().count(chr(10)) + 1:,} lines below", []
    ends = itertools.accumulate(
        (1 + sum(len(_LINE_END.findall(cell)) for cell in one) for one in rows), initial=opens + 1
    )
    return reason, [(at, one) for at, one in zip(ends, rows, strict=False) if one]


class _Roles:
    """Which cells of a record are what."""

    def __init__(self, header: list[str], columns: Columns) -> None:
        self.width = len(header)
        roles = (columns.id, columns.media, columns.text)
        self.places = [header.index(name) if name is not None else None for name in roles]
        self.rest = [place for place in range(self.width) if place not in self.places]
        self.names = [header[place] for place in self.rest]
        self.content = " and ".join(f"'{name}'" for name in roles[1:] if name is not None)

    def columns(self, rows: list[list[str]], start: int) -> list[RawItem] | None:
        """Return the items of a batch of one-line records; None where one of them needs a closer look."""
        if set(map(len, rows)) != {self.width}:
            return None
        cells = list(zip(*rows, strict=True))
        found = [cells[place] if place is not None else None for place in self.places]
        if any(column is not None and "" in column for column in found):
            return None
        if found[0] is not None and any(map(odd_id, found[0])):
            return None
        keys, medias, texts = (itertools.repeat(None) if column is None else column for column in found)
        extras: Iterable[dict[str, object]] = ({} for _ in rows)
        if self.rest:
            rest = zip(*(cells[place] for place in self.rest), strict=True)
            extras = map(dict, map(zip, itertools.repeat(self.names), rest))
        return raw_items(
            lines=range(start + 1, start + 1 + len(rows)),
            keys=keys,
            medias=medias,
            texts=texts,
            extras=extras,
        )

    def row(self, row: list[str], line: int) -> RawItem | BadRow:
        """Return the item of one record, or why it is none."""
        reason = _unfit(row, self.width)
        if reason is not None:
            return BadRow(line, reason)
        key, media, text = ((row[place] or None) if place is not None else None for place in self.places)
        key = id_text(key)
        if self.content and media is None and text is None:
            return BadRow(line, f"there is nothing in {self.content}", key)
        return RawItem(
            line,
            key,
            media,
            text,
            {name: row[place] for name, place in zip(self.names, self.rest, strict=True)},
        )


def _unfit(row: list[str], width: int) -> str | None:
    whole = "".join(row)
    if "\0" in whole:
        return "the record holds a NUL byte"
    try:
        whole.encode()
    except UnicodeEncodeError:
        return "the record is not UTF-8; save the file as UTF-8"
    if len(row) != width:
        several = "; it runs over several lines, so a quote may be missing" if _LINE_END.search(whole) else ""
        return f"the record has {len(row)} cells where the header has {width}{several}"
    return None


class _Lines:
    """The physical lines of a stream as text, decoded block by block.

    Attributes:
        delimiter: what parts the cells, as the first line says or shows.
        passed: how many lines above the header are no part of the table: 1 where the first is `sep=;`.
        unclean: whether a NUL or a byte that is not UTF-8 has been met; it stays so to the end.
    """

    def __init__(self, stream: TextStream, path: Path) -> None:
        self.unclean = False
        self._path = path
        blocks = self._blocks(stream)
        lines = itertools.chain.from_iterable(blocks)
        first = next(lines, "")
        self.delimiter, said = delimiter_of(path, first)
        self.passed = int(said)
        self._all = itertools.chain([] if said else [first], lines, [END])

    def __iter__(self) -> Iterator[str]:
        return self._all

    def _blocks(self, stream: TextStream) -> Iterator[io.StringIO]:
        left = stream.read(BLOCK)
        left = left.removeprefix(_BOM)
        while left:
            more = stream.read(BLOCK)
            cut = left.rfind(b"\n") + 1 if more else len(left)
            if not cut:
                if len(left) > LONGEST_LINE:
                    raise NotReadable(
                        path=str(self._path), reason=f"a line is longer than {LONGEST_LINE >> 20} MB"
                    )
                left += more
                continue
            # newline="" keeps the line ends inside quoted cells as they were written.
            yield io.StringIO(self._decoded(left[:cut]), newline="")
            left = left[cut:] + more

    def _decoded(self, block: bytes) -> str:
        if b"\0" in block:
            self.unclean = True
        try:
            return block.decode()
        except UnicodeDecodeError:
            self.unclean = True
            return block.decode(errors="surrogateescape")


class _Reader(Protocol):
    """What `csv.reader` returns, for the types."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


def delimiter_of(path: Path, first: str) -> tuple[str, bool]:
    """Return what parts the cells, and whether the first line is there to say so and is no record.

    Args:
        path: the file, whose name may end in .tsv.
        first: its first line; Excel writes `sep=;`.
    """
    said = _SAYS_DELIMITER.fullmatch(first)
    if said is not None and said[1]:
        return said[1], True
    return _shown_delimiter(path, first), said is not None


def _shown_delimiter(path: Path, first: str) -> str:
    order = ("\t", ",", ";", "|") if _is_tsv(path) else (",", "\t", ";", "|")
    bare = _QUOTED.sub("", first)  # within quotes a mark parts nothing
    return next((mark for mark in order if mark in bare), order[0])


def _is_tsv(path: Path) -> bool:
    return path.name.lower().endswith((".tsv", ".tsv.gz"))


def _header(reader: Iterator[list[str]], path: Path) -> list[str]:
    try:
        header = [name.strip() for name in next(reader, [])]
        if header[-1:] == [END]:
            header = []
    except csv.Error as error:
        raise NotReadable(path=str(path), reason=f"its header cannot be parsed: {error}") from error
    if not any(header):
        raise NotReadable(path=str(path), reason="it has no header")
    if header[-1].endswith(END):
        raise NotReadable(path=str(path), reason="a quote that its header opens is never closed")
    if _unfit(header, len(header)) is not None:
        raise NotReadable(path=str(path), reason="its header is not UTF-8 text; save it as UTF-8")
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise NotReadable(path=str(path), reason=f"its header names the column '{twice}' more than once")
    return header


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return f"it is damaged ({error})"
