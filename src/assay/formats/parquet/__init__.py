"""Parquet: columns, read through DuckDB in batches."""

from typing import Final

from assay.formats.parquet.layout import ParquetFormat

MEMBER: Final = ParquetFormat()
