"""Cursor paging: a list's next page starts behind the last row of this one, however many rows came meanwhile.

A cursor is opaque to callers: the last row's sort values as URL-safe text.
"""

import base64
import binascii
import json
from typing import Annotated, Final

from pydantic import Field

from assay.core.ids import canonical
from assay.entry.api.request_errors import UnknownCursor

MOST: Final = 500
Limit = Annotated[int, Field(ge=1, le=MOST, description="rows in one page")]
Cursor = Annotated[str | None, Field(max_length=2_000, description="`next` of the page before")]


def cursor_of(*values: int | str) -> str:
    """Return the cursor that stands behind a row with these sort values."""
    return base64.urlsafe_b64encode(canonical(list(values))).decode().rstrip("=")


def values_of(cursor: str | None, *kinds: type) -> tuple[int | str, ...] | None:
    """Return the sort values that a cursor stands behind, None for the first page.

    Raises:
        UnknownCursor: if it is none that this list gave: other types, or no cursor at all.
    """
    if cursor is None:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        found = None
    fits = isinstance(found, list) and len(found) == len(kinds)
    if not fits or not all(type(one) is kind for one, kind in zip(found, kinds, strict=True)):
        raise UnknownCursor(cursor=cursor[:80])
    if any(isinstance(one, int) and abs(one) >= 2**63 for one in found):
        raise UnknownCursor(cursor=cursor[:80])
    if any(isinstance(one, str) and "\x00" in one for one in found):
        raise UnknownCursor(cursor=cursor[:80])
    return tuple(found)
