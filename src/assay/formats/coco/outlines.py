"""The box around an outline: polygons, or a mask as runs of pixels, column by column.

Runs as text are those of pycocotools (`rleFrString`): five bits a sign, the sixth says that more follow, and
from the fourth number on each is the difference to the last but one.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

Place = tuple[float, float, float, float]
"""Left, top, width and height in pixels."""

_LARGEST: Final = 1e7
_LEAST: Final = 6
"""Numbers of the smallest polygon."""

_OFFSET, _BITS, _SIGN, _MORE = 48, 0x1F, 0x10, 0x20


def box_around(found: object) -> Place | None:
    """Return the box around what `segmentation` says, or None where it cannot be read."""
    if isinstance(found, dict):
        return _around_mask(found.get("size"), found.get("counts"))
    if not isinstance(found, list) or not found:
        return None
    # Some tools leave out the inner list where there is one part only.
    parts = found if isinstance(found[0], list) else [found]
    if not all(_is_polygon(part) for part in parts):
        return None
    xs, ys = [x for part in parts for x in part[::2]], [y for part in parts for y in part[1::2]]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _is_polygon(part: object) -> bool:
    if not isinstance(part, list) or len(part) < _LEAST or len(part) % 2:
        return False
    return all(type(one) in (int, float) and abs(one) <= _LARGEST for one in part)


def _around_mask(size: object, counts: object) -> Place | None:
    sides = _whole(size)
    runs = _runs(counts) if isinstance(counts, str) else _whole(counts)
    if sides is None or len(sides) != 2 or not runs or min(*runs, *sides) < 0:
        return None
    high, wide = sides
    edges = list(accumulate(runs))
    if edges[-1] > high * wide:
        return None
    marked = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False) if end > start]
    if not marked:
        return 0.0, 0.0, 0.0, 0.0
    left, right = marked[0][0] // high, (marked[-1][1] - 1) // high
    # A run that goes on in the next column reaches from its foot to its head.
    inside = all(start // high == (end - 1) // high for start, end in marked)
    top = min(start % high for start, _ in marked) if inside else 0
    foot = max((end - 1) % high for _, end in marked) if inside else high - 1
    return float(left), float(top), float(right - left + 1), float(foot - top + 1)


def _whole(found: object) -> Sequence[int] | None:
    if not isinstance(found, list) or not all(type(one) in (int, float) and one == one // 1 for one in found):
        return None
    return [int(one) for one in found]


def _runs(text: str) -> Sequence[int] | None:
    runs: list[int] = []
    number = shift = 0
    for sign in text:
        bits = ord(sign) - _OFFSET
        if not 0 <= bits < 2 * _MORE or shift > 60:
            return None
        number |= (bits & _BITS) << shift
        shift += 5
        if bits & _MORE:
            continue
        if bits & _SIGN:
            number -= 1 << shift
        runs.append(number + (runs[-2] if len(runs) > 2 else 0))
        number = shift = 0
    return runs if not shift else None
