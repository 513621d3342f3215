"""The draw that cannot be chosen: a seed bound to the frozen labels and a committed nonce."""

import hashlib
import hmac
from collections.abc import Sequence

from assay.core import chance


def commitment(nonce: bytes) -> str:
    """Return the SHA-256 that commits to a nonce before labelling starts."""
    return hashlib.sha256(b"assay nonce" + nonce).hexdigest()


def draw_seed(*, nonce: bytes, labels_digest: str) -> str:
    """Return HMAC-SHA-256(nonce, digest of the frozen labels) as hex."""
    return hmac.new(nonce, labels_digest.encode(), hashlib.sha256).hexdigest()


def draw_order(keys: Sequence[str], *, seed: str) -> list[str]:
    """Return all keys in the order in which they are audited, whatever order they were given in."""
    ordered = sorted(keys)
    return [ordered[position] for position in chance.order(seed, "audit", ordered)]
