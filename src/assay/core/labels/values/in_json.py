"""How values are found in JSON, whoever wrote it: objects, labels, coordinates, offsets, sizes."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from assay.core.labels.attributes import Details, UnfitDetails, details_in
from assay.core.labels.item_facts import Size
from assay.core.labels.values.value_kind import Unfit

_LABEL: Final = ("label", "class", "category", "name", "type")
_LARGEST: Final = 1e7
_NAMED: Final = 4
"""So many different labels are named in one line; the rest is counted."""


def plain(number: float) -> float | int:
    """Return whole numbers as int, so that they are written without a point."""
    return int(number) if number == int(number) else number


def whole_in(found: Any) -> int | None:
    """Return a whole number, however JSON writes it: 3 or 3.0; None for anything else."""
    if type(found) is float and found.is_integer() and abs(found) <= _LARGEST:
        return int(found)
    return found if type(found) is int else None


def ends_of(start: Any, end: Any) -> tuple[int, int]:
    """Return where a span starts and ends; raises `Unfit` with what is wrong about it."""
    first, last = whole_in(start), whole_in(end)
    if first is None or last is None:
        raise Unfit("a span does not say by whole numbers where it starts and ends")
    if first < 0:
        raise Unfit(f"a span starts at {first}, before its text")
    if not first < last <= _LARGEST:
        raise Unfit("a span does not start before it ends")
    return first, last


def carried_in(found: Mapping[str, Any]) -> Details:
    """Return what an object carries beside place and label; raises `Unfit`."""
    try:
        return details_in(found)
    except UnfitDetails as problem:
        raise Unfit(str(problem)) from None


def objects_in(found: Any, names: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """Return the objects of a list, or of the list under one of these names; raises `Unfit`."""
    if isinstance(found, Mapping):
        found = next((found[name] for name in names if name in found), None)
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise Unfit(f"it is not a list of {names[0]}")
    return found


def picture_size_in(found: Any) -> Size | None:
    """Return the size of a picture that an object says, under any of the names it has; None where it says none."""
    if not isinstance(found, Mapping):
        return None
    size = found.get("size", found.get("image_size", found.get("inputImageProperties")))
    if isinstance(size, list) and len(size) == 1 and isinstance(size[0], Mapping):
        size = size[0]
    if isinstance(size, Mapping):
        size = [size.get("width"), size.get("height")]
    if size is None and "width" in found and "height" in found:
        size = [found["width"], found["height"]]
    return size_in(*size) if isinstance(size, list) and len(size) == 2 else None


def size_in(width: Any, height: Any) -> Size | None:
    """Return the size of a picture, in whole numbers however they are spelt: 64, 64.0 or "64"; else None."""
    wide, high = _side(width), _side(height)
    return (wide, high) if wide and high else None


def _side(found: Any) -> int | None:
    if type(found) is int:  # as nearly always
        return found if 0 < found <= _LARGEST else None
    if isinstance(found, str) and found.strip().isdecimal() and len(found) < 9:
        found = int(found)
    side = whole_in(found)
    return side if side is not None and 0 < side <= _LARGEST else None


def label_in(found: Mapping[str, Any]) -> str:
    """Return the label of an object, however it is called; raises `Unfit`."""
    label = next((found[name] for name in _LABEL if name in found), None)
    if isinstance(label, list) and len(label) == 1:
        label = label[0]
    if not isinstance(label, str) or not label:
        raise Unfit("an object has no label")
    return label


def text_in(found: Any) -> str:
    """Return a label that stands by itself; raises `Unfit`."""
    if not isinstance(found, str) or not found:
        raise Unfit("a label is not text")
    return found


def number_in(found: Any) -> float:
    """Return a coordinate; raises `Unfit`."""
    if type(found) not in (int, float) or abs(found) > _LARGEST or not math.isfinite(found):
        raise Unfit("a coordinate is not a number")
    return float(found)


def counted_names(names: Sequence[str]) -> str:
    """Return in a line which labels there are, and how often each."""
    if not names:
        return "nothing"
    most = Counter(names).most_common()
    words = [f"{name} {count}" for name, count in most[:_NAMED]]
    rest = sum(count for _, count in most[_NAMED:])
    return ", ".join(words) + (f" and {rest} more" if rest else "")
