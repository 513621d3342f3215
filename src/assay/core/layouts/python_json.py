"""JSON as Python writes it: with NaN and Infinity, which JSON does not have, as null."""

import re
from typing import Any, Final

import msgspec

_NO_NUMBER: Final = re.compile(rb'("(?:[^"\\]|\\.)*")|-?\b(?:NaN|Infinity)\b', re.DOTALL)
"""A text, or what Python writes for numbers that JSON does not have."""


def decoded(data: bytes) -> Any:
    """Decode a piece of JSON; NaN and Infinity are read as null.

    Raises:
        msgspec.DecodeError, UnicodeDecodeError, RecursionError: if it is damaged.
    """
    try:
        return msgspec.json.decode(data)
    except msgspec.DecodeError:
        if b"NaN" not in data and b"Infinity" not in data:
            raise
        return msgspec.json.decode(_NO_NUMBER.sub(lambda found: found.group(1) or b"null", data))
