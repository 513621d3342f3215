"""Rows of a file that cannot be used: named one by one, so that nothing is lost without a word."""

import sys
from collections.abc import Sequence
from pathlib import Path

from assay.core.ports.file_format import BadRow


def tell_bad_rows(source: Path, shown: Sequence[BadRow], count: int) -> None:
    """Say which rows could not be read, the first of `count` by their lines."""
    for row in shown:
        where = f"{source}, line {row.line}" if row.line else f"{source}"
        sys.stderr.write(f"{where}: {row.reason}\n")
    if count > len(shown):
        sys.stderr.write(f"... and {count - len(shown):,} more rows that cannot be read.\n")
