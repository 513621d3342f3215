"""Plain features of a picture: grey levels, orientations of edges, colours. No training, no weights."""

import warnings
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assay.core.geometry.shown_size import DAMAGED, PICTURE_FORMATS
from assay.core.limits import IMAGE_LEARNT_PIXELS
from assay.core.ports.blobs import Content

MOST_PIXELS: Final = IMAGE_LEARNT_PIXELS.most
SIDE: Final = 48
GREY: Final = 16
CELLS: Final = 6
ORIENTATIONS: Final = 8
COLOURS: Final = 4
LENGTH: Final = GREY * GREY + CELLS * CELLS * ORIENTATIONS + COLOURS**3

_DECODING: Final = (*DAMAGED, Image.DecompressionBombError)
_Floats = NDArray[np.float32]


def picture_features(content: Content) -> _Floats | None:
    """Return a picture's features, shape (LENGTH,), or None where it cannot be read."""
    picture = _small(content)
    if picture is None:
        return None
    colour = np.asarray(picture, dtype=np.float32) / 255.0
    grey = colour @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    block = SIDE // GREY
    cells = grey.reshape(GREY, block, GREY, block).mean(axis=(1, 3))
    return np.concatenate([cells.ravel(), _orientations(grey), _colours(colour)]).astype(np.float32)


def _small(content: Content) -> Image.Image | None:
    """Return the picture as SIDE x SIDE pixels in RGB, on white where it is transparent."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd metadata does not matter here
        try:
            with content.open("rb") as file, Image.open(file, formats=PICTURE_FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    return None
                image.draft("RGB", (2 * SIDE, 2 * SIDE))
                if image.has_transparency_data:
                    clear = image.convert("RGBA")
                    whole = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
                else:
                    whole = image.convert("RGB")
                return whole.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
        except _DECODING:
            return None


def _orientations(grey: _Floats) -> _Floats:
    """Return edge strength by direction in CELLS x CELLS cells (Dalal and Triggs, CVPR 2005).

    Directions are signed (8 over the full turn). The square root of each cell's share of the whole
    strength keeps strong edges from drowning weak ones.
    """
    down, right = np.gradient(grey)
    strength = np.hypot(down, right)
    turn = (np.arctan2(down, right) / (2.0 * np.pi)) % 1.0 * ORIENTATIONS
    low = np.floor(turn).astype(np.int64) % ORIENTATIONS
    part = turn - np.floor(turn)
    size = SIDE // CELLS
    row, column = np.indices(grey.shape) // size
    cell = (row * CELLS + column) * ORIENTATIONS
    bins = CELLS * CELLS * ORIENTATIONS
    sums = np.bincount((cell + low).ravel(), (strength * (1.0 - part)).ravel(), minlength=bins)
    sums += np.bincount((cell + (low + 1) % ORIENTATIONS).ravel(), (strength * part).ravel(), minlength=bins)
    shares: _Floats = np.sqrt(sums / (sums.sum() + 1e-6)).astype(np.float32)
    return shares


def _colours(colour: _Floats) -> _Floats:
    """Return the square roots of the shares of 4 x 4 x 4 colours."""
    level = np.minimum((colour * COLOURS).astype(np.int64), COLOURS - 1)
    which = (level[..., 0] * COLOURS + level[..., 1]) * COLOURS + level[..., 2]
    counts = np.bincount(which.ravel(), minlength=COLOURS**3)
    shares: _Floats = np.sqrt(counts / which.size).astype(np.float32)
    return shares
