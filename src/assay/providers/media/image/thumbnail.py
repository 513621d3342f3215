"""Small pictures for pages: metadata are left behind, the size is bounded."""

import io
from pathlib import Path

from PIL import Image, ImageOps


def thumbnail(path: Path, *, side: int = 96) -> bytes | None:
    """Return a PNG of at most side x side pixels, or None where the image cannot be read."""
    try:
        with Image.open(path) as image:
            image.draft("RGB", (side * 2, side * 2))
            small = ImageOps.exif_transpose(image).convert("RGB")
            small.thumbnail((side, side))
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    out = io.BytesIO()
    small.save(out, format="PNG", optimize=True)
    return out.getvalue()
