"""Write labels as Parquet through DuckDB, in batches, so that memory stays flat."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from assay.core.errors import AssayError
from assay.core.labels.label_values import Choice, LabelledItem
from assay.core.layouts.label_columns import rounded, sized_label
from assay.core.lazy_import import Late
from assay.core.ports.file_format import LeftOut
from assay.formats.parquet.database import connected

if TYPE_CHECKING:
    import duckdb

_duckdb: Final = Late("duckdb")

BATCH: Final = 2048
"""Rows handed over at a time, as many as DuckDB itself works on."""

_HELD: Final = 1 << 24
"""Characters handed over at a time, and about as many as DuckDB gathers before it writes them."""

_LEAST, _MOST = 2_048, 122_880
"""Rows that DuckDB writes as one group."""

_ROOM: Final = 6
"""Bytes that DuckDB may need for each character of a group."""

_COLUMNS: Final = {
    "item": "VARCHAR",
    "media": "VARCHAR",
    "text": "VARCHAR",
    "label": "VARCHAR",
    "confidence": "DOUBLE",
    "confidences": "VARCHAR",
    "human": "BOOLEAN",
    "control": "BOOLEAN",
    "made_at": "VARCHAR",
    "adjusted": "VARCHAR",
    "extra": "VARCHAR",
}
_TYPES: Final[dict[str, Any]] = {"DOUBLE": np.float64, "BOOLEAN": np.bool_, "VARCHAR": object}


@dataclass(eq=False, kw_only=True)
class ParquetNotWritten(AssayError):
    """{path} cannot be written as Parquet: {reason}."""

    path: str
    reason: str


def write_parquet(items: Iterable[LabelledItem], path: Path, *, left_out: LeftOut) -> int:
    """Write one row per item to a file that does not exist yet; return how many.

    A single choice is its bare name, every other value JSON in the same column. `confidences`, the confidence
    of each object, is a list in JSON; `adjusted` is yes or no; `extra` holds the requester's other columns as
    one JSON object. Rows wait in a database file beside `path`, since DuckDB writes a file in one go.

    Raises:
        FileExistsError: if the file exists.
        ParquetNotWritten: if DuckDB cannot write it, for example for want of room.
    """
    path.open("xb").close()
    try:
        with (
            tempfile.TemporaryDirectory(prefix=".assay-parquet-", dir=path.parent) as folder,
            connected(str(Path(folder) / "rows.db"), memory="512MB") as database,
        ):
            return _write(items, path, database, left_out)
    except _duckdb.Error as error:
        raise ParquetNotWritten(path=str(path), reason=str(error).splitlines()[0]) from error


def _write(
    items: Iterable[LabelledItem], path: Path, database: "duckdb.DuckDBPyConnection", left_out: LeftOut
) -> int:
    count = held = 0
    columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
    database.execute(f"CREATE TABLE rows_waiting ({columns})")
    for batch, characters in _batches(_counted(items, left_out)):
        database.register("batch", _columns(batch))
        database.execute("INSERT INTO rows_waiting SELECT * FROM batch")
        database.unregister("batch")
        count += len(batch)
        held += characters
    target = str(path.resolve()).replace("'", "''")
    group = min(_MOST, max(_LEAST, _HELD * count // max(held, 1)))
    # The smallest group of very long texts may be more than DuckDB may hold otherwise.
    needed = _ROOM * group * held // max(count, 1) // 1_000_000
    if needed > 512:
        database.execute(f"SET memory_limit = '{needed}MB'")
    database.execute(
        f"COPY rows_waiting TO '{target}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {group})"
    )
    return count


def _batches(items: Iterable[LabelledItem]) -> Iterator[tuple[list[tuple[object, ...]], int]]:
    """Yield rows in batches with their characters, so that long texts do not pile up."""
    batch: list[tuple[object, ...]] = []
    characters = 0
    for item in items:
        row = _row(item)
        batch.append(row)
        characters += sum(len(cell) for cell in row if type(cell) is str)
        if len(batch) == BATCH or characters >= _HELD:
            yield batch, characters
            batch, characters = [], 0
    if batch:
        yield batch, characters


def _counted(items: Iterable[LabelledItem], left_out: LeftOut) -> Iterator[LabelledItem]:
    """Pass the items on, and count what their rows do not hold."""
    for item in items:
        if item.answers:
            left_out["answers"] += len(item.answers)
        yield item


def _columns(batch: Sequence[tuple[object, ...]]) -> dict[str, Any]:
    """Return a batch column by column."""
    cells = zip(*batch, strict=True)
    return {name: _array(column, kind) for (name, kind), column in zip(_COLUMNS.items(), cells, strict=True)}


def _array(cells: Sequence[object], kind: str) -> Any:
    """Return cells as an array; a list of text of one length must not become a table of letters."""
    array = np.empty(len(cells), dtype=_TYPES[kind])
    array[:] = cells
    return array


def _row(item: LabelledItem) -> tuple[object, ...]:
    return (
        item.key,
        item.media,
        item.text,
        item.value.name if type(item.value) is Choice else sized_label(item.value),
        round(item.confidence, 6),
        msgspec.json.encode(rounded(item.parts)).decode() if item.parts else None,
        item.human,
        item.control,
        item.made_at,
        None if item.adjusted is None else "yes" if item.adjusted else "no",
        msgspec.json.encode(item.extra).decode() if item.extra else None,
    )
