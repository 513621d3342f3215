"""A hash of a picture that near duplicates share: scaling, mild compression and brightness change few of its bits."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

HASH_SIDE: Final = 16
LEAST_CONTRAST: Final = 8.0
"""Grey levels between the darkest and the lightest cell below which a picture has no hash."""


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
    if image.mode != "RGB":
        image = image.convert("L")
    return _reduced(image).convert("L").convert("F")


def _reduced(image: Image.Image) -> Image.Image:
    factor = min(image.size) // (8 * HASH_SIDE)
    return image.reduce(factor) if factor > 1 else image
