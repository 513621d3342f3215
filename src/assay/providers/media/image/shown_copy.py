"""The copy of a picture that people see: turned, without metadata, in a form that every browser shows.

A picture that is upright and of a form that browsers show keeps its pixels to the bit; only its metadata go. All
others are written anew: turned ones, and forms that browsers do not show or show differently (TIFF, AVIF, 16 bit,
CMYK). Programs do not agree about the orientation: Chromium 150 turns JPEG and PNG and leaves WebP.
"""

import io
from typing import Final

import numpy as np
from PIL import Image

from assay.providers.media.image.leave_out_metadata import leave_out_metadata

RECIPE: Final = "shown-1"
"""How copies are made, and the version of that: what changes a copy's bytes changes this, and old copies stay as they are."""
KEEPS_PIXELS: Final = frozenset({"jpeg", "mpo", "png", "webp", "gif", "bmp"})
"""Kinds that browsers show, and of which metadata can be left out without decoding."""
_PLAIN: Final = frozenset({"1", "L", "P", "LA", "RGB", "RGBA"})
"""Modes that browsers show as Pillow reads them."""
_DEEP: Final = ("I", "F")
_QUALITY: Final = 92
_PNG_EFFORT: Final = 3
"""zlib's level: a third of the time of level 6 for about a tenth more bytes."""
_ROWS: Final = 256
"""Rows of a deep picture that are stretched at a time."""

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings a picture upright, by its orientation in EXIF."""


def pixels_stay(*, kind: str, mode: str, orientation: int) -> bool:
    """Say whether a picture is shown with its pixels as they are stored."""
    return kind in KEEPS_PIXELS and mode in _PLAIN and orientation not in _TURNS


def without_metadata(content: bytes, *, kind: str) -> bytes | None:
    """Return the file without its metadata, or None where it has none.

    Raises:
        UnknownStructure: if the file's structure is not known.
    """
    kept = leave_out_metadata(content, kind=kind)
    return None if kept == content else kept


def upright(picture: Image.Image, *, kind: str, orientation: int) -> Image.Image:
    """Return a decoded picture as it is shown; Pillow has turned a TIFF already (measured with 13.0)."""
    if kind == "tiff" or orientation not in _TURNS:
        return picture
    return picture.transpose(_TURNS[orientation])


def written_anew(picture: Image.Image, *, lossy: bool) -> bytes:
    """Return a picture as a file that every browser shows, without metadata but for its colour profile.

    Args:
        picture: decoded and upright.
        lossy: whether its file had lost details already: it becomes a JPEG where nothing in it is transparent.
            All others become PNG.
    """
    plain = _eight_bits(picture)
    profile = picture.info.get("icc_profile") if plain is picture else None
    plain.info = {key: value for key, value in plain.info.items() if key == "transparency"}
    out = io.BytesIO()
    if lossy and plain.mode in ("L", "RGB") and not plain.has_transparency_data:
        plain.save(out, format="JPEG", quality=_QUALITY, icc_profile=profile)
    else:
        plain.save(out, format="PNG", compress_level=_PNG_EFFORT, icc_profile=profile)
    return out.getvalue()


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Return a picture of at most 8 bits a colour; deeper greys are stretched to the picture's own range."""
    if picture.mode in _PLAIN:
        return picture
    if picture.mode in _DEEP or picture.mode.startswith("I;"):
        return _stretched(picture)
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _stretched(picture: Image.Image) -> Image.Image:
    deep = np.asarray(picture)
    sound = deep if deep.dtype.kind in "iu" else deep[np.isfinite(deep)]
    low, high = (float(sound.min()), float(sound.max())) if sound.size else (0.0, 0.0)
    scale = 255.0 / (high - low) if high > low else 1.0
    out = np.empty(deep.shape, dtype=np.uint8)
    for start in range(0, len(deep), _ROWS):
        rows = np.nan_to_num(deep[start : start + _ROWS].astype(np.float64), nan=low, posinf=high, neginf=low)
        out[start : start + _ROWS] = np.clip((rows - low) * scale, 0.0, 255.0).round()
    return Image.fromarray(out)
