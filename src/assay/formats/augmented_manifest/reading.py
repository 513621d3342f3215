"""Read an input manifest as a stream, within the limits of Ground Truth's input data guide.

Lines of at most 100,000 characters, attributes of at most 20,000, keys that do not start with `$`,
`source-ref` or `source` (SageMaker developer guide, "Use an input manifest file").
"""

import itertools
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from assay.core.errors import BadValue, NotReadable
from assay.core.ports import BadRow, Columns, RawItem

LONGEST_LINE: Final = 100_000
LONGEST_ATTRIBUTE: Final = 20_000

_BYTES_PER_CHARACTER = 4
_READ = LONGEST_LINE * _BYTES_PER_CHARACTER + 2
_BOM = b"\xef\xbb\xbf"


def read_manifest(path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
    """Stream the objects in order, each with its line; every key but the source passes through.

    `columns.id` names the key that holds the id; media and text are always `source-ref` and `source`.

    Raises:
        NotReadable: if the file is missing.
        BadValue: if the first good object has no key of the name in `columns.id`.
    """
    return itertools.islice(_rows(path, columns), skip, None)


def _rows(path: Path, columns: Columns) -> Iterator[RawItem | BadRow]:
    try:
        with path.open("rb") as stream:
            yield from _items(stream, path, columns.id)
    except OSError as error:
        raise NotReadable(path=str(path), reason=(error.strerror or str(error)).lower()) from error


def _items(stream: BinaryIO, path: Path, id_key: str | None) -> Iterator[RawItem | BadRow]:
    decode = msgspec.json.Decoder().decode
    id_seen = id_key is None
    for line, data in enumerate(_lines(stream), start=1):
        if len(data) > LONGEST_LINE and _characters(data) > LONGEST_LINE:
            yield BadRow(line, f"the line is longer than {LONGEST_LINE:,} characters")
            continue
        try:
            found = decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            if data.strip():
                yield BadRow(line, _unparsed(error))
            continue
        problem = unfit(found, size=len(data))
        if problem is not None:
            yield BadRow(line, problem)
            continue
        if not id_seen and id_key not in found:
            raise BadValue(
                where=f"{path}, line {line}",
                key="id",
                found=f"'{id_key}'",
                expected=f"one of the keys {', '.join(found)}",
            )
        id_seen = True
        media, text = found.pop("source-ref", None), found.pop("source", None)
        key = found.pop(id_key, None) if id_key is not None else None
        yield RawItem(line, str(key) if key is not None and key != "" else None, media, text, found)


def unfit(found: Any, *, size: int) -> str | None:
    """Return why a decoded line is no manifest entry, or None; `size` is the line's length in bytes."""
    if type(found) is not dict:
        return "the line is JSON, but not an object"
    has_media, has_text = "source-ref" in found, "source" in found
    if has_media == has_text:
        return (
            "the line has both 'source-ref' and 'source'; only one of them may say what the item is"
            if has_media
            else "the line has neither 'source-ref' nor 'source'"
        )
    name = "source-ref" if has_media else "source"
    value = found[name]
    if type(value) is not str or not value:
        return f"'{name}' is not text" if type(value) is not str else f"'{name}' is empty"
    for key in found:
        if key[:1] == "$":
            return f"the key '{key}' starts with '$', which is reserved"
    if size > LONGEST_ATTRIBUTE:
        for key, value in found.items():
            if _length(value) > LONGEST_ATTRIBUTE:
                return f"'{key}' is longer than {LONGEST_ATTRIBUTE:,} characters"
    return None


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines; of an over-long one only as much as shows that it is."""
    for data in iter(partial(stream.readline, _READ), b""):
        if len(data) == _READ and not data.endswith(b"\n"):
            for more in iter(partial(stream.readline, _READ), b""):
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
