"""How large a picture is that lies beside a file of labels, which does not say it."""

import os
import warnings
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from PIL import Image

from assay.core.geometry.shown_size import DAMAGED, PICTURE_FORMATS, shown_size
from assay.core.labels.label_values import Size
from assay.core.layouts.media_paths import path_parts, tails


def size_of_picture(path: Path) -> Size | None:
    """Return a picture's width and height as shown, as its head says; None where it is not there or no picture."""
    try:
        if not path.is_file():  # a named pipe would make us wait for ever
            return None
        with warnings.catch_warnings():
            # Pillow warns about odd metadata and large pictures; no pixel is decoded here.
            warnings.simplefilter("ignore")
            with Image.open(path, formats=PICTURE_FORMATS) as picture:
                return shown_size(picture)
    except (*DAMAGED, Image.DecompressionBombError):
        return None


def size_beside(folder: Path, media: str) -> Size | None:
    """Return the size of a picture in or below a folder, by the longest end of its path or address that is there.

    Tools name pictures by where they served them from, as `/data/local-files/?d=photos/a.png`.
    """
    address = urlsplit(media) if "?" in media else None
    parts = path_parts(parse_qs(address.query).get("d", [address.path])[0] if address else media)
    # An address spells blanks and the like with percent signs, which a path may have of its own.
    for spelt in (parts, path_parts(unquote("/".join(parts)))):
        for end in tails(spelt) if ".." not in spelt else ():
            if os.path.lexists(folder / end):
                return size_of_picture(folder / end)
    return None
