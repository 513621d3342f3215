"""Files that only a passphrase opens: scrypt makes the key, and every chunk is encrypted with its place.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizar 2015): ChaCha20-Poly1305 over chunks of 1 MiB; a chunk's
nonce is its number and whether it is the last one, so that chunks that were changed, moved, left out or cut off at
the end are found. A file has a salt and with it a key of its own. A chunk at a time is in memory.
"""

import hmac
import io
import os
import secrets
import unicodedata
from dataclasses import dataclass
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from assay.core.errors import AssayError, BadValue, NotReadable

MAGIC: Final = b"assay backup, encrypted 1\n"
CHUNK: Final = 1 << 20
LEAST: Final = 12
"""Characters of a passphrase, as of a password."""
_SALT: Final = 16
_CHECK: Final = 16
_TAG: Final = 16
_KEY: Final = 32
_HEAD: Final = len(MAGIC) + _SALT + _CHECK


@dataclass(eq=False, kw_only=True)
class WrongPassphrase(AssayError):
    """The passphrase is not the one that {path} was encrypted with; nothing was changed."""

    exit_code = 3
    path: str


class Encrypting:
    """Encrypts what is written to it, into a file that is open for writing; `finish` writes the last chunk."""

    def __init__(self, out: IO[bytes], passphrase: str) -> None:
        salt = secrets.token_bytes(_SALT)
        self._cipher, check = _derived(passphrase, salt)
        self._head = MAGIC + salt + check
        self._out, self._number, self._waiting = out, 0, bytearray()
        out.write(self._head)

    def write(self, data: bytes) -> int:
        """Take more; what may be the last chunk waits."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._encrypt(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk, which says that it is the last."""
        self._encrypt(bytes(self._waiting), last=True)

    def _encrypt(self, data: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last=last), data, self._head))
        self._number += 1


class Decrypting(io.RawIOBase):
    """Reads a encrypted file from anywhere in it; a chunk that does not hold is an error, never data."""

    def __init__(self, source: IO[bytes], passphrase: str, *, path: str) -> None:
        super().__init__()
        self._source, self._path = source, path
        source.seek(0)
        self._head = source.read(_HEAD)
        self._cipher, check = _derived(passphrase, self._head[len(MAGIC) : len(MAGIC) + _SALT])
        if not hmac.compare_digest(check, self._head[-_CHECK:]):
            raise WrongPassphrase(path=path)
        encrypted = source.seek(0, os.SEEK_END) - _HEAD
        self._chunks = -(-encrypted // (CHUNK + _TAG))
        self._size = encrypted - self._chunks * _TAG
        if self._size <= 0:
            raise NotReadable(path=path, reason="it was cut off")
        self._at, self._number, self._chunk = 0, -1, b""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be read from anywhere."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; return where that is from the beginning."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: object) -> int:
        """Read into a buffer up to the end of a chunk; return how many bytes, 0 at the end."""
        place = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        if self._at >= self._size:
            return 0
        number, start = divmod(self._at, CHUNK)
        data = self._opened(number)[start : start + len(place)]
        place[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _opened(self, number: int) -> bytes:
        if number != self._number:
            self._source.seek(_HEAD + number * (CHUNK + _TAG))
            encrypted = self._source.read(CHUNK + _TAG)
            nonce = _nonce(number, last=number == self._chunks - 1)
            try:
                self._chunk = self._cipher.decrypt(nonce, encrypted, self._head)
            except InvalidTag:
                reason = f"it was changed, cut or damaged (its chunk {number + 1:,} does not hold)"
                raise NotReadable(path=self._path, reason=reason) from None
            self._number = number
        return self._chunk


def require_long(passphrase: str) -> None:
    """Raise `BadValue` for a passphrase that could be guessed; what a file was encrypted with is taken as it is."""
    if len(passphrase) < LEAST:
        raise BadValue(
            where="backup", key="passphrase", found="too short", expected=f"{LEAST} characters or more"
        )


def is_encrypted(source: IO[bytes]) -> bool:
    """Whether a file is a encrypted one."""
    source.seek(0)
    return source.read(len(MAGIC)) == MAGIC


def _derived(passphrase: str, salt: bytes) -> tuple[ChaCha20Poly1305, bytes]:
    """Return the cipher, and what tells a wrong passphrase from a damaged file: 128 MiB and some tenths of a second."""
    said = unicodedata.normalize("NFC", passphrase).encode()
    material = Scrypt(salt=salt.ljust(_SALT), length=_KEY + _CHECK, n=1 << 17, r=8, p=1).derive(said)
    return ChaCha20Poly1305(material[:_KEY]), material[_KEY:]


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
