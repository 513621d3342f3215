"""Walk a large JSON document as a stream: the elements of its arrays come in pieces, never all at once.

A piece is a run of whole elements. Where elements end is found by their brackets: quotes and brackets are
looked up in bulk, and a bracket counts only outside of strings. What the elements say is for the caller
to decode, so an element that is no JSON costs no other element.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from assay.core.errors import NotReadable
from assay.core.limits import JSON_ELEMENT

Element = TypeVar("Element")

PIECE: Final = 1 << 20
"""Bytes read at a time."""

LONGEST: Final = JSON_ELEMENT.most

_PASSED: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
"""Finds the ends of elements and makes nothing of them; several times as fast as looking for brackets."""

_FIRST_LOOK: Final = 1 << 12
_WIDER: Final = 16
"""So many bytes are looked at for brackets at first, and so many times more whenever that is too little."""

_BLANK: Final = b" \t\r\n,"
_BOM: Final = b"\xef\xbb\xbf"
_OPEN, _CLOSE, _QUOTE = 1, 2, 3
_KINDS: Final = np.zeros(256, np.uint8)
_KINDS[list(b"[{")] = _OPEN
_KINDS[list(b"]}")] = _CLOSE
_KINDS[list(b'"')] = _QUOTE
_BACKSLASH: Final = ord("\\")
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NEXT: Final = re.compile(rb"[^ \t\r\n,]")
_SCALAR_END: Final = re.compile(rb"[\]},\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of array elements.

    Attributes:
        body: the elements as they stand, with the commas between them.
        ends: shape (elements,), where each of them ends in `body`.
    """

    body: bytes
    ends: NDArray[np.int64]

    @property
    def whole(self) -> bytes:
        """The elements as one JSON array."""
        return b"[" + self.body.strip(_BLANK) + b"]"

    def each(self) -> Iterator[bytes]:
        """Yield the elements one by one."""
        start = 0
        for end in self.ends.tolist():
            yield self.body[start:end].strip(_BLANK)
            start = end


