"""Sessions as they are stored: whoever reads the database, or a copy of it, can neither use nor read one (SEC-8).

The browser's cookie holds a session's key. The database holds that key's digest in its place, and the session's data
encrypted under the key itself. Django's `SESSION_ENGINE` names this module, and takes `SessionStore` from it.
"""

import base64
import hashlib
import secrets
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.contrib.sessions.backends import db as django_sessions
from django.utils import timezone

NONCE: Final = 12
_PURPOSE: Final = b"assay session data 1 "


def digest_of(key: str) -> str:
    """Return the whole SHA-256 of a session's key in the 40 characters that the library's columns have room for."""
    return base64.b85encode(hashlib.sha256(key.encode()).digest()).decode("ascii")


class SessionStore(django_sessions.SessionStore):
    """Django's sessions in the database, found by the digest of their key; `session_key` stays the browser's."""

    def exists(self, session_key: str) -> bool:
        """Whether there is a session with this key."""
        return bool(super().exists(digest_of(session_key)))

    def delete(self, session_key: str | None = None) -> None:
        """Remove the session with this key, or this one."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(digest_of(key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row that keeps this session."""
        made = super().create_model_instance(data)
        made.session_key = digest_of(made.session_key)
        return made

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return a session's data, encrypted."""
        nonce = secrets.token_bytes(NONCE)
        sealed = self._cipher().encrypt(nonce, self.serializer().dumps(session_dict), None)
        return base64.b64encode(nonce + sealed).decode("ascii")

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return the data that were encrypted; none where they were not encrypted for this session."""
        try:
            raw = base64.b64decode(session_data, validate=True)
            opened = self._cipher().decrypt(raw[:NONCE], raw[NONCE:], None)
        except (InvalidTag, ValueError):
            return {}
        found: dict[str, Any] = self.serializer().loads(opened)
        return found

    def _get_session_from_db(self) -> Any:
        kept = digest_of(self.session_key or "")
        row = self.model.objects.filter(session_key=kept, expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None  # a browser does not choose its session's key
        return row

    def _cipher(self) -> AESGCM:
        assert self.session_key is not None
        return AESGCM(hashlib.sha256(_PURPOSE + self.session_key.encode()).digest())
