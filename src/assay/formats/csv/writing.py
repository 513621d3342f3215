"""Write labels as CSV that no spreadsheet can take for a formula."""

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO, Final, TextIO

from assay.core.ids import canonical
from assay.core.labels.label_values import Choice, LabelledItem, Preference
from assay.core.layouts.label_columns import rounded, sized_label
from assay.core.ports.file_format import LeftOut

HEADER: Final = ("item", "media", "text", "label", "confidence", "human")
PARTS: Final = "confidences"

_FIRST_SUSPECTS = frozenset("=+-@\t\r'")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def write_csv(items: Iterable[LabelledItem], out: BinaryIO, *, left_out: LeftOut) -> int:
    """Write one record per item; the requester's other columns are not repeated. Return how many.

    A single choice is its bare name, every other value JSON (`core.labels.label_text`). Where the first item's value
    is made of objects, a last column holds a list with the confidence of each.
    """
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    write = record_writer(text)
    several = iter(items)
    first = next(several, None)
    apart = first is not None and not isinstance(first.value, Choice | Preference)
    write((*HEADER, PARTS) if apart else HEADER)
    count = others = 0
    for item in several if first is None else itertools.chain([first], several):
        value = item.value
        cells = (
            guarded(item.key),
            guarded(item.media or ""),
            guarded(item.text or ""),
            guarded(value.name if type(value) is Choice else sized_label(value)),
            round(item.confidence, 6),
            "yes" if item.human else "no",
        )
        write((*cells, _list(item.parts)) if apart else cells)
        others += len(item.extra)
        if item.answers or item.adjusted is not None or (item.parts and not apart):
            _count(item, left_out, apart=apart)
        count += 1
    if others:
        left_out["other columns"] += others
    text.flush()
    text.detach()
    return count


def _list(parts: Sequence[float]) -> str:
    return canonical(rounded(parts)).decode() if parts else ""


def _count(item: LabelledItem, left_out: LeftOut, *, apart: bool) -> None:
    """Count what the columns do not hold; nothing is counted with 0."""
    lost = {
        "answers": len(item.answers),
        "marks of adjustment": int(item.adjusted is not None),
        "confidences of objects": 0 if apart else len(item.parts),
    }
    left_out.update({noun: number for noun, number in lost.items() if number})


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
