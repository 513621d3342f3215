"""Small pictures for pages: metadata are left behind, the size is bounded, labels are drawn on them."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageOps

from assay.core.geometry.shown_size import shown_size
from assay.core.labels.label_values import Size
from assay.core.ports.blobs import Content

Mark = tuple[str, float, float, float, float]
"""A label with left, top, right and bottom in pixels of the picture; a point has left = right, top = bottom."""

COLOURS = ("#1668dc", "#d4380d", "#08979c", "#c41d7f", "#7cb305", "#531dab", "#d48806", "#389e0d")
_DOT = 3


def thumbnail(picture: Content, *, side: int = 96) -> bytes | None:
    """Return a PNG of at most side x side pixels, or None where the image cannot be read."""
    small = _small(picture, side=side)
    if small is None:
        return None
    out = io.BytesIO()
    small[0].save(out, format="PNG", optimize=True)
    return out.getvalue()


def marked_picture(
    picture: Content, *, marks: Sequence[Mark], labels: Sequence[str], side: int = 240
) -> bytes | None:
    """Return a JPEG of at most side x side pixels with marks drawn on it, or None where it cannot be read.

    Each label has its colour by its place in `labels`.
    """
    found = _small(picture, side=side)
    if found is None:
        return None
    small, (width, height) = found
    across, down = small.width / width, small.height / height
    pen = ImageDraw.Draw(small)
    for label, left, top, right, bottom in marks:
        place = labels.index(label) if label in labels else 0
        colour = COLOURS[place % len(COLOURS)]
        corners = (left * across, top * down, right * across, bottom * down)
        if (left, top) == (right, bottom):
            x, y = corners[:2]
            pen.ellipse((x - _DOT, y - _DOT, x + _DOT, y + _DOT), fill=colour)
        else:
            pen.rectangle(corners, outline=colour, width=2)
    out = io.BytesIO()
    small.save(out, format="JPEG", quality=80)
    return out.getvalue()


def _small(picture: Content, *, side: int) -> tuple[Image.Image, Size] | None:
    """Return a small copy and the size of the whole picture, both as people see it."""
    try:
        with picture.open("rb") as file, Image.open(file) as image:
            size = shown_size(image)
            image.draft("RGB", (side * 2, side * 2))
            small = ImageOps.exif_transpose(image).convert("RGB")
            small.thumbnail((side, side))
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    return small, size
