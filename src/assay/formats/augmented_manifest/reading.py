"""Read an input manifest as a stream, within the limits of Ground Truth's input data guide.

Lines of at most 100,000 characters, attributes of at most 20,000, keys that do not start with `$`,
`source-ref` or `source` (SageMaker developer guide, "Use an input manifest file").
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from assay.core.errors import NotReadable
from assay.core.layouts.python_json import decoded
from assay.core.layouts.raw_items import raw_items
from assay.core.layouts.source_columns import no_such_column
from assay.core.limits import MANIFEST_ATTRIBUTE, MANIFEST_LINE, MANIFEST_OUTPUT_LINE
from assay.core.ports.file_format import BadRow, Columns, RawItem

BATCH: Final = 128
"""Rows held at a time: few enough that the garbage collector is not called for them."""

MEDIA: Final = "source-ref"
TEXT: Final = "source"

LONGEST_LINE: Final = MANIFEST_LINE.most
LONGEST_ATTRIBUTE: Final = MANIFEST_ATTRIBUTE.most
LONGEST_OUTPUT_LINE: Final = MANIFEST_OUTPUT_LINE.most

_BYTES_PER_CHARACTER = 4
_READ = LONGEST_LINE * _BYTES_PER_CHARACTER + 2
_BOM = b"\xef\xbb\xbf"
Decode = Callable[[bytes], Any]


def read_manifest(path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
    """Stream the objects in order, each with its line; every key but the source passes through.

    `columns.id` names the key that holds the id; media and text are always `source-ref` and `source`.

    Raises:
        NotReadable: if the file is missing.
        BadValue: if the first good object has no key of the name in `columns.id`.
    """
    return itertools.islice(itertools.chain.from_iterable(_rows(path, columns)), skip, None)


def _rows(path: Path, columns: Columns) -> Iterator[Sequence[RawItem | BadRow]]:
    try:
        with path.open("rb") as stream:
            yield from _items(stream, path, columns.id)
    except OSError as error:
        raise NotReadable(path=str(path), reason=(error.strerror or str(error)).lower()) from error


def _items(stream: BinaryIO, path: Path, id_key: str | None) -> Iterator[Sequence[RawItem | BadRow]]:
    """Yield the rows batch by batch: clean batches column by column, others line by line."""
    decode: Decode = msgspec.json.Decoder().decode
    id_seen = id_key is None
    lines = _lines(stream)
    start = 1
    while batch := list(itertools.islice(lines, BATCH)):
        items = _columns(batch, start, decode) if id_key is None else None
        if items is not None:
            yield items
            start += len(batch)
            continue
        rows: list[RawItem | BadRow] = []
        for line, data in enumerate(batch, start=start):
            found = _entry(data, decode)
            if isinstance(found, str):
                if data.strip():
                    rows.append(BadRow(line, found))
                continue
            if not id_seen and id_key is not None and id_key not in found:
                raise no_such_column("id", id_key, list(found), where=f"{path}, line {line}", called="keys")
            id_seen = True
            media, text = found.pop(MEDIA, None), found.pop(TEXT, None)
            key = found.get(id_key) if id_key is not None else None
            rows.append(RawItem(line, str(key) if key not in (None, "") else None, media, text, found))
        yield rows
        start += len(batch)


def _columns(batch: list[bytes], start: int, decode: Decode) -> list[RawItem] | None:
    """Return the items of a batch; None where one of its lines needs a closer look."""
    whole = b"".join(batch)
    # A dollar may also be spelt as an escape, so any escape is looked at more closely.
    if max(map(len, batch)) > LONGEST_ATTRIBUTE or b"$" in whole or b"\\u" in whole:
        return None
    try:
        found = list(map(decode, batch))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if set(map(type, found)) != {dict}:
        return None
    medias = [one.pop(MEDIA, None) for one in found]
    texts = [one.pop(TEXT, None) for one in found]
    kinds = set(map(type, medias)), set(map(type, texts))
    if kinds not in (({str}, {type(None)}), ({type(None)}, {str})) or "" in medias or "" in texts:
        return None
    lines = range(start, start + len(batch))
    return raw_items(lines=lines, keys=itertools.repeat(None), medias=medias, texts=texts, extras=found)


def _entry(data: bytes, decode: Decode) -> dict[str, Any] | str:
    """Return the object on a line, or why it is no entry."""
    if len(data) > LONGEST_LINE and _characters(data) > LONGEST_LINE:
        return f"the line is longer than {LONGEST_LINE:,} characters"
    try:
        found = decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _unparsed(error)
    return unfit(found, size=len(data)) or found


def unfit(found: Any, *, size: int) -> str | None:
    """Return why a decoded line is no manifest entry, or None; `size` is the line's length in bytes."""
    if type(found) is not dict:
        return "the line is JSON, but not an object"
    reason = without_source(found)
    if reason is not None:
        return reason
    for key in found:
        if key[:1] == "$":
            return f"the key '{key}' starts with '$', which is reserved"
    if size > LONGEST_ATTRIBUTE:
        for key, value in found.items():
            if _length(value) > LONGEST_ATTRIBUTE:
                return f"'{key}' is longer than {LONGEST_ATTRIBUTE:,} characters"
    return None


def without_source(found: dict[str, Any]) -> str | None:
    """Return why an object does not say what its item is, or None."""
    has_media, has_text = MEDIA in found, TEXT in found
    if has_media == has_text:
        return (
            "the line has both 'source-ref' and 'source'; only one of them may say what the item is"
            if has_media
            else "the line has neither 'source-ref' nor 'source'"
        )
    name = MEDIA if has_media else TEXT
    value = found[name]
    if type(value) is not str or not value:
        return f"'{name}' is not text" if type(value) is not str else f"'{name}' is empty"
    return None


def read_objects(path: Path) -> Iterator[tuple[int, dict[str, Any]] | BadRow]:
    """Stream the objects of an output manifest, each with its line; bad lines come as `BadRow`.

    The limits of input manifests are not asked of it: a thousand boxes make a longer line.

    Raises:
        NotReadable: if the file is missing.
    """
    try:
        with path.open("rb") as stream:
            for line, data in enumerate(_lines(stream, most=LONGEST_OUTPUT_LINE), start=1):
                try:
                    found = decoded(data)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    if data.strip():
                        yield BadRow(line, _unparsed(error))
                    continue
                reason = (
                    without_source(found) if type(found) is dict else "the line is JSON, but not an object"
                )
                yield (line, found) if reason is None else BadRow(line, reason)
    except OSError as error:
        raise NotReadable(path=str(path), reason=(error.strerror or str(error)).lower()) from error


def _lines(stream: BinaryIO, *, most: int = _READ) -> Iterator[bytes]:
    """Yield the lines; of an over-long one only as much as shows that it is."""
    for data in iter(partial(stream.readline, most), b""):
        if len(data) == most and not data.endswith(b"\n"):
            for more in iter(partial(stream.readline, most), b""):
                if more.endswith(b"\n"):
                    break
        yield data.removeprefix(_BOM) if data.startswith(_BOM) else data


def _characters(data: bytes) -> int:
    return len(data.rstrip(b"\r\n").decode(errors="replace"))


def _length(value: object) -> int:
    return len(value) if isinstance(value, str) else len(msgspec.json.encode(value).decode())


def _unparsed(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "the line is not UTF-8"
    if isinstance(error, RecursionError):
        return "the line is nested too deeply"
    return f"the line is not JSON: {error}"
