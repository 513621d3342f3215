"""Secrets of second factors as they are stored: encrypted under a key that lies outside of the database (PRIV-6).

A stored secret reads `assay1:<key>:<nonce and ciphertext>`; what has another beginning was stored before secrets were
encrypted. Several keys may be named, one a line: the first encrypts, all of them open.
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assay.core.errors import AssayError
from assay.service.access.permissions import record
from assay.service.installation import Installation
from assay.service.trail.signatures import private_file, write_once
from assay.store import db
from assay.store.accounts import sessions_and_second_factors

FACTOR_KEY: Final = "keys/factors.key"
MARK: Final = "assay1"
NONCE: Final = 12


@dataclass(eq=False, kw_only=True)
class FactorKeyLost(AssayError):
    """This second factor cannot be checked: the key under which it was stored ({key}) is not on this server. An administrator can reset the second factor, and whoever keeps the machine can put the key back."""

    exit_code = 4
    key: str


@dataclass(frozen=True, slots=True)
class FactorKey:
    """A key for secrets of factors, and the name by which stored ones say that it is theirs."""

    name: str
    cipher: AESGCM


def seal_factor(installation: Installation, text: str) -> str:
    """Return a secret as it is stored."""
    return _seal(_keys(installation, make=True)[0], text)


def open_factor(installation: Installation, stored: str) -> str:
    """Return a stored secret, one of before encryption too.

    Raises:
        FactorKeyLost: if it was stored under a key that is not here, or was changed since.
        BadKeyFile: if others may read the key's file.
    """
    mark, _, rest = stored.partition(":")
    if mark != MARK:
        return stored
    name, _, data = rest.partition(":")
    for key in _keys(installation, make=False):
        if key.name == name:
            try:
                raw = base64.urlsafe_b64decode(data)
                return key.cipher.decrypt(raw[:NONCE], raw[NONCE:], _bound(key)).decode()
            except (InvalidTag, ValueError):
                break
    raise FactorKeyLost(key=name[:40])


def seal_stored_factors(installation: Installation, *, now: int) -> int:
    """Bring every stored secret under the first key, those of before encryption too; return how many factors changed.

    What no key opens stays as it is.
    """
    if not sessions_and_second_factors.has_factor_secrets():
        return 0
    key, changed = _keys(installation, make=True)[0], 0
    with db.transaction():
        for number, data in sessions_and_second_factors.factor_secrets():
            sealed = {name: _resealed(installation, key, value) for name, value in data.items()}
            if sealed != data:
                sessions_and_second_factors.set_factor_secrets(number, sealed)
                changed += 1
        if changed:
            actor = installation.system("serve")
            record(actor, now=now, verb="encrypt second factors", subject=f"{changed} factors")
    return changed


def _resealed(installation: Installation, key: FactorKey, value: Any) -> Any:
    if isinstance(value, list):
        return [_resealed(installation, key, one) for one in value]
    if value.startswith(f"{MARK}:{key.name}:"):
        return value
    try:
        return _seal(key, open_factor(installation, value))
    except FactorKeyLost:
        return value


def _seal(key: FactorKey, text: str) -> str:
    nonce = secrets.token_bytes(NONCE)
    sealed = nonce + key.cipher.encrypt(nonce, text.encode(), _bound(key))
    return f"{MARK}:{key.name}:{base64.urlsafe_b64encode(sealed).decode('ascii')}"


def _bound(key: FactorKey) -> bytes:
    return f"{MARK}:{key.name}".encode()


def _keys(installation: Installation, *, make: bool) -> Sequence[FactorKey]:
    """Return the keys of the setting, or of the file, which is made where there is none."""
    text, path = installation.factor_key, installation.home / FACTOR_KEY
    if not text and make:
        write_once(path, secrets.token_urlsafe(48).encode())
    if not text and path.exists():
        text = private_file(path).decode("ascii")
    return [_key(line) for line in text.split()]


def _key(text: str) -> FactorKey:
    raw = hashlib.sha256(b"assay second factors 1 " + text.encode()).digest()
    return FactorKey(name=hashlib.sha256(b"name " + raw).hexdigest()[:12], cipher=AESGCM(raw))
