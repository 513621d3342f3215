"""Reading answers and truth from CSV files, plain or gzip; everything in them is text.

Of answers, which come by the ten thousand from elsewhere, a row that cannot be used is left out and named. A truth is what
everything else is measured by: there a bad row refuses the file.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from assay.core.errors import BadLine, NotReadable
from assay.core.ports import BadRow, Ints

MOST_SHOWN: Final = 20
"""So many rows that are left out are named; all are counted."""
_GZIP_MAGIC = b"\x1f\x8b"


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
    """

    items: tuple[str, ...]
    people: tuple[str, ...]
    item: Ints
    person: Ints
    value: tuple[str, ...]
    bad: int = 0
    shown: tuple[BadRow, ...] = ()

    def triples(self) -> list[tuple[str, str, str]]:
        """Return the answers as (item, person, value)."""
        return [
            (self.items[item], self.people[person], value)
            for item, person, value in zip(self.item.tolist(), self.person.tolist(), self.value, strict=True)
        ]


def read_answers(path: Path) -> RecordedAnswers:
    """Read `item,worker,label[,seconds]`; other columns are ignored.

    Where one worker answers an item more than once, which some recorded sets contain, the first answer
    counts: nobody is asked twice about an item. Rows with an empty cell among these columns, or with too few or too many
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
    seen: set[tuple[int, int]] = set()
    bad: list[BadRow] = []
    for row in _rows(path, ("item", "worker", "label")):
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        _, (key, who, label) = row
        pair = (items.setdefault(key, len(items)), people.setdefault(who, len(people)))
        if pair in seen:
            continue
        seen.add(pair)
        item.append(pair[0])
        person.append(pair[1])
        value.append(label)
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
    )


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
        if truth.setdefault(key, label) != label:
            raise BadLine(
                path=str(path),
                line=line,
                reason=f"item '{key}' is '{label}' here, but '{truth[key]}' further up",
            )
    return truth


_Row = tuple[int, tuple[str, ...]] | BadRow
"""A line's number and its cells of the named columns."""


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[_Row]:
    """Yield the rows."""
    try:
        with _open(path) as text:
            yield from _cells(path, text, columns)
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


def _cells(path: Path, text: io.TextIOWrapper, columns: tuple[str, ...]) -> Iterator[_Row]:
    reader = csv.reader(text)
    header = next(reader, None)
    if header is None:
        raise NotReadable(path=str(path), reason="it is empty")
    names = [name.strip() for name in header]
    for name in columns:
        if names.count(name) != 1:
            found = "is missing" if name not in names else "is there twice"
            raise BadLine(path=str(path), line=1, reason=f"the column '{name}' {found}")
    places = [names.index(name) for name in columns]
    for row in reader:
        if not row:
            continue
        if len(row) != len(names):
            yield BadRow(reader.line_num, f"there are {len(row)} cells, but {len(names)} columns")
            continue
        cells = tuple(row[place] for place in places)
        empty = next((name for name, cell in zip(columns, cells, strict=True) if not cell.strip()), None)
        if empty is not None:
            yield BadRow(reader.line_num, f"the cell '{empty}' is empty")
            continue
        yield reader.line_num, cells
