"""JSON Lines: one object per line."""

from typing import Final

from assay.formats.jsonl.layout import JsonLinesFormat

MEMBER: Final = JsonLinesFormat()
