"""Read a CSV file as a stream, at the speed of the `csv` module, setting bad records aside.

Bytes are decoded in blocks; only a file in which a block was not clean UTF-8 has its records checked
one by one.
"""

import csv
import gzip
import io
import itertools
import re
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, Protocol, cast

from assay.core.columns import settle_columns
from assay.core.errors import NotReadable
from assay.core.ports import BadRow, Columns, RawItem
from assay.core.rows import raw_items

BLOCK: Final = 1 << 18
BATCH: Final = 128
"""Rows held at a time: few enough that the garbage collector is not called for them."""

LONGEST_LINE: Final = 1 << 25
"""Bytes of one physical line; a longer one means that the file is not CSV."""

LONGEST_CELL: Final = 1 << 22
"""Characters of one cell; an open quote swallows no more than this."""

# The limit belongs to the process and not to a reader; 131,072, the default, is less than long documents need.
csv.field_size_limit(LONGEST_CELL)

_LINE_END = re.compile(r"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_csv(path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
    """Stream the records after the header, in order, each with the line on which it starts.

    Blank lines are no records. A record with too few or too many cells, a NUL byte, bytes that are not
    UTF-8, a cell over `LONGEST_CELL` characters or no media and text comes as `BadRow`.

    Raises:
        NotReadable: if the file is missing, damaged, UTF-16, or has no usable header.
        BadValue: if a named column does not exist.
    """
    return itertools.islice(itertools.chain.from_iterable(_records(path, columns)), skip, None)


def csv_header(path: Path) -> list[str]:
    """Return the names of the columns.

    Raises:
        NotReadable: if the file is missing, damaged, UTF-16, or has no usable header.
    """
    try:
        with _open(path) as stream:
            lines = _Lines(stream, path)
            return _header(csv.reader(lines, delimiter=_delimiter(path, lines.first)), path)
    except (OSError, EOFError, zlib.error) as error:
        raise NotReadable(path=str(path), reason=_reason(error)) from error


def _records(path: Path, columns: Columns) -> Iterator[Sequence[RawItem | BadRow]]:
    try:
        with _open(path) as stream:
            lines = _Lines(stream, path)
            reader = csv.reader(lines, delimiter=_delimiter(path, lines.first))
            header = _header(reader, path)
            yield from _items(reader, header, settle_columns(columns, header, where=str(path)), lines)
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
        rows: list[list[str]] = []
        problem = None
        try:
            # Appending one by one keeps what came before a record that cannot be parsed.
            deque(map(rows.append, itertools.islice(reader, BATCH)), maxlen=0)
            full = len(rows) == BATCH
        except csv.Error as error:
            problem = error
        plain = problem is None and not lines.unclean and reader.line_num - start == len(rows)
        items = roles.columns(rows, start) if plain else None
        if items is not None:
            yield items
            continue
        found: list[RawItem | BadRow] = []
        line = start + 1
        for row in rows:
            if row:
                found.append(roles.row(row, line))
            line += 1 + sum(len(_LINE_END.findall(cell)) for cell in row)
        if problem is not None:
            found.append(BadRow(line, f"the record cannot be parsed: {problem}"))
        yield found


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
        return "the record is not UTF-8"
    if len(row) != width:
        return f"the record has {len(row)} cells where the header has {width}"
    return None


class _Lines:
    """The physical lines of a stream as text, decoded block by block.

    Attributes:
        first: the first line, without a byte order mark.
        unclean: whether a NUL or a byte that is not UTF-8 has been met; it stays so to the end.
    """

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self.unclean = False
        self._path = path
        blocks = self._blocks(stream)
        lines = itertools.chain.from_iterable(blocks)
        self.first = next(lines, "")
        self._all = itertools.chain([self.first], lines)

    def __iter__(self) -> Iterator[str]:
        return self._all

    def _blocks(self, stream: BinaryIO) -> Iterator[io.StringIO]:
        left = stream.read(BLOCK)
        if left.startswith(_UTF_16):
            raise NotReadable(path=str(self._path), reason="it is UTF-16; save it as UTF-8")
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


def _open(path: Path) -> BinaryIO:
    if path.name.lower().endswith(".gz"):
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb")


def _delimiter(path: Path, first: str) -> str:
    if path.name.lower().endswith((".tsv", ".tsv.gz")):
        return "\t"
    if "," not in first:
        return next((mark for mark in ("\t", ";") if mark in first), ",")
    return ","


def _header(reader: Iterator[list[str]], path: Path) -> list[str]:
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise NotReadable(path=str(path), reason=f"its header cannot be parsed: {error}") from error
    if not any(header):
        raise NotReadable(path=str(path), reason="it has no header")
    if _unfit(header, len(header)) is not None:
        raise NotReadable(path=str(path), reason="its header is not UTF-8 text")
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise NotReadable(path=str(path), reason=f"its header names the column '{twice}' more than once")
    return header


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return f"it is damaged ({error})"
