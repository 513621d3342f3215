r"""Write an augmented manifest as Ground Truth does, and read its labels back.

The order of keys is load-bearing: AWS's sample notebooks take the last key for the metadata and the one
before for the label attribute. There is no newline after the last line, because the same notebooks count
items by splitting at `\n`.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, assert_never

import msgspec

from assay.core.labels import Choice, LabelledItem, LabelSchema, LabelValue
from assay.core.ports import BadRow, Columns, Naming
from assay.formats.augmented_manifest.reading import read_manifest


def write_manifest(items: Iterable[LabelledItem], out: BinaryIO, *, naming: Naming) -> int:
    """Write one line per item and return how many.

    Keys: `source-ref` (or `source` where there is no media: the text, or the id of an item without text), the requester's own keys in their order, the
    attribute with the class id as an integer, and `<attribute>-metadata` with class-name, confidence, type,
    job-name, human-annotated, creation-date. The requester's keys that carry one of these names give
    way, as they do when Ground Truth labels an attribute again.

    Raises:
        ValueError: if a label is none of the project's.
    """
    encode = msgspec.json.Encoder().encode
    ids = {name: position for position, name in enumerate(naming.schema.names)}
    metadata_key = f"{naming.attribute}-metadata"
    reserved = {"source-ref", "source", naming.attribute, metadata_key}
    count = 0
    for item in items:
        row: dict[str, object] = (
            {"source-ref": item.media} if item.media is not None else {"source": item.text or item.key}
        )
        if item.extra:
            row.update((key, value) for key, value in item.extra.items() if key not in reserved)
        class_id, class_name = _class(item.value, ids)
        row[naming.attribute] = class_id
        row[metadata_key] = {
            "class-name": class_name,
            "confidence": round(item.confidence, 6),
            "type": naming.manifest_type,
            "job-name": naming.job,
            "human-annotated": "yes" if item.human else "no",
            "creation-date": item.made_at,
        }
        if count:
            out.write(b"\n")
        out.write(encode(row))
        count += 1
    return count


def read_back(path: Path, *, schema: LabelSchema) -> Iterator[tuple[str | None, str] | BadRow]:
    """Stream (None, label) of the last attribute of each line; id and class-name must agree.

    Raises:
        NotReadable: if the file is missing.
    """
    names = schema.names
    for row in read_manifest(path, columns=Columns()):
        if isinstance(row, BadRow):
            yield row
            continue
        last = list(row.extra)[-1] if row.extra else ""
        metadata = row.extra.get(last)
        class_id = row.extra.get(last.removesuffix("-metadata"))
        if not last.endswith("-metadata") or not isinstance(metadata, dict) or type(class_id) is not int:
            yield BadRow(row.line, "the line does not end in a label and its metadata")
        elif not 0 <= class_id < len(names) or metadata.get("class-name") != names[class_id]:
            yield BadRow(
                row.line,
                f"class {class_id} with class-name '{metadata.get('class-name')}' is no label of this project",
            )
        else:
            yield None, names[class_id]


def _class(value: LabelValue, ids: dict[str, int]) -> tuple[int, str]:
    match value:
        case Choice(name):
            if name not in ids:
                raise ValueError(name)
            return ids[name], name
        case _ as never:
            assert_never(never)
