"""What an inspection of one item's media says, and the sentence where it fails."""

from dataclasses import dataclass

from assay.core.errors import InputError
from assay.core.labels.item_facts import ItemFacts


@dataclass(frozen=True, slots=True)
class Inspection:
    """What one item's media are.

    Attributes:
        fingerprint: SHA-256 of the bytes as hex; exact duplicates share it.
        kind: what the content is: `png`, `jpeg`, ... or `text`; never taken from a file's name.
        facts: what is stored with the item.
        depth: colour channels (1, 2, 3 or 4), or None for text.
        near: a perceptual hash whose Hamming distance is small for near duplicates (256 bits for
            images, 64 for texts), or None where there is too little in it to compare.
        shown: the copy that people see instead of the file; None where the file can be shown as it is.
    """

    fingerprint: str
    kind: str
    facts: ItemFacts
    depth: int | None
    near: bytes | None
    shown: bytes | None = None


@dataclass(eq=False, kw_only=True)
class UnreadableMedia(InputError):
    """The {medium} cannot be used: {reason}."""

    medium: str
    reason: str
