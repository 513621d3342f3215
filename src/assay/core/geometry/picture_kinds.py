"""What a picture file is, by its first bytes: enough to choose the type that it is served with."""

import base64
from typing import Final

from assay.core.ports.blobs import Content

TYPES: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
UNKNOWN: Final = "application/octet-stream"
"""Browsers save it and do not open it."""
HEAD: Final = 16
"""Bytes of a file's beginning that tell what it is."""


def served_type(head: bytes) -> str:
    """Return the type that a file with these first bytes is served with; what is no known picture is only ever saved."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:12] == b"ftypavif":
        return "image/avif"
    return next((kind for mark, kind in TYPES if head.startswith(mark)), UNKNOWN)


def data_url(picture: Content, *, most: int) -> str | None:
    """Return a picture as an address that holds it, None where it has more than `most` bytes; raises `OSError`."""
    with picture.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        return None
    return f"data:{served_type(content[:HEAD])};base64,{base64.b64encode(content).decode()}"
