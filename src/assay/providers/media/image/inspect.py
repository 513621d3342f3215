"""Inspect one image: what it is, how large, whole or not, its perceptual hash, and the copy that people see.

The size is read from the header and refused before anything is decoded. Only formats that are plain
pixels are known; none that can run or call anything.
"""

import warnings
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image

from assay.core.geometry.shown_size import DAMAGED, PICTURE_FORMATS, orientation_of, shown_size
from assay.core.ids import sha256
from assay.core.labels.item_facts import ItemFacts
from assay.core.limits import IMAGE_BYTES, IMAGE_PAGES, IMAGE_PIXELS
from assay.providers.media.image.leave_out_metadata import UnknownStructure
from assay.providers.media.image.near_duplicate_hash import HASH_SIDE, difference_hash
from assay.providers.media.image.shown_copy import pixels_stay, upright, without_metadata, written_anew
from assay.providers.media.inspection import Inspection, UnreadableMedia

MOST_BYTES: Final = IMAGE_BYTES.most
MOST_PIXELS: Final = IMAGE_PIXELS.most

_NEW_SUBFILE_TYPE: Final = 254
"""TIFF's tag that says what a page is; its lowest bit: a smaller copy of another page."""
_MOST_PAGES: Final = IMAGE_PAGES.most
_WEBP_HEAD: Final = 4_096
"""Bytes in which a WebP says whether it kept every detail (`VP8L`)."""
_LOSSY: Final = frozenset({"jpeg", "mpo", "avif"})

_DECODING: Final = (*DAMAGED, Image.DecompressionBombError)


def inspect(data: bytes | Path) -> Inspection:
    """Say what an image is, and make the copy of it that people see.

    Args:
        data: the image's bytes, or the file that holds them.

    Raises:
        UnreadableMedia: if it is missing, empty, too large, not an image, damaged or cut short, or of many pages.
    """
    content = data if isinstance(data, bytes) else _read(data)
    if not content:
        raise _unreadable("it is empty")
    if len(content) > MOST_BYTES:
        raise _unreadable(f"it has {len(content):,} bytes, and at most {MOST_BYTES:,} are taken")
    with warnings.catch_warnings():
        # Pillow warns below our own limits and about odd metadata; neither matters here.
        warnings.simplefilter("ignore")
        return _inspect(content)


def _read(path: Path) -> bytes:
    """Read a file, never more of it than one byte above the limit."""
    if not path.is_file():  # a named pipe would make us wait for ever
        raise _unreadable("its file cannot be read (there is no such file)")
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(f"its file cannot be read ({_why(error)})") from error


_HEIC: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_STARTS: Final = {
    b"\xff\xd8\xff": "a JPEG",
    b"\x89PNG": "a PNG",
    b"GIF8": "a GIF",
    b"II*\0": "a TIFF",
    b"MM\0*": "a TIFF",
}


def _what_it_is(content: bytes) -> str:
    """Return why content is no picture that can be read, as its first bytes tell."""
    head = content[:512].lstrip().lower()
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        return "it is HEIC: save it as JPEG"
    if head.startswith((b"<svg", b"<?xml")) and b"<svg" in head:
        return "it is SVG: save it as PNG"
    if head.startswith((b"<!doctype html", b"<html")):
        return "it is a page of HTML"
    if head.startswith(b"%pdf"):
        return "it is a PDF: save its pages as pictures"
    name = next((name for start, name in _STARTS.items() if content.startswith(start)), None)
    return (
        f"it starts as {name}, but is damaged or cut off"
        if name
        else "its content is none of the known image formats"
    )


def _inspect(content: bytes) -> Inspection:
    try:
        image = Image.open(BytesIO(content), formats=PICTURE_FORMATS)
    except Image.DecompressionBombError:
        raise _unreadable(f"it has more than {MOST_PIXELS:,} pixels") from None
    except _DECODING:
        raise _unreadable(_what_it_is(content)) from None
    with image:
        kind = str(image.format).lower()
        if image.width * image.height > MOST_PIXELS:
            raise _unreadable(
                f"it has {image.width} x {image.height} pixels, and at most {MOST_PIXELS:,} are taken"
            )
        depth = _channels(image)
        try:
            orientation, size, pages = orientation_of(image), shown_size(image), _pages(image, kind)
            near, shown = _seen(image, content, kind=kind, orientation=orientation, pages=pages)
        except _DECODING as error:
            raise _unreadable(f"it is damaged or cut short ({_why(error)})") from error
    facts = ItemFacts(size=size, orientation=orientation, pages=pages)
    # A second picture behind a JPEG's end is a camera's own, and nobody sees it.
    return Inspection(sha256(content), "jpeg" if kind == "mpo" else kind, facts, depth, near, shown)


def _seen(
    image: Image.Image, content: bytes, *, kind: str, orientation: int, pages: int
) -> tuple[bytes | None, bytes | None]:
    """Return the near-duplicate hash of what people see, and the copy they see where it is not the file itself."""
    if pixels_stay(kind=kind, mode=image.mode, orientation=orientation):
        with suppress(UnknownStructure):
            shown = without_metadata(content, kind=kind)
            # A JPEG decodes straight to a small grey picture; the whole stream is still read.
            image.draft("L", (4 * HASH_SIDE, 4 * HASH_SIDE))
            image.load()
            return difference_hash(image), shown
    if pages > 1:
        raise _unreadable(
            f"it moves ({pages} frames), and browsers would not show it as it is; save one frame"
        )
    image.load()
    turned = upright(image, kind=kind, orientation=orientation)
    lossy = kind in _LOSSY or (kind == "webp" and b"VP8L" not in content[:_WEBP_HEAD])
    return difference_hash(turned), written_anew(turned, lossy=lossy)


def _pages(image: Image.Image, kind: str) -> int:
    """Return the pages or frames of a picture, and leave it at its first.

    Raises:
        UnreadableMedia: for many pages, of which only the first would be seen; browsers play animations whole.
    """
    pages = 1 if kind == "mpo" else int(getattr(image, "n_frames", 1))
    if kind == "tiff" and pages > 1:
        # Scanners and map makers keep smaller copies of the one picture beside it.
        copies = 0
        for page in range(1, min(pages, _MOST_PAGES)):
            image.seek(page)
            copies += int(getattr(image, "tag_v2", {}).get(_NEW_SUBFILE_TYPE, 0)) & 1
        image.seek(0)
        pages -= copies
        if pages > 1:
            raise _unreadable(f"it has {pages} pages; save each page as a picture of its own")
    return pages


def _channels(image: Image.Image) -> int:
    """Return the colour channels a viewer sees: a palette counts as what it stands for."""
    if image.mode == "P":
        return 4 if image.has_transparency_data else 3
    return len(image.getbands())


def _why(error: BaseException) -> str:
    """Return what the library says, in one short line, without file names."""
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(said).split())[:120]


def _unreadable(reason: str) -> UnreadableMedia:
    return UnreadableMedia(medium="image", reason=reason)
