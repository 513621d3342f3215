"""Write labels as JSON Lines."""

from collections.abc import Iterable
from typing import BinaryIO

import msgspec

from assay.core.labels.label_values import Choice, LabelledItem
from assay.core.layouts.label_columns import rounded, sized_label
from assay.core.ports.file_format import LeftOut


def write_jsonl(items: Iterable[LabelledItem], out: BinaryIO, *, left_out: LeftOut) -> int:
    """Write one object per line, every line ended; return how many.

    Keys: `item`, `media` and `text` where there are any, `label` (a name, or the value in JSON), `confidence`,
    `confidences` where objects have their own, `human`, `control`, `made_at`, `adjusted` where it is known, and
    the requester's other columns under `extra`.
    """
    encode = msgspec.json.Encoder().encode
    count = 0
    for item in items:
        row: dict[str, object] = {"item": item.key}
        if item.media is not None:
            row["media"] = item.media
        if item.text is not None:
            row["text"] = item.text
        value = item.value
        row["label"] = value.name if type(value) is Choice else msgspec.Raw(sized_label(value).encode())
        row["confidence"] = round(item.confidence, 6)
        if item.parts:
            row["confidences"] = rounded(item.parts)
        row["human"] = item.human
        row["control"] = item.control
        row["made_at"] = item.made_at
        if item.adjusted is not None:
            row["adjusted"] = item.adjusted
        if item.extra:
            row["extra"] = item.extra
        if item.answers:
            left_out["answers"] += len(item.answers)
        out.write(encode(row) + b"\n")
        count += 1
    return count
