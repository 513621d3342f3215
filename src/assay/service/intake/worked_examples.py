"""Worked examples: a CSV of items with their labels, and why, on which labellers train."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.core.errors import BadLine, NotReadable
from assay.core.project.intake import Intake

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """One item's right label as text, and why it is right."""

    label: str
    why: str


def worked_examples(folder: Path, intake: Intake) -> Mapping[str, WorkedExample]:
    """Return the worked examples of an intake by item, in the file's order; none where it names no file.

    Raises:
        NotReadable: if the file cannot be read.
        BadLine: if it has no columns item and label, or a line lacks one of them.
    """
    if intake.examples is None:
        return {}
    path = folder / intake.examples
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            if not {"item", "label"} <= set(rows.fieldnames or ()):
                raise BadLine(
                    path=str(path), line=1, reason="its columns must be item, label and, if you like, why"
                )
            found: dict[str, WorkedExample] = {}
            for row in rows:
                if not row.get("item") or not row.get("label"):
                    raise BadLine(path=str(path), line=rows.line_num, reason="item or label is empty")
                found[str(row["item"])] = WorkedExample(
                    label=str(row["label"]), why=str(row.get("why") or "")
                )
                if len(found) >= MOST:
                    break
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        reason = getattr(problem, "strerror", None) or "it is no CSV in UTF-8"
        raise NotReadable(path=str(path), reason=str(reason)) from None
    return found
