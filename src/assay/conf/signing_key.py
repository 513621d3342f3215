"""The key that signs sessions' tokens and media links: made at first use, never shipped (SEC-6)."""

import os
import secrets
from collections import UserString
from pathlib import Path


class Secret(UserString):
    """A secret text that is read from its file, or made there, when it is first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text = ""

    @property
    def data(self) -> str:  # type: ignore[override]
        """The secret."""
        if not self._text:
            self._text = _load(self._path)
        return self._text


def _load(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(made, "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()
