"""Text files as programs write them: UTF-8, UTF-16 with a byte order mark, or Windows-1252, read as UTF-8.

What a file is, its first bytes that are not plain decide. Windows-1252 is taken only where it can hardly be anything
else: a file in a script of its own, as GBK or Windows-1251 write it, is left to be refused.
"""

import codecs
import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol, cast

_BLOCK: Final = 1 << 18
_MOST_LOOKED_AT: Final = 1 << 26
"""So many plain bytes are passed over before a file counts as plain."""

_UTF_16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_SHOWN: Final = {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252"}
_HIGH: Final = re.compile(rb"[\x80-\xff]+")
_CUT: Final = re.compile(rb"[\x80-\xff]{1,3}\Z")
_LETTERS: Final = re.compile(rb"[A-Za-z\x80-\xff]")
_NEVER: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d\xfe\xff]")
"""What Windows-1252 does not have, or hardly any text in it."""

_LONGEST_RUN: Final = 2
_RARE: Final = 4
"""Of the letters of a text in Latin script at most one in so many has an accent."""


class TextStream(Protocol):
    """The bytes of a text file as UTF-8."""

    def read(self, size: int, /) -> bytes:
        """Return about `size` bytes, none at the end."""

    def readline(self, size: int, /) -> bytes:
        """Return a line, or its first `size` bytes, none at the end."""


@dataclass(frozen=True, slots=True)
class OpenText:
    """An open text file.

    Attributes:
        stream: its bytes as UTF-8.
        written_in: how it is written, "" for UTF-8.
    """

    stream: TextStream
    written_in: str


@contextmanager
def open_text(path: Path) -> Iterator[OpenText]:
    """Open a text file, also one packed by gzip; raises what the system or gzip raises."""
    with _opened(path) as stream:
        encoding = _encoding(stream)
    with _opened(path) as stream:
        yield OpenText(_Recoded(stream, encoding) if encoding in _SHOWN else stream, _SHOWN.get(encoding, ""))


class _Recoded:
    """Another encoding than UTF-8 as UTF-8."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._left = b""
        self._ended = False
        if encoding in _UTF_16.values():
            stream.read(2)  # the mark

    def read(self, size: int, /) -> bytes:
        """Return about `size` bytes, none at the end."""
        while not self._ended:
            found = self._stream.read(size)
            self._ended = not found
            if text := self._decoder.decode(found, final=self._ended):
                return text.encode()
        return b""

    def readline(self, size: int, /) -> bytes:
        """Return a line, or its first `size` bytes, none at the end."""
        while b"\n" not in self._left and len(self._left) < size and (more := self.read(_BLOCK)):
            self._left += more
        end = self._left.find(b"\n", 0, size) + 1 or size
        line, self._left = self._left[:end], self._left[end:]
        return line


def _opened(path: Path) -> BinaryIO:
    if path.name.lower().endswith(".gz"):
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb")


def _encoding(stream: BinaryIO) -> str:
    looked_at = 0
    while looked_at < _MOST_LOOKED_AT and (block := stream.read(_BLOCK)):
        if not looked_at and block[:2] in _UTF_16:
            return _UTF_16[block[:2]]
        looked_at += len(block)
        if not block.isascii():
            more = stream.read(_BLOCK)
            # What is read may end within a sign of several bytes.
            whole = block + more if len(more) < _BLOCK else _CUT.sub(b"", block + more)
            return "cp1252" if _is_windows_1252(whole) else "utf-8"
    return "utf-8"


def _is_windows_1252(block: bytes) -> bool:
    """Say whether a block is hardly anything but Windows-1252: single accents within Latin letters, and no UTF-8 at all."""
    runs = _HIGH.findall(block)
    if (
        not runs
        or any(map(_is_utf8, runs))
        or any(map(_NEVER.search, runs))
        or max(map(len, runs)) > _LONGEST_RUN
    ):
        return False
    return _RARE * sum(map(len, runs)) <= len(_LETTERS.findall(block))


def _is_utf8(run: bytes) -> bool:
    try:
        run.decode()
    except UnicodeDecodeError:
        return False
    return True
