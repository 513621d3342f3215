"""Everything that a database holds, as text: for tests of what must stand nowhere in it."""

import base64
import json
import zlib
from contextlib import suppress

from django.db import connection

from assay.store import db


def everything_stored() -> str:
    """Return all rows of all tables, and what Django's way to pack sessions hides in them."""
    found = []
    for table in connection.introspection.table_names():
        for row in db.rows(f"SELECT * FROM {connection.ops.quote_name(table)}"):
            for value in row:
                text = json.dumps(value) if isinstance(value, dict | list) else str(value)
                found += [text, *_unpacked(text)]
    return "\n".join(found)


def _unpacked(text: str) -> list[str]:
    """Return what signed and compressed data say: `.base64 of zlib:time:signature`."""
    packed = text.removeprefix(".").partition(":")[0]
    raw = b""
    with suppress(ValueError):
        raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    with suppress(zlib.error):
        raw = zlib.decompress(raw)
    return [raw.decode("utf-8", "replace")]
