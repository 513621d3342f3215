"""Read JSON Lines as a stream, at the speed of msgspec, setting bad lines aside."""

import itertools
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from assay.core.errors import InputError, NotReadable
from assay.core.layouts.columns_by_content import LOOKED_AT
from assay.core.layouts.python_json import decoded
from assay.core.layouts.raw_items import raw_items
from assay.core.layouts.row_ids import UnfitId, id_text, odd_id
from assay.core.layouts.source_columns import Settling, settle_columns
from assay.core.layouts.text_encodings import TextStream, open_text
from assay.core.limits import JSONL_LINE
from assay.core.ports.file_format import BadRow, Columns, RawItem, Taken

BATCH: Final = 128
"""Rows held at a time: few enough that the garbage collector is not called for them."""

LONGEST_LINE: Final = JSONL_LINE.most

_BOM = b"\xef\xbb\xbf"
_HEAD: Final = 4096
_GZIP: Final = b"\x1f\x8b"
Decode = Callable[[bytes], Any]


def read_jsonl(path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
    """Stream the objects in order, each with its line.

    Which keys hold id, media and text is settled on the first good objects. Blank lines are no rows.
    What is not an object, not UTF-8, longer than `LONGEST_LINE`, or holds neither media nor text comes
    as `BadRow`.

    Raises:
        NotReadable: if the file is missing or damaged.
        BadValue: if no good object has a key of a given name.
    """
    return itertools.islice(itertools.chain.from_iterable(_rows(path, columns)), skip, None)


def settle_jsonl(path: Path, *, columns: Columns, settle: Settling = settle_columns) -> Taken:
    """Say which keys hold what, by what was said, by their names and by the first good objects.

    Raises:
        NotReadable: if the file is missing or damaged, or, of labels, if no key looks like labels.
        BadValue: if no good object has a key of a given name.
    """
    good = (found[1] for found in read_objects(path) if not isinstance(found, BadRow))
    with closing(good):
        rows = list(itertools.islice(good, LOOKED_AT))
        keys = dict.fromkeys(key for row in rows for key in row)
        if not keys:
            return Taken(columns)
        try:
            found = settle(columns, list(keys), where=str(path), sample=lambda: rows)
        except InputError:
            # Objects need not all have the same keys: a label may come late.
            keys.update(dict.fromkeys(key for row in good for key in row))
            found = settle(columns, list(keys), where=str(path), sample=lambda: rows)
    with _readable(path), open_text(path) as opened:
        return Taken(found, tuple(keys), opened.written_in)


def read_objects(path: Path) -> Iterator[tuple[int, dict[str, Any]] | BadRow]:
    """Stream the objects as they are, each with its line; what is no object comes as `BadRow`.

    Raises:
        NotReadable: if the file is missing or damaged.
    """
    decode: Decode = msgspec.json.Decoder().decode
    with _readable(path), open_text(path) as opened:
        for line, data in enumerate(_lines(opened.stream), start=1):
            found = _object(data, decode)
            if not isinstance(found, str):
                yield line, found
            elif data.strip():
                yield BadRow(line, found)


def _rows(path: Path, columns: Columns) -> Iterator[Sequence[RawItem | BadRow]]:
    settled = settle_jsonl(path, columns=columns).columns
    with _readable(path), open_text(path) as opened:
        yield from _items(opened.stream, settled)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say in a sentence what the system or gzip does not like about a file."""
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None)
        raise NotReadable(
            path=str(path), reason=reason.lower() if reason else f"it is damaged ({error})"
        ) from error


def _items(stream: TextStream, settled: Columns) -> Iterator[Sequence[RawItem | BadRow]]:
    """Yield the rows batch by batch: clean batches column by column, others line by line."""
    decode: Decode = msgspec.json.Decoder().decode
    lines = _lines(stream)
    start = 1
    while batch := list(itertools.islice(lines, BATCH)):
        items = _columns(batch, start, settled, decode)
        if items is not None:
            yield items
            start += len(batch)
            continue
        rows: list[RawItem | BadRow] = []
        for line, data in enumerate(batch, start=start):
            found = _object(data, decode)
            if isinstance(found, str):
                if data.strip():
                    rows.append(BadRow(line, found))
                continue
            rows.append(_row(found, line, settled))
        yield rows
        start += len(batch)


def _columns(batch: list[bytes], start: int, columns: Columns, decode: Decode) -> list[RawItem] | None:
    """Return the items of a batch; None where one of its lines needs a closer look."""
    try:
        found = list(map(decode, batch))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if set(map(type, found)) != {dict}:
        return None
    filled: list[Iterable[Any]] = []
    for name in (columns.id, columns.media, columns.text):
        if name is None:
            filled.append(itertools.repeat(None))
            continue
        column = [one.pop(name, None) for one in found]
        if set(map(type, column)) != {str} or "" in column:
            return None
        if name == columns.id and any(map(odd_id, column)):
            return None
        filled.append(column)
    keys, medias, texts = filled
    lines = range(start, start + len(batch))
    return raw_items(lines=lines, keys=keys, medias=medias, texts=texts, extras=found)


def _object(data: bytes, decode: Decode) -> dict[str, Any] | str:
    """Return the object on a line, or why there is none."""
    try:
        found = decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            found = decoded(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return _unparsed(data, error)
    return found if type(found) is dict else "the line is JSON, but not an object"


def _row(found: dict[str, Any], line: int, columns: Columns) -> RawItem | BadRow:
    roles = (columns.id, columns.media, columns.text)
    key, media, text = (found.pop(name, None) if name is not None else None for name in roles)
    try:
        key = id_text(key)
    except UnfitId as problem:
        return BadRow(line, str(problem))
    if _fits(media, text) or (columns.media is None and columns.text is None):
        return RawItem(line, key, media or None, text or None, found)
    return BadRow(line, _nothing(columns, media, text), key)


def _fits(media: object, text: object) -> bool:
    """Say whether at least one is there and what is there is text."""
    if media is None:
        return type(text) is str and text != ""
    return type(media) is str and (text is None or type(text) is str) and (media != "" or bool(text))


def _nothing(columns: Columns, media: object, text: object) -> str:
    for name, value in ((columns.media, media), (columns.text, text)):
        if value is not None and not isinstance(value, str):
            return f"'{name}' is not text"
    names = [f"'{name}'" for name in (columns.media, columns.text) if name is not None]
    return f"there is nothing in {' and '.join(names)}"


def why_none(path: Path) -> str:
    """Return why no line of a file is a JSON object, as its first bytes tell."""
    with _readable(path), path.open("rb") as stream:
        head = stream.read(_HEAD)
    if head.startswith(_GZIP):
        return "it is packed by gzip: let its name end in .jsonl.gz, or unpack it"
    if head.lstrip(_BOM + b" \t\r\n").startswith((b"[", b"{")):
        return (
            "no line of it is a JSON object, as in one document over several lines: write one object a line"
        )
    return "no line of it is a JSON object"


def _lines(stream: TextStream) -> Iterator[bytes]:
    """Yield the lines; an over-long one comes cut to its first `LONGEST_LINE` + 1 bytes."""
    for data in iter(partial(stream.readline, LONGEST_LINE + 1), b""):
        if len(data) > LONGEST_LINE and not data.endswith(b"\n"):
            for more in iter(partial(stream.readline, LONGEST_LINE), b""):
                if more.endswith(b"\n"):
                    break
            # One byte short of JSON in any case, so that it is set aside even where its head is whole.
            yield b"[" + data
        elif data.startswith(_BOM):
            yield data.removeprefix(_BOM)
        else:
            yield data


def _unparsed(data: bytes, error: Exception) -> str:
    if len(data) > LONGEST_LINE:
        return f"the line is longer than {LONGEST_LINE:,} bytes"
    if isinstance(error, UnicodeDecodeError):
        return "the line is not UTF-8"
    if isinstance(error, RecursionError):
        return "the line is nested too deeply"
    return f"the line is not JSON: {error}"
