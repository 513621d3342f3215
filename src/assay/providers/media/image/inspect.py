"""Inspect one image: what it is, how large, whole or not, and its perceptual hash.

The size is read from the header and refused before anything is decoded. Only formats that are plain
pixels are known; none that can run or call anything.
"""

import struct
import warnings
import zlib
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assay.core.ids import sha256
from assay.providers.media.inspection import Inspection, UnreadableMedia

MOST_BYTES: Final = 40_000_000
MOST_PIXELS: Final = 100_000_000
FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
HASH_SIDE: Final = 16
LEAST_CONTRAST: Final = 8.0
"""Grey levels between the darkest and the lightest cell below which a picture has no hash."""

# Pillow's decoders answer broken bytes with many kinds of exception; these are what they raise.
_DECODING: Final = (
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
    Image.DecompressionBombError,
)


def inspect(data: bytes | Path) -> Inspection:
    """Say what an image is; width and height are as stored, before any EXIF rotation.

    Args:
        data: the image's bytes, or the file that holds them.

    Raises:
        UnreadableMedia: if it is missing, empty, too large, not an image, damaged or cut short.
    """
    content = data if isinstance(data, bytes) else _read(data)
    if not content:
        raise _unreadable("it is empty")
    if len(content) > MOST_BYTES:
        raise _unreadable(f"it has {len(content):,} bytes, and at most {MOST_BYTES:,} are taken")
    with warnings.catch_warnings():
        # Pillow warns below our own limits and about odd metadata; neither matters here.
        warnings.simplefilter("ignore")
        return _inspect(content)


def _read(path: Path) -> bytes:
    """Read a file, never more of it than one byte above the limit."""
    if not path.is_file():  # a named pipe would make us wait for ever
        raise _unreadable("its file cannot be read (there is no such file)")
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(f"its file cannot be read ({_why(error)})") from error


def _inspect(content: bytes) -> Inspection:
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError:
        raise _unreadable(f"it has more than {MOST_PIXELS:,} pixels") from None
    except _DECODING:
        raise _unreadable("its content is none of the known image formats") from None
    with image:
        width, height, kind = image.width, image.height, str(image.format).lower()
        if width * height > MOST_PIXELS:
            raise _unreadable(f"it has {width} x {height} pixels, and at most {MOST_PIXELS:,} are taken")
        depth = _channels(image)
        try:
            # A JPEG decodes straight to a small grey picture; the whole stream is still read.
            image.draft("L", (4 * HASH_SIDE, 4 * HASH_SIDE))
            image.load()
            near = difference_hash(image)
        except _DECODING as error:
            raise _unreadable(f"it is damaged or cut short ({_why(error)})") from error
    return Inspection(sha256(content), kind, width, height, depth, near)


def difference_hash(image: Image.Image) -> bytes | None:
    """Return 256 bits: in each of 16 rows, whether each of 17 cells is lighter than the one to its left.

    The picture is averaged down to 17 x 16 grey cells first (Krawetz, "Kind of like that", 2013), so
    scaling, mild compression and brightness change few bits. None where there is almost no contrast.
    """
    grey = _grey(image).resize((HASH_SIDE + 1, HASH_SIDE), Image.Resampling.BOX)
    cells: NDArray[np.float64] = np.asarray(grey, dtype=np.float64)
    if cells.max() - cells.min() < LEAST_CONTRAST:
        return None
    return np.packbits(cells[:, 1:] > cells[:, :-1]).tobytes()


def _grey(image: Image.Image) -> Image.Image:
    """Return a small picture of grey levels 0..255 as floats.

    Transparency shows white; pixels deeper than 8 bits are stretched to the picture's own range. The
    picture is reduced before it is worked on, so that the largest ones need little memory.
    """
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        deep = np.nan_to_num(np.asarray(_reduced(image.convert("F"))), posinf=0.0, neginf=0.0)
        low, span = float(deep.min()), max(float(np.ptp(deep)), 1.0)
        return Image.fromarray(((deep - low) * (255.0 / span)).astype(np.float32))
    if image.has_transparency_data:
        clear = _reduced(image.convert("RGBA"))
        image = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    return _reduced(image.convert("L")).convert("F")


def _reduced(image: Image.Image) -> Image.Image:
    factor = min(image.size) // (8 * HASH_SIDE)
    return image.reduce(factor) if factor > 1 else image


def _channels(image: Image.Image) -> int:
    """Return the colour channels a viewer sees: a palette counts as what it stands for."""
    if image.mode == "P":
        return 4 if image.has_transparency_data else 3
    return len(image.getbands())


def _why(error: BaseException) -> str:
    """Return what the library says, in one short line, without file names."""
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(said).split())[:120]


def _unreadable(reason: str) -> UnreadableMedia:
    return UnreadableMedia(medium="image", reason=reason)
