"""Tables that Label Studio exports: its short form (JSON-MIN) as CSV or TSV, regions as JSON within cells."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_ENDINGS: Final = (".csv", ".tsv")
_ALWAYS: Final = frozenset(("annotation_id", "annotator", "created_at", "lead_time", "updated_at"))
"""Columns that every such table has; its other columns are named by the project."""

_MARKS: Final = (",", "\t", ";")
_HEAD: Final = 1 << 16


def label_studio_header(path: Path) -> tuple[Sequence[str], str] | None:
    """Return the names of the columns and what parts the cells; None where a file is no table of Label Studio's."""
    if not path.name.lower().endswith(_ENDINGS):
        return None
    try:
        with path.open("rb") as stream:
            head = stream.readline(_HEAD).decode("utf-8-sig")
        rows = [(next(csv.reader([head], delimiter=mark), []), mark) for mark in _MARKS]
    except (OSError, UnicodeDecodeError, csv.Error):
        return None
    return next(((names, mark) for names, mark in rows if set(names) >= _ALWAYS), None)