class JsonWalk:
    """Walks a JSON document from its start, or from a place that `here` named earlier."""

    def __init__(self, stream: BinaryIO, *, path: str, piece: int = PIECE) -> None:
        """Stand at the stream's place; `path` is said in errors."""
        self._stream = stream
        self._path = path
        self._piece = piece
        self._buffer = b""
        self._at = 0
        self._end = stream.tell()

    @property
    def here(self) -> int:
        """The place in the file, in bytes from its start."""
        return self._end - len(self._buffer) + self._at

    def kind(self) -> bytes:
        """Return the first byte of the next value without passing it; b"" at the end of the file."""
        if self.here == 0:
            self._more()
            self._at = len(_BOM) if self._buffer.startswith(_BOM) else 0
        while not (found := _NEXT.search(self._buffer, self._at)):
            self._at = len(self._buffer)
            if not self._more():
                return b""
        self._at = found.start()
        return found.group()

    def keys(self) -> Iterator[str]:
        """Enter an object and yield its keys; the caller passes each key's value before the next one.

        Raises:
            NotReadable: where the document is no JSON.
        """
        self._enter(b"{")
        while (kind := self.kind()) != b"}":
            if kind != b'"':
                raise self._damaged()
            key = self._text(self._string())
            self._enter(b":")
            self.kind()
            yield key
        self._at += 1

    def elements(self) -> Iterator[Piece]:
        """Pass an array and yield its elements in pieces.

        Raises:
            NotReadable: where the array never ends, or one element has more than `LONGEST` bytes.
        """
        self._enter(b"[")
        return self._pieces()

    def decoded(
        self, decode: Callable[[bytes], list[Element]], *, unfit: tuple[type[Exception], ...]
    ) -> Iterator[list[Element] | Piece]:
        """Pass an array and yield its elements as `decode` makes them from one JSON array.

        What stands before a `},` is decoded on trial: where it decodes it was whole elements, and nobody has to
        look for brackets. What does not decode (it raises one of `unfit`) comes as a piece.

        Raises:
            NotReadable: where the array never ends, or one element has more than `LONGEST` bytes.
        """
        self._enter(b"[")
        closed, window = False, _FIRST_LOOK
        while not closed:
            self._fill(self._piece)
            cut = self._buffer.rfind(b"},", self._at) + 1
            if cut:
                try:
                    found = decode(b"[" + self._buffer[self._at : cut].strip(_BLANK) + b"]")
                except unfit:
                    pass
                else:
                    self._at, window = cut, _FIRST_LOOK
                    yield found
                    continue
            piece, closed = self._step(window)
            window *= _WIDER
            if piece is not None:
                yield piece

    def value(self) -> bytes:
        """Pass a value and return it as it stands."""
        kind = self.kind()
        if kind == b'"':
            return self._string()
        if kind in (b"[", b"{"):
            self._at += 1
            body = b"".join(self._bounded())
            return kind + body + (b"]" if kind == b"[" else b"}")
        while not (found := _SCALAR_END.search(self._buffer, self._at)):
            if len(self._buffer) - self._at > LONGEST or not self._more():
                raise self._damaged()
        value, self._at = self._buffer[self._at : found.start()], found.start()
        return value

    def skip(self) -> None:
        """Pass a value."""
        kind = self.kind()
        if kind == b"[":
            for _ in self.decoded(_PASSED, unfit=(ValueError,)):
                pass
        elif kind == b"{":
            self._at += 1
            for _ in self._pieces():
                pass
        else:
            self.value()

    def _bounded(self) -> Iterator[bytes]:
        size = 0
        for piece in self._pieces():
            size += len(piece.body)
            if size > LONGEST:
                raise NotReadable(path=self._path, reason=f"a value in it has more than {LONGEST:,} bytes")
            yield piece.body

    def _pieces(self) -> Iterator[Piece]:
        """Yield what stands before the bracket that closes the level we are in, and pass that bracket."""
        closed, window = False, _FIRST_LOOK
        while not closed:
            piece, closed = self._step(window)
            window *= _WIDER
            if piece is not None:
                yield piece

    def _step(self, window: int) -> tuple[Piece | None, bool]:
        """Pass some elements and return them, and whether the level was closed behind them.

        Looked at are `window` bytes first, since most values are short and brackets in what follows cost time.
        """
        wanted = self._piece
        while wanted <= LONGEST:
            self._fill(wanted)
            ahead = len(self._buffer) - self._at
            body = self._buffer[self._at : self._at + window]
            ends, closed = _ends(body)
            last = int(ends[-1]) if len(ends) else 0
            stop = last if closed is None else closed
            if not stop and closed is None and len(body) < ahead:
                window *= _WIDER
                continue
            if stop > last and body[last:stop].strip(_BLANK):
                # Numbers or text behind the last bracket: no element that anybody here can use.
                ends = np.append(ends, stop)
            if stop or closed is not None:
                self._at += stop + (closed is not None)
                return Piece(body[:stop], ends) if len(ends) else None, closed is not None
            if len(body) < wanted:
                raise NotReadable(path=self._path, reason="it ends in the middle of a value")
            # An element longer than what was read: twice as much is read, so that the work stays linear.
            wanted *= 2
        raise NotReadable(path=self._path, reason=f"an element has more than {LONGEST:,} bytes")

    def _fill(self, wanted: int) -> None:
        """Read until so many bytes are ahead, or the file ends."""
        while len(self._buffer) - self._at < wanted and self._more():
            pass

    def _enter(self, sign: bytes) -> None:
        if self.kind() != sign:
            raise self._damaged()
        self._at += 1

    def _string(self) -> bytes:
        """Pass a text and return it as it stands."""
        while not (found := _STRING.match(self._buffer, self._at)):
            if len(self._buffer) - self._at > LONGEST or not self._more():
                raise self._damaged()
        self._at = found.end()
        return found.group()

    def _text(self, data: bytes) -> str:
        try:
            return str(json.loads(data))
        except ValueError:
            raise self._damaged() from None

    def _more(self) -> bool:
        """Read on; False at the end of the file."""
        data = self._stream.read(max(self._piece, len(self._buffer) - self._at))
        self._end += len(data)
        self._buffer = self._buffer[self._at :] + data
        self._at = 0
        return bool(data)

    def _damaged(self) -> NotReadable:
        return NotReadable(path=self._path, reason=f"it is no JSON at byte {self.here:,}")


def _ends(body: bytes) -> tuple[NDArray[np.int64], int | None]:
    """Return where the elements of an array end, and where the array itself does, or None."""
    data = np.frombuffer(body, np.uint8)
    kinds = _KINDS[data]
    places = np.flatnonzero(kinds)
    kinds = kinds[places]
    if _BACKSLASH in body:
        kept = ~_escaped(body, data, places, kinds)
        places, kinds = places[kept], kinds[kept]
    outside = (np.cumsum(kinds == _QUOTE) & 1 == 0) & (kinds != _QUOTE)
    places, kinds = places[outside], kinds[outside]
    depth = np.cumsum(np.where(kinds == _OPEN, 1, -1))
    over = np.flatnonzero(depth < 0)
    closed = int(places[over[0]]) if len(over) else None
    last = int(over[0]) if len(over) else len(depth)
    return places[:last][depth[:last] == 0] + 1, closed


def _escaped(
    body: bytes, data: NDArray[np.uint8], places: NDArray[np.int64], kinds: NDArray[np.uint8]
) -> NDArray[np.bool_]:
    """Say which of the signs are quotes with an odd number of backslashes before them."""
    found = np.zeros(len(places), np.bool_)
    for position in np.flatnonzero((kinds == _QUOTE) & (data[places - 1] == _BACKSLASH)).tolist():
        end = int(places[position])
        found[position] = (end - _run(body, end)) % 2 == 1
    return found


def _run(body: bytes, end: int) -> int:
    """Return where the backslashes that end at `end` start."""
    start = end
    while start and body[start - 1] == _BACKSLASH:
        start -= 1
    return start
