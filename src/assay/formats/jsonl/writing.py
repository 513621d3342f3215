"""Write labels as JSON Lines, and read them back."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, assert_never

import msgspec

from assay.core.labels import Choice, LabelledItem, LabelValue
from assay.core.ports import BadRow, Columns
from assay.formats.jsonl.reading import read_jsonl


def write_jsonl(items: Iterable[LabelledItem], out: BinaryIO) -> int:
    """Write one object per line, every line ended; return how many.

    Keys: `item`, `media` and `text` where there are any, `label`, `confidence`, `human`, `control`, `made_at`,
    and the requester's other columns under `extra`.
    """
    encode = msgspec.json.Encoder().encode
    count = 0
    for item in items:
        row: dict[str, object] = {"item": item.key}
        if item.media is not None:
            row["media"] = item.media
        if item.text is not None:
            row["text"] = item.text
        row["label"] = _label(item.value)
        row["confidence"] = round(item.confidence, 6)
        row["human"] = item.human
        row["control"] = item.control
        row["made_at"] = item.made_at
        if item.extra:
            row["extra"] = item.extra
        out.write(encode(row) + b"\n")
        count += 1
    return count


def read_back(path: Path) -> Iterator[tuple[str | None, str] | BadRow]:
    """Stream (key, label) of a file that `write_jsonl` made.

    Raises:
        NotReadable, BadValue: if the file or one of its keys is not there.
    """
    for row in read_jsonl(path, columns=Columns(id="item", text="label")):
        yield row if isinstance(row, BadRow) else (row.key, row.text or "")


def _label(value: LabelValue) -> str:
    match value:
        case Choice(name):
            return name
        case _ as never:
            assert_never(never)
