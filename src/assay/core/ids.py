"""Digests and canonical bytes: how Assay names things so that others can check them."""

import hashlib
import json
from collections.abc import Iterable
from json.encoder import encode_basestring
from pathlib import Path

# Made once: `json.dumps` makes a new encoder at every call, which takes longer than a small value.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: object) -> bytes:
    """Return the one JSON spelling of a value: sorted keys, no spaces, UTF-8, no NaN."""
    return _ENCODER.encode(value).encode()


def canonical_pair(key: str, value: str | bool) -> bytes:  # noqa: FBT001 - the value is what it is
    """Return `canonical([key, value])` several times as fast: there are as many of these lines as items."""
    if isinstance(value, bool):
        return f"[{encode_basestring(key)},{'true' if value else 'false'}]".encode()
    return f"[{encode_basestring(key)},{encode_basestring(value)}]".encode()


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes as hex."""
    return hashlib.sha256(data).hexdigest()


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file as hex, a part of it in memory at a time."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of(value: object) -> str:
    """Return the SHA-256 of a value's canonical bytes as hex."""
    return sha256(canonical(value))


def digest_of_labels(labels: Iterable[tuple[str, str]]) -> str:
    """Return the digest of a frozen label set: one canonical `[key, label]` line per item, by key.

    The order in which items are given does not matter.
    """
    whole = hashlib.sha256()
    for key, label in sorted(labels):
        whole.update(canonical_pair(key, label))
        whole.update(b"\n")
    return whole.hexdigest()
