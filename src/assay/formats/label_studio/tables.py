"""The tables that Label Studio exports (CSV, TSV): JSON-MIN with a record for each annotation."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from assay.core.errors import NotReadable
from assay.core.layouts.label_studio_tables import label_studio_header
from assay.core.limits import LABEL_STUDIO_CELL

LONGEST_CELL: Final = LABEL_STUDIO_CELL.most

# The limit belongs to the process and not to a reader; 131,072, the default, is less than long documents need.
csv.field_size_limit(LONGEST_CELL)


def table_records(path: Path) -> Iterator[dict[str, str] | str]:
    """Stream the records by the names of their columns, or why one is none.

    Raises:
        NotReadable: if the file is missing, damaged, not UTF-8, or no table of Label Studio's.
    """
    found = label_studio_header(path)
    if found is None:
        raise NotReadable(path=str(path), reason="it is no table that Label Studio exports")
    names, mark = found
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.reader(stream, delimiter=mark)
            next(rows)
            for row in rows:
                if len(row) == len(names):
                    yield dict(zip(names, row, strict=True))
                elif row:
                    yield f"the record has {len(row)} cells where the header has {len(names)}"
    except OSError as error:
        raise NotReadable(path=str(path), reason=(error.strerror or str(error)).lower()) from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise NotReadable(path=str(path), reason=f"it is damaged ({error})") from None
