"""A restore that was begun and is not finished: a marker in the home says so, and nothing else may be done there."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.core.errors import AssayError

RESTORING: Final = ".restoring"
"""The file in the home that says which backup is being restored."""


@dataclass(eq=False, kw_only=True)
class RestoreUnfinished(AssayError):
    """A restore into {home} is not finished: `assay restore {backup}` completes it; until then nothing else can be done here."""

    exit_code = 4
    home: str
    backup: str


def refuse_unfinished_restore(home: Path) -> None:
    """Raise `RestoreUnfinished` where a restore into a home was begun and is not finished."""
    if backup := backup_being_restored(home):
        raise RestoreUnfinished(home=str(home), backup=backup)


def backup_being_restored(home: Path) -> str:
    """Return the backup whose restore into a home was begun and is not finished; empty where there is none."""
    try:
        return str(json.loads((home / RESTORING).read_bytes())["source"])
    except FileNotFoundError:
        return ""
    except (ValueError, LookupError, TypeError):
        return "FILE"
