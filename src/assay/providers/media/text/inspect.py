"""Inspect one text: whether it can be stored and shown, its fingerprint and its simhash."""

from typing import Final

from assay.core.ids import sha256
from assay.core.labels.item_facts import ItemFacts
from assay.core.limits import TEXT_BYTES
from assay.providers.media.inspection import Inspection, UnreadableMedia
from assay.providers.media.text.near_duplicate_hash import simhash

MOST_BYTES: Final = TEXT_BYTES.most


def inspect(data: bytes | str) -> Inspection:
    """Say what a text is; bytes must be UTF-8, with or without a byte order mark.

    Raises:
        UnreadableMedia: if it is empty, too long, not UTF-8, or holds a NUL character.
    """
    text = _decode(data) if isinstance(data, bytes) else data
    return Inspection(fingerprint(text), "text", ItemFacts(length=len(text)), None, simhash(text))


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a text that can be stored and shown; raises `UnreadableMedia` as `inspect`."""
    try:
        content = text.encode()
    except UnicodeEncodeError as error:
        raise _unreadable("it holds half of a surrogate pair") from error
    if len(content) > MOST_BYTES:
        raise _unreadable(f"it has {len(content):,} bytes, and at most {MOST_BYTES:,} are taken")
    if "\x00" in text:
        raise _unreadable("it holds a NUL character")
    if not text.strip():
        raise _unreadable("it is empty")
    return sha256(content)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(f"it is not UTF-8 at byte {error.start}") from error


def _unreadable(reason: str) -> UnreadableMedia:
    return UnreadableMedia(medium="text", reason=reason)
