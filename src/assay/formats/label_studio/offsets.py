"""Places in a text, counted in code points and in UTF-16 code units."""

from itertools import accumulate
from typing import Final

_LAST_OF_ONE_UNIT: Final = "\uffff"


class Offsets:
    """Turns places in one text from one counting into the other; places behind its end go on one by one."""

    def __init__(self, text: str) -> None:
        """Count the text, unless both countings are the same."""
        self._plain = not text or max(text) <= _LAST_OF_ONE_UNIT
        units = [] if self._plain else [1 + (sign > _LAST_OF_ONE_UNIT) for sign in text]
        self._units = list(accumulate(units, initial=0))
        self._points = {unit: point for point, unit in enumerate(self._units)}

    def units(self, point: int) -> int:
        """Return a place in UTF-16 code units."""
        if self._plain:
            return point
        last = len(self._units) - 1
        return self._units[point] if point <= last else self._units[last] + point - last

    def points(self, unit: int) -> int | None:
        """Return a place in code points; None where it lies inside a sign."""
        if self._plain:
            return unit
        last = len(self._units) - 1
        if unit > self._units[last]:
            return last + unit - self._units[last]
        return self._points.get(unit)
