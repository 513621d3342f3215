"""Secrets that are shown once and kept as hashes: keys and invitations (SEC-9)."""

import hashlib
import hmac
import secrets
from typing import Final

MARK: Final = "assay"


def new_key() -> tuple[str, str, str]:
    """Return (whole key, prefix, hash); the prefix may be shown, the whole key only once."""
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    return f"{MARK}_{prefix}_{secret}", prefix, hash_of(secret)


def new_secret() -> tuple[str, str]:
    """Return (secret, hash)."""
    secret = secrets.token_urlsafe(32)
    return secret, hash_of(secret)


def parts_of(key: str) -> tuple[str, str] | None:
    """Return (prefix, secret) of a key as it was shown, or None for something else."""
    mark, _, rest = key.partition("_")
    prefix, _, secret = rest.partition("_")
    return (prefix, secret) if mark == MARK and prefix and secret else None


def hash_of(secret: str) -> str:
    """Return the hash under which a secret is kept; it has 256 random bits, so one round is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, hashed: str) -> bool:
    """Whether a secret is the one with this hash, in constant time."""
    return hmac.compare_digest(hash_of(secret), hashed)
