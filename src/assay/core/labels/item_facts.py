"""What is true of an item before anybody labels it: measured once, when it is received, and stored with it."""

from dataclasses import dataclass
from typing import Final

Size = tuple[int, int]
"""Width and height of a picture in pixels."""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What was measured of one item; None where it does not apply or is not known.

    Attributes:
        size: a picture's width and height in pixels, as people see it; labels are counted in this frame.
        orientation: how the file says that it is to be turned, 1 (upright) to 8, as in EXIF.
        pages: the pages or frames of the file.
        length: a text's length in code points.
    """

    size: Size | None = None
    orientation: int | None = None
    pages: int | None = None
    length: int | None = None


NOTHING_MEASURED: Final = ItemFacts()
