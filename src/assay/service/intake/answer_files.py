"""Reading answers and truth from CSV files, plain or gzip; everything in them is text.

Commas, semicolons, tabs and upright strokes are understood, as `formats.csv` understands them.

Of answers, which come by the ten thousand from elsewhere, a row that cannot be used is left out and named. A truth is what
everything else is measured by: there a bad row refuses the file.
"""

import csv
import gzip
import io
import itertools
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from assay.core.errors import BadLine, NotReadable
from assay.core.layouts.media_paths import plain_place
from assay.core.layouts.row_ids import id_text
from assay.core.ports.answers import Ints
from assay.core.ports.file_format import BadRow
from assay.formats.csv.reading import END, delimiter_of, swallowed

MOST_SHOWN: Final = 20
"""So many rows that are left out are named; all are counted."""
_GZIP_MAGIC = b"\x1f\x8b"
MOMENTS: Final = (
    "timestamp",
    "created_at",
    "updated_at",
    "submitted_at",
    "answered_at",
    "made_at",
    "datetime",
    "date",
    "time",
    "at",
)
"""Columns that say when an answer was given: an ISO date with time, or seconds since 1970."""


@dataclass(frozen=True, slots=True)
class RecordedAnswers:
    """Answers in columns.

    Attributes:
        items: the items' ids in order of first appearance.
        people: the people's ids in order of first appearance.
        item: shape (answers,), positions in `items`.
        person: shape (answers,), positions in `people`.
        value: the answers as text.
        bad: how many rows were left out.
        shown: the first of these.
        changed: how many answers gave way to a later one of the same person about the same item.
        line: the line of each answer.
    """

    items: tuple[str, ...]
    people: tuple[str, ...]
    item: Ints
    person: Ints
    value: tuple[str, ...]
    bad: int = 0
    shown: tuple[BadRow, ...] = ()
    changed: int = 0
    line: tuple[int, ...] = ()

    def triples(self) -> list[tuple[str, str, str]]:
        """Return the answers as (item, person, value)."""
        return [
            (self.items[item], self.people[person], value)
            for item, person, value in zip(self.item.tolist(), self.person.tolist(), self.value, strict=True)
        ]


def read_answers(path: Path) -> RecordedAnswers:
    """Read `item,worker,label[,seconds]`; other columns are ignored.

    Where one worker answers an item more than once, the later answer counts, in the place of the first: people
    who answer again correct themselves. Which is later a column of moments says (`MOMENTS`), where both rows have
    one, else their order. White space around ids, workers and labels is no part of them, and whole floats are the
    integers that they stand for, as in data. Rows with an empty cell among these columns, or with too few or too many
    cells, are left out and named.

    Raises:
        NotReadable: if there is no such file, or it is not CSV in UTF-8 (or gzip of it).
        BadLine: if a column is missing, or no row can be used.
    """
    items: dict[str, int] = {}
    people: dict[str, int] = {}
    item: list[int] = []
    person: list[int] = []
    value: list[str] = []
    places: dict[tuple[int, int], int] = {}
    lines: list[int] = []
    moments: list[float | None] = []
    changed = 0
    bad: list[BadRow] = []
    for row in _rows(path, ("item", "worker", "label"), moments=True):
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        line, (key, who, label, *when) = row
        who, label, moment = who.strip(), label.strip(), _moment(when)
        pair = (items.setdefault(_item_key(key), len(items)), people.setdefault(who, len(people)))
        place = places.setdefault(pair, len(value))
        if place < len(value):
            changed += 1
            before = moments[place]
            if moment is None or before is None or moment >= before:
                value[place], lines[place], moments[place] = label, line, moment
            continue
        item.append(pair[0])
        person.append(pair[1])
        value.append(label)
        lines.append(line)
        moments.append(moment)
    if bad and not value:
        raise BadLine(path=str(path), line=bad[0].line, reason=bad[0].reason)
    return RecordedAnswers(
        items=tuple(items),
        people=tuple(people),
        item=np.array(item, dtype=np.int64),
        person=np.array(person, dtype=np.int64),
        value=tuple(value),
        bad=len(bad),
        shown=tuple(bad[:MOST_SHOWN]),
        changed=changed,
        line=tuple(lines),
    )


def _moment(cells: Sequence[str]) -> float | None:
    """Return the seconds since 1970 that the first cell with a moment says; a duration is none."""
    return next((one for one in map(_seconds, cells) if one is not None), None)


