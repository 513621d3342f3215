"""What columns hold, told by what stands in them, where their names tell nothing: `第一列` may be the text.

Whoever takes a column for something by its content says so (`core.layouts.taken_in_words`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from assay.core.ports.file_format import Columns

LOOKED_AT: Final = 200
"""So many rows are looked at."""

_LONGEST_ID: Final = 64
_LONGEST_PATH: Final = 1_024
_FEW_ROWS: Final = 4
"""With fewer rows nothing can be told from names that come again."""

_LONGER: Final = 3.0
"""So many times longer than every other column is the text."""

_MEDIA: Final = re.compile(
    r"[^\n]+\.(?:jpe?g|png|gif|bmp|webp|tiff?|heic|avif|svg|mp4|mov|avi|mkv|webm|wav|mp3|flac|ogg|m4a|pdf|dcm|nii|pcd|ply)"
    r"(?:\.gz)?(?:\?[^\s]*)?",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"[!-~]*[0-9_/\\@][!-~]*")
"""One word of plain signs with a digit, as ids, numbers, dates and addresses are, and texts are not."""

_LISTS: Final = re.compile(r"\[.*\]|\{.*\}", re.DOTALL)
_WHOLE: Final = re.compile(r"[0-9]{1,18}")
_TIME: Final = re.compile(r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}([ T][0-9:.+Z-]*)?")

Rows = Sequence[Mapping[str, object]]


def columns_by_content(
    header: Sequence[str], rows: Rows, *, known: Columns, others: frozenset[str]
) -> Columns:
    """Return the columns with what `known` lacks filled in, as far as the rows tell it.

    - The media is the one column of names of files; there may be no second one.
    - The id is the one column of words that never come again, or of whole numbers that only rise.
    - The text is the one column of running text, or the one that is three times as long as every other.
    - The label, where none is known, is the one column of lists or objects, or else the one of few words that come
      again and again.

    Args:
        header: all columns.
        rows: the first rows.
        known: what names told, or somebody said.
        others: columns that are something else.
    """
    taken = {*others, *known.named().values()}
    label = known.label
    free = [
        _Column(name, [row.get(name) for row in rows])
        for name in header
        if name not in taken and name != label
    ]
    media = known.media or _only(free, lambda one: one.is_media)
    free = [one for one in free if one.name != media]
    identity = known.id or _only(free, lambda one: one.is_id)
    free = [one for one in free if one.name != identity]
    if label is None:
        label = _only(free, lambda one: one.holds_marks) or _only(free, lambda one: one.comes_again)
        free = [one for one in free if one.name != label]
    text = known.text or _text(free)
    return Columns(id=identity, media=media, text=text, label=label)


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of the first rows."""

    name: str
    cells: Sequence[object]

    @property
    def texts(self) -> list[str]:
        return [cell.strip() for cell in self.cells if isinstance(cell, str) and cell.strip()]

    @property
    def is_media(self) -> bool:
        """Whether everything that stands in it is the name of a file of media."""
        texts = self.texts
        return bool(texts) and all(len(text) <= _LONGEST_PATH and _MEDIA.fullmatch(text) for text in texts)

    @property
    def is_id(self) -> bool:
        """Whether every row has a word of its own in it, or a higher number than the row above."""
        cells = [str(cell).strip() for cell in self.cells if type(cell) in (str, int)]
        if len(cells) != len(self.cells) or len(cells) < 2 or len(set(cells)) != len(cells):
            return False
        if all(map(_WHOLE.fullmatch, cells)):
            return all(int(before) < int(after) for before, after in pairwise(cells))
        return all(
            len(cell) <= _LONGEST_ID
            and _CODE.fullmatch(cell)
            and not _is_number(cell)
            and not _TIME.fullmatch(cell)
            for cell in cells
        )

    @property
    def holds_marks(self) -> bool:
        """Whether everything that stands in it is a list or an object, as JSON or as Python writes them."""
        cells = [cell for cell in self.cells if cell is not None and cell != ""]
        return bool(cells) and all(
            isinstance(cell, list | dict)
            or (isinstance(cell, str) and _LISTS.fullmatch(cell.strip()) is not None)
            for cell in cells
        )

    @property
    def comes_again(self) -> bool:
        """Whether it holds few different texts, each of which comes again."""
        texts = self.texts
        if len(texts) < _FEW_ROWS or len(texts) != len(self.cells):
            return False
        return len(set(texts)) <= len(texts) / 2 and not all(_is_number(text) for text in texts)

    @property
    def length(self) -> float:
        """How long its texts are on average; 0 where it holds no running text."""
        texts = self.texts
        running = [text for text in texts if _is_running(text)]
        return sum(map(len, texts)) / len(texts) if texts and 2 * len(running) > len(texts) else 0.0


def _text(free: Sequence[_Column]) -> str | None:
    able = sorted(((one.length, one.name) for one in free if one.length), reverse=True)
    if not able:
        return None
    return able[0][1] if len(able) == 1 or able[0][0] >= _LONGER * able[1][0] else None


def _only(free: Sequence[_Column], fits: Callable[[_Column], bool]) -> str | None:
    fitting = [one.name for one in free if fits(one)]
    return fitting[0] if len(fitting) == 1 else None


def _is_running(text: str) -> bool:
    """Say whether a cell is something to read: it has a letter, and is neither a code nor a list in JSON."""
    return any(sign.isalpha() for sign in text) and not _CODE.fullmatch(text) and text[0] not in "[{"


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
