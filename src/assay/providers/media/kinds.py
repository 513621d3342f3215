"""What a picture file is, by its first bytes: enough to choose the type that it is served with."""

from pathlib import Path
from typing import Final

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


def served_type(path: Path) -> str:
    """Return the type that a file is served with; what is no known picture is only ever saved.

    Raises:
        OSError: if the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(16)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:12] == b"ftypavif":
        return "image/avif"
    return next((kind for mark, kind in TYPES if head.startswith(mark)), UNKNOWN)