def _seconds(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        pass
    else:
        # Seconds, or milli-, micro- or nanoseconds, of this century and the last decades of the one before.
        return next((number / unit for unit in (1, 1e3, 1e6, 1e9) if 1e8 <= number / unit < 1e10), None)
    try:
        found = datetime.fromisoformat(cell.strip())
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC).timestamp()


def read_truth(path: Path) -> dict[str, str]:
    """Read `item,label`; a repeated item must repeat its label.

    Raises:
        NotReadable: as for `read_answers`.
        BadLine: if a column is missing, a cell is empty or an item has two different labels.
    """
    truth: dict[str, str] = {}
    for row in _rows(path, ("item", "label")):
        if isinstance(row, BadRow):
            raise BadLine(path=str(path), line=row.line, reason=row.reason)
        line, (key, label) = row
        key, label = _item_key(key), label.strip()
        if truth.setdefault(key, label) != label:
            raise BadLine(
                path=str(path),
                line=line,
                reason=f"item '{key}' is '{label}' here, but '{truth[key]}' further up",
            )
    return truth


def _item_key(cell: str) -> str:
    """Return the id of an item as it is stored, whatever system wrote it."""
    key = id_text(cell) or cell
    return plain_place(key) or key


_Row = tuple[int, tuple[str, ...]] | BadRow
"""A line's number and its cells of the named columns."""


def _rows(path: Path, columns: tuple[str, ...], *, moments: bool = False) -> Iterator[_Row]:
    """Yield the rows: the cells of the columns, and behind them those of any `MOMENTS`."""
    try:
        with _open(path) as text:
            yield from _cells(path, text, columns, MOMENTS if moments else ())
    except UnicodeDecodeError as error:
        raise NotReadable(path=str(path), reason="it is not text in UTF-8") from error
    except csv.Error as error:
        raise NotReadable(path=str(path), reason=f"it is not CSV ({error})") from error
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise NotReadable(path=str(path), reason="it is not a whole gzip file") from error
    except FileNotFoundError as error:
        raise NotReadable(path=str(path), reason="there is no such file") from error
    except OSError as error:
        raise NotReadable(path=str(path), reason=error.strerror or "the system refuses") from error


def _open(path: Path) -> io.TextIOWrapper:
    with path.open("rb") as raw:
        packed = raw.read(2) == _GZIP_MAGIC or path.suffix == ".gz"
    # utf-8-sig: spreadsheets write a byte order mark, which is no part of the first column's name.
    if packed:
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _cells(
    path: Path, text: io.TextIOWrapper, columns: tuple[str, ...], further: tuple[str, ...]
) -> Iterator[_Row]:
    first = text.readline()
    delimiter, said = delimiter_of(path, first)
    reader = csv.reader(itertools.chain([] if said else [first], text, [END]), delimiter=delimiter)
    above = int(said)
    names = [_called(name, columns) for name in next(reader)] if first else [END]
    if names == [END]:
        raise NotReadable(path=str(path), reason="it is empty")
    if names and names[-1].endswith(END):
        raise NotReadable(path=str(path), reason="a quote that its header opens is never closed")
    for name in columns:
        if names.count(name) != 1:
            found = "is there twice" if name in names else f"is missing; there are {', '.join(names)[:200]}"
            raise BadLine(path=str(path), line=1 + above, reason=f"the column '{name}' {found}")
    places = [names.index(name) for name in columns]
    more = [names.index(name) for name in further if name in names]
    at = reader.line_num + above
    for row in reader:
        before, at = at, reader.line_num + above
        if not row or row == [END]:
            continue
        if row[-1].endswith(END):
            reason, below = swallowed(row, line=before + 1, width=len(names), delimiter=delimiter)
            yield BadRow(before + 1, reason)
            for line, one in below:
                yield _fitting(one, line, names, places, more)
            return
        yield _fitting(row, at, names, places, more)


def _called(name: str, wanted: tuple[str, ...]) -> str:
    """Return the name of a column, as wanted where only its capitals are others."""
    bare = name.strip()
    return bare.lower() if bare.lower() in (*wanted, *MOMENTS) else bare


def _fitting(row: list[str], line: int, names: list[str], places: list[int], more: list[int]) -> _Row:
    """Return the wanted cells of a row, which must not be empty, and further ones; or why it has none."""
    if len(row) != len(names):
        return BadRow(line, f"there are {len(row)} cells, but {len(names)} columns")
    cells = tuple(row[place] for place in places)
    empty = next((names[place] for place, cell in zip(places, cells, strict=True) if not cell.strip()), None)
    if empty is not None:
        return BadRow(line, f"the cell '{empty}' is empty")
    return line, (*cells, *(row[place] for place in more))
