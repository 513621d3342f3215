"""What an inspection of one item's media says, and the sentence where it fails."""

from dataclasses import dataclass

from assay.core.errors import InputError


@dataclass(frozen=True, slots=True)
class Inspection:
    """What one item's media are.

    Attributes:
        fingerprint: SHA-256 of the bytes as hex; exact duplicates share it.
        kind: what the content is: `png`, `jpeg`, ... or `text`; never taken from a file's name.
        width: pixels as stored, or None for text.
        height: pixels as stored, or None for text.
        depth: colour channels (1, 2, 3 or 4), or None for text.
        near: a perceptual hash whose Hamming distance is small for near duplicates (256 bits for
            images, 64 for texts), or None where there is too little in it to compare.
    """

    fingerprint: str
    kind: str
    width: int | None
    height: int | None
    depth: int | None
    near: bytes | None


@dataclass(eq=False, kw_only=True)
class UnreadableMedia(InputError):
    """The {medium} cannot be used: {reason}."""

    medium: str
    reason: str
