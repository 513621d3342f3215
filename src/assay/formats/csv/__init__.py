"""Comma-separated values: a header and one item per record."""

from typing import Final

from assay.formats.csv.layout import CsvFormat

MEMBER: Final = CsvFormat()
