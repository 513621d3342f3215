"""How large a picture is as people see it: cameras store it as their sensor lies, and note how to turn it."""

import struct
import zlib
from typing import Any, Final, Protocol

from assay.core.labels.label_values import Size

PICTURE_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
"""What is opened as a picture, by Pillow's names: plain pixels, none that can run or call anything."""

ORIENTATION: Final = 274
"""The tag of EXIF that says how a picture is to be turned, 1 to 8; 5 to 8 lay it on its side."""

_UPRIGHT: Final = 1
_ORIENTATIONS: Final = range(1, 9)
_ON_ITS_SIDE: Final = frozenset({5, 6, 7, 8})
_TURNED_ALREADY: Final = "TIFF"
"""Pillow (measured with 13.0) gives the sides of a turned TIFF as shown, those of JPEG, PNG and WebP as stored."""

DAMAGED: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    EOFError,
    MemoryError,
    RuntimeError,
    struct.error,
    zlib.error,
)
"""What Pillow's readers raise on damaged bytes. Of damaged metadata the picture itself may be sound: it is shown as stored."""


class OpenPicture(Protocol):
    """A picture of which the head was read, as Pillow has it."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""

    @property
    def format(self) -> str | None:
        """`JPEG`, `PNG`, ..."""

    def getexif(self) -> Any:
        """Return its metadata by tag."""


def orientation_of(picture: OpenPicture) -> int:
    """Return how a picture is to be turned, 1 (not at all) to 8; no pixel is decoded."""
    try:
        found = picture.getexif().get(ORIENTATION)
    except DAMAGED:
        return _UPRIGHT
    return found if type(found) is int and found in _ORIENTATIONS else _UPRIGHT


def shown_size(picture: OpenPicture) -> Size:
    """Return width and height as shown, in pixels; no pixel is decoded."""
    width, height = picture.size
    if picture.format == _TURNED_ALREADY or orientation_of(picture) not in _ON_ITS_SIDE:
        return width, height
    return height, width
