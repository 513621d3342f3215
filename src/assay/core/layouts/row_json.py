"""What a row says beside its id, media and text, as JSON: the spelling of Python's encoder at the speed of msgspec.

Both spell text, whole numbers, truth values and nothing alike, and floats otherwise; a row of a table seldom holds more.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from assay.core.ids import canonical

_SPELLED_ALIKE: Final = frozenset({str, int, bool, type(None)})
_REFUSED: Final = (UnicodeEncodeError, OverflowError, TypeError)
"""What msgspec does not take, and Python may: half a surrogate pair, numbers beyond 64 bits."""

_in_order = msgspec.json.Encoder().encode
_sorted = msgspec.json.Encoder(order="sorted").encode
_any = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def row_json(extra: Mapping[str, Any]) -> str:
    """Return a row's other columns as JSON, in their order and without spaces.

    Raises:
        ValueError, TypeError: if a value is none that JSON can carry.
    """
    if _is_plain(extra):
        try:
            return _in_order(extra).decode()
        except _REFUSED:
            pass
    return _any(extra)


def whole_row(media: str | None, text: str | None, extra: Mapping[str, Any]) -> bytes:
    """Return `canonical([media, text, extra])`; raises as `row_json`."""
    said = [media, text, extra]
    if _is_plain(extra):
        try:
            return _sorted(said)
        except _REFUSED:
            pass
    return canonical(said)


def _is_plain(extra: Mapping[str, Any]) -> bool:
    return _SPELLED_ALIKE.issuperset(map(type, extra.values()))
