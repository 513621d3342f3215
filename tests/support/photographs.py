"""Pictures as cameras store them: as their sensor lay, with a note how to turn them."""

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
