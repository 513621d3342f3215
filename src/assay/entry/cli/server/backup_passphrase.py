"""Where `assay backup` and `assay restore` have a passphrase from: a file, standard input or a setting, never the command line."""

import argparse
import sys
from pathlib import Path
from typing import Final

from django.conf import settings

from assay.core.errors import NotReadable

STANDARD_INPUT: Final = "-"


def passphrase_argument(parser: argparse.ArgumentParser, *, what_for: str) -> None:
    """Add `--passphrase-file`."""
    parser.add_argument(
        "--passphrase-file",
        metavar="FILE",
        help=f"the file whose first line is the passphrase that {what_for}, - for standard input"
        " (default: ASSAY_BACKUP_PASSPHRASE)",
    )


def passphrase_of(given: argparse.Namespace) -> str | None:
    """Return the passphrase, None where there is none; call it once the settings were read."""
    named: str | None = given.passphrase_file
    if named is None:
        return settings.ASSAY.backup_passphrase or None
    try:
        text = sys.stdin.read() if named == STANDARD_INPUT else Path(named).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise NotReadable(path=named, reason=getattr(problem, "strerror", "") or "it is no text") from None
    found = (text.splitlines() or [""])[0].strip()
    if not found:
        raise NotReadable(path=named, reason="its first line, the passphrase, is empty")
    return found
