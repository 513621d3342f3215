"""Ids of the rows of one file: whole, and there."""

import math
import re
from typing import Final

from assay.core.layouts.source_columns import ID_NAMES

_EXACT: Final = float(1 << 53)
"""Whole numbers beyond this are not all to be had as floats."""

_WHOLE_FLOAT: Final = re.compile(r"([+-]?[0-9]+)\.0+")
"""A whole number as pandas writes it where a column of ids has gaps."""

_LONGEST_NUMBER: Final = 100
"""Digits of an id that is a number; Python refuses to turn thousands of them into one."""

odd_id: Final = re.compile(r"\s|.*\s\Z|[+-]?[0-9]+\.0+\Z", re.DOTALL).match
"""Say whether a text is no id as it stands; `id_text` returns the one that it means."""

_WEAK: Final = ("name",)
"""What may call a thing without telling it from the next one: rows may share it, or be without."""

_IDS: Final = frozenset(ID_NAMES) - frozenset(_WEAK)


class UnfitId(Exception):
    """Why an id is none; the sentence is the whole message."""


def id_text(found: object) -> str | None:
    """Return an id as text, a whole float as its integer, without blanks around; None where a cell is empty.

    Texts that are whole floats mean the integer too: a table has no other way to say 7.0, and files that belong
    together are often written by different tools.

    Raises:
        UnfitId: if it is a fraction, a truth value, a list or an object.
    """
    if found is None or found == "":
        return None
    if type(found) is str:
        bare = found.strip()
        whole = _WHOLE_FLOAT.fullmatch(bare)
        return str(int(whole[1])) if whole and len(bare) < _LONGEST_NUMBER else bare or None
    if isinstance(found, float):
        if math.isnan(found):  # pandas has no other way to leave a number out
            return None
        if found.is_integer() and abs(found) <= _EXACT:
            return str(int(found))
    if isinstance(found, float | bool | list | dict):
        raise UnfitId(f"the id {str(found)[:80]} is neither text nor a whole number")
    return str(found)


class RowIds:
    """Settles what each row of one file is called; whether two are called alike, whoever collects them sees."""

    def __init__(self) -> None:
        """Start with a file of which no row was seen."""
        self._has_ids = False

    def key(self, found: object, *, column: str | None, media: str | None, line: int) -> str:
        """Return the row's id, else its media, else the number of its line where the file has no ids.

        Raises:
            UnfitId: if the id is none, or is missing beside others.
        """
        own = id_text(found)
        if column is None or column.strip().lower() not in _IDS:
            if own is None and media is None and self._has_ids:
                raise UnfitId("it has no id, as earlier rows have")
            return own or media or str(line)
        if own is None:
            if media is None:
                raise UnfitId(f"there is nothing in '{column}', its id")
            return media
        self._has_ids = True
        return own
