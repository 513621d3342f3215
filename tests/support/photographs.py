"""Pictures as cameras store them: as their sensor lay, with a note how to turn them."""

from pathlib import Path
from typing import Final

from PIL import Image

_STORED: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def as_stored(picture: Image.Image, orientation: int) -> Image.Image:
    """Return the pixels that a camera stores with an orientation, so that people see the picture as it is given."""
    return picture.transpose(_STORED[orientation]) if orientation in _STORED else picture


def photograph(
    path: Path, *, orientation: int, size: tuple[int, int] = (200, 100), brightest: int = 255
) -> None:
    """Write a picture as a telephone does: stored as its sensor lies, with its place and its camera."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Quist Optics"
    grey = Image.linear_gradient("L").resize(size).point(lambda level: level * brightest // 255)
    grey.convert("RGB").save(path, "JPEG", exif=exif)
