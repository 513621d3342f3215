"""Read JSON Lines as a stream, at the speed of msgspec, setting bad lines aside."""

import gzip
import itertools
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import msgspec

from assay.core.columns import settle_columns
from assay.core.errors import NotReadable
from assay.core.ports import BadRow, Columns, RawItem

LONGEST_LINE: Final = 1 << 22
"""Bytes of one line; a longer one is set aside and never held in memory."""

_BOM = b"\xef\xbb\xbf"
Decode = Callable[[bytes], Any]


def read_jsonl(path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
    """Stream the objects in order, each with its line.

    Which keys hold id, media and text is settled on the first good object. Blank lines are no rows.
    What is not an object, not UTF-8, longer than `LONGEST_LINE`, or holds neither media nor text comes
    as `BadRow`.

    Raises:
        NotReadable: if the file is missing or damaged.
        BadValue: if the first good object has no key of a given name.
    """
    return itertools.islice(_rows(path, columns), skip, None)


def _rows(path: Path, columns: Columns) -> Iterator[RawItem | BadRow]:
    try:
        with _open(path) as stream:
            yield from _items(stream, path, columns)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None)
        raise NotReadable(
            path=str(path), reason=reason.lower() if reason else f"it is damaged ({error})"
        ) from error


def _items(stream: BinaryIO, path: Path, asked: Columns) -> Iterator[RawItem | BadRow]:
    decode: Decode = msgspec.json.Decoder().decode
    settled: Columns | None = None
    id_key = media_key = text_key = None
    for line, data in enumerate(_lines(stream), start=1):
        try:
            found = decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            if data.strip():
                yield BadRow(line, _unparsed(data, error))
            continue
        if type(found) is not dict:
            yield BadRow(line, "the line is JSON, but not an object")
            continue
        if settled is None:
            settled = settle_columns(asked, list(found), where=f"{path}, line {line}")
            id_key, media_key, text_key = settled.id, settled.media, settled.text
        key = found.pop(id_key, None) if id_key is not None else None
        media = found.pop(media_key, None) if media_key is not None else None
        text = found.pop(text_key, None) if text_key is not None else None
        if type(key) is not str or not key:
            key = str(key) if type(key) is int else None
        if _fits(media, text) or (media_key is None and text_key is None):
            yield RawItem(line, key, media or None, text or None, found)
        else:
            yield BadRow(line, _nothing(settled, media, text), key)


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


def _lines(stream: BinaryIO) -> Iterator[bytes]:
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


def _open(path: Path) -> BinaryIO:
    if path.name.lower().endswith(".gz"):
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb")
