"""Read a CSV file as a stream, at the speed of the `csv` module, setting bad records aside.

Bytes are decoded in blocks; only a file in which a block was not clean UTF-8 has its records checked
one by one.
"""

import csv
import gzip
import io
import itertools
import zlib
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, Final, Protocol, cast

from assay.core.columns import settle_columns
from assay.core.errors import NotReadable
from assay.core.ports import BadRow, Columns, RawItem

BLOCK: Final = 1 << 18
LONGEST_LINE: Final = 1 << 25
"""Bytes of one physical line; a longer one means that the file is not CSV."""

LONGEST_CELL: Final = 1 << 22
"""Characters of one cell; an open quote swallows no more than this."""

# The limit belongs to the process and not to a reader; 131,072, the default, is less than long documents need.
csv.field_size_limit(LONGEST_CELL)

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
    return itertools.islice(_records(path, columns), skip, None)


def _records(path: Path, columns: Columns) -> Iterator[RawItem | BadRow]:
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
) -> Iterator[RawItem | BadRow]:
    """Yield the records; the ordinary one costs one tuple and one `RawItem`."""
    width = len(header)
    places = [header.index(name) if name is not None else None for name in _roles(columns)]
    id_at, media_at, text_at = places
    rest = [place for place in range(width) if place not in places]
    names = [header[place] for place in rest]
    rest_of = itemgetter(*rest) if len(rest) > 1 else (lambda row: tuple(row[place] for place in rest))
    needs_content = media_at is not None or text_at is not None
    end = reader.line_num
    while True:
        line = end + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            end = reader.line_num
            yield BadRow(line, f"the record cannot be parsed: {error}")
            continue
        end = reader.line_num
        if len(row) != width or lines.unclean:
            if not row:
                continue
            reason = _unfit(row, width)
            if reason is not None:
                yield BadRow(line, reason)
                continue
        key = (row[id_at] or None) if id_at is not None else None
        media = (row[media_at] or None) if media_at is not None else None
        text = (row[text_at] or None) if text_at is not None else None
        if needs_content and media is None and text is None:
            yield BadRow(line, f"there is nothing in {_named(columns)}", key)
            continue
        yield RawItem(line, key, media, text, dict(zip(names, rest_of(row), strict=True)) if rest else {})


def _roles(columns: Columns) -> tuple[str | None, str | None, str | None]:
    return columns.id, columns.media, columns.text


def _named(columns: Columns) -> str:
    return " and ".join(f"'{name}'" for name in (columns.media, columns.text) if name is not None)


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
