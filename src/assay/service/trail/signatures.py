"""Sign statements with Ed25519 (RFC 8032), and check signatures."""

import hashlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from assay.core.errors import AssayError
from assay.core.ids import canonical

ALGORITHM = "Ed25519"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature with the key that made it; keys and values are hex."""

    public_key: str
    fingerprint: str
    value: str


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key. `demonstration` keys sign what no people stood behind, and nothing else."""

    private: Ed25519PrivateKey
    demonstration: bool

    @property
    def public(self) -> bytes:
        """The raw public key, 32 bytes."""
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def fingerprint(self) -> str:
        """What people compare."""
        return fingerprint(self.public)

    def sign(self, data: bytes) -> Signature:
        """Sign bytes; the same key and bytes give the same signature."""
        return Signature(
            public_key=self.public.hex(), fingerprint=self.fingerprint, value=self.private.sign(data).hex()
        )

    def signed(self, statement: Mapping[str, object]) -> dict[str, object]:
        """Return a statement with its signature, as JSON values."""
        signature = self.sign(canonical(dict(statement)))
        return {
            "statement": dict(statement),
            "signature": {
                "algorithm": ALGORITHM,
                "public_key": signature.public_key,
                "fingerprint": signature.fingerprint,
                "value": signature.value,
            },
        }


@dataclass(eq=False, kw_only=True)
class BadKeyFile(AssayError):
    """The signing key {path} cannot be used: {reason}."""

    exit_code = 2
    path: str
    reason: str


def load_or_create_key(path: Path, *, demonstration: bool = False) -> SigningKey:
    """Return the key in a file, which is made (mode 0600, whole or not at all) where there is none.

    Raises:
        BadKeyFile: if the file is readable by others, or holds no Ed25519 key.
    """
    if not path.exists():
        _create(path)
    try:
        private = load_pem_private_key(private_file(path), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise BadKeyFile(path=str(path), reason=str(error)) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise BadKeyFile(path=str(path), reason="it is no Ed25519 key")
    return SigningKey(private=private, demonstration=demonstration)


def fingerprint(public_key: bytes) -> str:
    """Return the first 128 bits of the SHA-256 of a raw public key, as hex in groups of four."""
    whole = hashlib.sha256(public_key).hexdigest()[:32]
    return "-".join(whole[place : place + 4] for place in range(0, 32, 4))


def same_fingerprint(a: str, b: str) -> bool:
    """Compare two fingerprints, however they are grouped."""
    return _bare(a) == _bare(b)


def verifies(data: bytes, *, public_key: str, value: str) -> bool:
    """Say whether a signature fits; keys and signatures that are none do not."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(value), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def private_file(path: Path) -> bytes:
    """Return what a file of a key holds; raises `BadKeyFile` where others may read it."""
    if path.stat().st_mode & 0o077:
        raise BadKeyFile(path=str(path), reason="others may read it; its mode must be 0600")
    return path.read_bytes()


def write_once(path: Path, content: bytes) -> None:
    """Write a file for its owner alone (mode 0600), whole or not at all, unless it is there already."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link fails where a key already stands, so of two processes that start at once one key wins.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _create(path: Path) -> None:
    private = Ed25519PrivateKey.generate()
    write_once(path, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _bare(text: str) -> str:
    return re.sub(r"[^0-9a-f]", "", text.lower())
