"""Write labels as CSV that no spreadsheet can take for a formula, and read them back."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, TextIO, assert_never

from assay.core.labels import Choice, LabelledItem, LabelValue
from assay.core.ports import BadRow, Columns
from assay.formats.csv.reading import read_csv

HEADER: Final = ("item", "media", "text", "label", "confidence", "human")

_FIRST_SUSPECTS = frozenset("=+-@\t\r'")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def write_csv(items: Iterable[LabelledItem], out: BinaryIO) -> int:
    """Write one record per item; the requester's other columns are not repeated. Return how many."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    write = record_writer(text)
    write(HEADER)
    count = 0
    for item in items:
        write(
            (
                guarded(item.key),
                guarded(item.media or ""),
                guarded(item.text or ""),
                guarded(_label(item.value)),
                round(item.confidence, 6),
                "yes" if item.human else "no",
            )
        )
        count += 1
    text.flush()
    text.detach()
    return count


def record_writer(text: TextIO) -> Callable[[Sequence[object]], None]:
    r"""Return what writes one record; a lone carriage return in a cell survives.

    Python 3.11's writer leaves such a cell unquoted where lines end in `\n`, and every reader would
    take it for the end of the record.
    """
    plain = csv.writer(text, lineterminator="\n").writerow
    quoted = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow

    def write(cells: Sequence[object]) -> None:
        returns = any(type(cell) is str and "\r" in cell for cell in cells)
        (quoted if returns else plain)(cells)

    return write


def guarded(cell: str) -> str:
    """Return the cell with a leading apostrophe where a spreadsheet could take it for a formula.

    Plain numbers are left alone. `unguarded` takes exactly this apostrophe away again.
    """
    if cell[:1] in _FIRST_SUSPECTS and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def unguarded(cell: str) -> str:
    """Return what `guarded` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


def read_back(path: Path) -> Iterator[tuple[str | None, str] | BadRow]:
    """Stream (key, label) of a file that `write_csv` made.

    Raises:
        NotReadable, BadValue: if the file or one of its columns is not there.
    """
    for row in read_csv(path, columns=Columns(id="item", text="label")):
        if isinstance(row, BadRow):
            yield row
        else:
            yield unguarded(row.key or ""), unguarded(row.text or "")


def _label(value: LabelValue) -> str:
    match value:
        case Choice(name):
            return name
        case _ as never:
            assert_never(never)
