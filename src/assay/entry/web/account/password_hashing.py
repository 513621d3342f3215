"""Hashing of passwords: memory-hard, and so many at once that memory and cores are not eaten up (SEC-7)."""

import threading
from typing import Final

from django.contrib.auth.hashers import Argon2PasswordHasher

AT_ONCE: Final = threading.BoundedSemaphore(2)


class Argon2(Argon2PasswordHasher):
    """Argon2id with RFC 9106's second recommended set: 64 MiB, three passes; two at once."""

    time_cost = 3
    memory_cost = 65_536
    parallelism = 4

    def encode(self, password: str, salt: str) -> str:
        """Return a password's hash."""
        with AT_ONCE:
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Whether a password has this hash."""
        with AT_ONCE:
            return bool(super().verify(password, encoded))
