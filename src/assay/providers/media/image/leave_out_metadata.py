"""Leave out what a picture's file says beside its pixels, without decoding one: places, serial numbers, descriptions.

What changes how the pixels look stays: colour profiles, transparency, animation. What follows the picture's end (a
second picture, a film) goes. Layouts: ITU-T T.81 annex B (JPEG), the PNG specification's chunks, the WebP container
specification, the GIF89a specification.
"""

import re
import struct
from collections.abc import Callable, Iterator
from typing import Final

_JPEG_MARKER: Final = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
"""What ends a scan: a marker that is neither a stuffed byte nor a restart."""
_JPEG_SCAN: Final = 0xDA
_JPEG_END: Final = 0xD9
_JPEG_COMMENT: Final = 0xFE
_JPEG_APPLICATION: Final = range(0xE0, 0xF0)
_JPEG_HEAD: Final = 14
"""Bytes of a JFIF segment before its small picture; the last two are that picture's sides."""

_PNG_HEAD: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD hIST pHYs cICP mDCV cLLI acTL fcTL fdAT".split()
)

_WEBP_KEPT: Final = frozenset((b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_WEBP_TELLS: Final = 0x08 | 0x04
"""The bits of the head that announce EXIF and XMP."""

_GIF_LOOPS: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


class UnknownStructure(ValueError):
    """The file is built in a way that these lines do not know; its pixels may be sound."""


def leave_out_metadata(content: bytes, *, kind: str) -> bytes:
    """Return the file without metadata, the pixels untouched; the same bytes where there were none.

    Args:
        content: a whole picture.
        kind: `jpeg`, `png`, `webp` or `gif`; `bmp` has no place for metadata.

    Raises:
        UnknownStructure: if the file's structure is not known.
    """
    if kind == "bmp":
        return content
    try:
        return _KINDS[kind](content)
    except (KeyError, IndexError, struct.error) as error:
        raise UnknownStructure(kind) from error


def _jpeg(content: bytes) -> bytes:
    out, at = [content[:2]], 2
    while True:
        found = _JPEG_MARKER.match(content, at)
        if found is None:
            raise UnknownStructure("jpeg")
        at, marker = found.end(), content[found.end() - 1]
        if marker == _JPEG_END:
            out.append(b"\xff\xd9")
            return b"".join(out)
        (length,) = struct.unpack_from(">H", content, at)
        segment = content[at + 2 : at + length]
        at += length
        if marker == _JPEG_COMMENT or marker in _JPEG_APPLICATION:
            segment = _application(marker, segment)
            if not segment:
                continue
        out += [b"\xff", bytes((marker,)), struct.pack(">H", len(segment) + 2), segment]
        if marker == _JPEG_SCAN:
            found = _JPEG_MARKER.search(content, at)
            end = len(content) if found is None else found.start()
            out.append(content[at:end])
            if found is None:  # readers take a picture whose end mark is missing
                out.append(b"\xff\xd9")
                return b"".join(out)
            at = end


def _application(marker: int, segment: bytes) -> bytes:
    """Return what of a segment of applications changes how the picture looks."""
    if marker == 0xE0 and segment[:5] == b"JFIF\x00" and len(segment) >= _JPEG_HEAD:
        return segment[: _JPEG_HEAD - 2] + b"\x00\x00"
    if marker == 0xE2 and segment[:12] == b"ICC_PROFILE\x00":
        return segment
    if marker == 0xEE and segment[:5] == b"Adobe":
        return segment
    return b""


def _png(content: bytes) -> bytes:
    out, at = [_PNG_HEAD], len(_PNG_HEAD)
    while True:
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if name in _PNG_KEPT:
            out.append(content[at:end])
        if name == b"IEND":
            return b"".join(out)
        at = end


def _webp(content: bytes) -> bytes:
    kept = []
    for name, chunk in _webp_chunks(content):
        if name == b"VP8X":
            chunk = chunk[:8] + bytes((chunk[8] & ~_WEBP_TELLS,)) + chunk[9:]  # noqa: PLW2901 - the same chunk
        if name in _WEBP_KEPT:
            kept.append(chunk)
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the name and the whole of each chunk, padded to an even number of bytes."""
    (whole,) = struct.unpack_from("<I", content, 4)
    at, end = 12, min(len(content), 8 + whole)
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sI", content, at)
        chunk = content[at : at + 8 + length]
        yield name, chunk + b"\x00" * (len(chunk) % 2)
        at += 8 + length + length % 2


def _gif(content: bytes) -> bytes:
    at = 13 + _gif_colours(content[10])
    out = [content[:at]]
    while True:
        start, mark = at, content[at]
        if mark == 0x3B:
            out.append(b"\x3b")
            return b"".join(out)
        if mark == 0x2C:  # a picture: its head, its colours, one byte, its blocks
            at = _after_blocks(content, at + 10 + _gif_colours(content[at + 9]) + 1)
            out.append(content[start:at])
        elif mark == 0x21:
            kind = content[at + 1]
            at = _after_blocks(content, at + 2)
            loops = kind == 0xFF and content[start + 3 : start + 14] in _GIF_LOOPS
            if kind == 0xF9 or loops:
                out.append(content[start:at])
        else:
            raise UnknownStructure("gif")


def _gif_colours(packed: int) -> int:
    """Return the bytes of the table of colours that a head announces."""
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _after_blocks(content: bytes, at: int) -> int:
    while content[at]:
        at += content[at] + 1
    return at + 1


_KINDS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "jpeg": _jpeg,
    "mpo": _jpeg,
    "png": _png,
    "webp": _webp,
    "gif": _gif,
}
