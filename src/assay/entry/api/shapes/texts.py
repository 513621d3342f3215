"""Texts and numbers as requests may carry them: what no database or file could hold is refused (SEC-3)."""

from typing import Annotated

from pydantic import AfterValidator, Field

from assay.entry.api.cursor_paging import Cursor, Limit
from assay.entry.api.shapes.base import Shape


def plain(text: str) -> str:
    """Return a text without NUL bytes and lone surrogates; raises ValueError for others."""
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ValueError("it holds a character that cannot be stored")
    return text


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(plain)]
"""The name of a project or batch."""
Key = Annotated[str, Field(min_length=1, max_length=512), AfterValidator(plain)]
"""The id of an item, or the name of a file."""
Word = Annotated[str, Field(max_length=200), AfterValidator(plain)]
"""What is searched or filtered for."""
Comment = Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(plain)]
"""What somebody says."""
Document = Annotated[str, Field(max_length=1_000_000), AfterValidator(plain)]
"""An intake's YAML."""
Id = Annotated[int, Field(ge=1, lt=2**63)]
"""The number of a row."""


class PageQuery(Shape):
    """Which page of a list."""

    limit: Limit = 50
    cursor: Cursor = None
