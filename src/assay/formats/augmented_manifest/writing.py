r"""Write an augmented manifest as Ground Truth does.

The order of keys is load-bearing: AWS's sample notebooks take the last key for the metadata and the one
before for the label attribute. There is no newline after the last line, because the same notebooks count
items by splitting at `\n`. The shapes are those of the SageMaker developer guide, "Labeling job output data".
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from assay.core.labels.attributes import PLAIN, Details, attributes_as_json
from assay.core.labels.label_text import value_to_json
from assay.core.labels.label_values import (
    Boxes,
    Choice,
    Choices,
    LabelledItem,
    LabelValue,
    Points,
    Preference,
    Size,
    Spans,
    object_count,
)
from assay.core.labels.values.in_json import plain
from assay.core.layouts.label_columns import rounded
from assay.core.ports.file_format import LeftOut, Naming
from assay.formats.augmented_manifest.kinds import ATTRIBUTES, GROUP, METADATA, OBJECT_ID, type_for
from assay.formats.augmented_manifest.responses import write_responses

_DEPTH: Final = 3
"""Channels of a picture, which the guide wants stated; Ground Truth itself always writes 3."""


def write_manifest(items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
    """Write one line per item to a file that does not exist yet, and return how many.

    Keys: `source-ref` (or `source` where there is no media: the text, or the id of an item without text), the
    requester's own keys in their order, the attribute with the label, and `<attribute>-metadata`. The
    requester's keys that carry one of these names give way, as they do when Ground Truth labels an attribute
    again. What people said about a pair goes to side files, which the metadata name.

    Raises:
        FileExistsError: if the file exists.
        ValueError: if a label is none of the project's.
    """
    encode = msgspec.json.Encoder().encode
    ids = naming.schema.numbers
    metadata_key = f"{naming.attribute}{METADATA}"
    reserved = {"source-ref", "source", naming.attribute, metadata_key}
    with path.open("xb") as out:
        count = 0
        for item in items:
            row: dict[str, object] = (
                {"source-ref": item.media} if item.media else {"source": item.text or item.key}
            )
            if item.extra:
                row.update((key, value) for key, value in item.extra.items() if key not in reserved)
            label, metadata = _labelled(item, naming, ids)
            row[naming.attribute] = label
            row[metadata_key] = metadata
            # Most items are single choices of which nothing is left out: these few looks are all they cost.
            if (
                item.answers
                or item.adjusted is not None
                or type(item.value) is not Choice
                or (item.media and item.text)
                or not reserved.isdisjoint(item.extra)
            ):
                _complete(item, metadata, path.parent, naming, index=count)
                _count(item, left_out, reserved)
            if count:
                out.write(b"\n")
            out.write(encode(row))
            count += 1
    return count


def _complete(
    item: LabelledItem, metadata: dict[str, Any], home: Path, naming: Naming, *, index: int
) -> None:
    """Add to the metadata what only some items have."""
    if item.adjusted is not None:
        metadata["adjustment-status"] = "adjusted" if item.adjusted else "unadjusted"
    if item.answers and isinstance(item.value, Preference):
        metadata["worker-response-ref"] = write_responses(item, home, naming, index=index)


def _labelled(item: LabelledItem, naming: Naming, ids: Mapping[str, int]) -> tuple[object, dict[str, Any]]:
    """Return the label and its metadata."""
    value = item.value
    kind = naming.manifest_type or type_for(type(value), media=bool(item.media))
    if isinstance(value, Choice):
        return _class_id(value.name, ids), {
            "class-name": value.name,
            "confidence": round(item.confidence, 6),
            "type": kind,
            "job-name": naming.job,
            "human-annotated": "yes" if item.human else "no",
            "creation-date": item.made_at,
        }
    return _of_objects(item, value, kind, naming, ids)


def _of_objects(
    item: LabelledItem,
    value: LabelValue,
    kind: str,
    naming: Naming,
    ids: Mapping[str, int],
) -> tuple[object, dict[str, Any]]:
    """Return the label and its metadata of every value but a single choice."""
    common: dict[str, Any] = {
        "type": kind,
        "job-name": naming.job,
        "human-annotated": "yes" if item.human else "no",
        "creation-date": item.made_at,
    }
    match value:
        case Choices(names):
            found = sorted(zip((_class_id(name, ids) for name in names), names, _each(item), strict=True))
            maps = {
                "class-map": {str(one): name for one, name, _ in found},
                "confidence-map": {str(one): confidence for one, _, confidence in found},
            }
            return [one for one, _, _ in found], {**common, **maps}
        case Boxes():
            return _boxes(value, ids), {"objects": _apart(item), "class-map": _map(value, ids), **common}
        case Points():
            return _points(value), {"objects": _apart(item), **common}
        case Spans():
            return _spans(value, ids), {**common, "entities": _apart(item)}
        case Preference(winner):
            return {"winner": winner}, {"confidence": round(item.confidence, 6), **common}
        case _:
            said = value_to_json(value)
            return said, {"confidence": round(item.confidence, 6), "objects": _apart(item), **common}


def _boxes(value: Boxes, ids: Mapping[str, int]) -> dict[str, object]:
    annotations = [
        {
            "class_id": _class_id(box.label, ids),
            "left": plain(box.left),
            "top": plain(box.top),
            "width": plain(box.width),
            "height": plain(box.height),
            **_carried(box.details),
        }
        for box in value.boxes
    ]
    return {"image_size": _size(value.size), "annotations": annotations}


def _carried(carried: Details) -> dict[str, object]:
    """Return what an object carries under Ground Truth's names for it in frames of a video."""
    if carried is PLAIN:
        return {}
    said = {ATTRIBUTES: attributes_as_json(carried), OBJECT_ID: carried.id, GROUP: carried.group}
    return {name: value for name, value in said.items() if value}


def _map(value: Boxes, ids: Mapping[str, int]) -> dict[str, str]:
    used = sorted({(ids[box.label], box.label) for box in value.boxes})
    return {str(one): name for one, name in used}


def _points(value: Points) -> dict[str, object]:
    points = [
        {"label": point.label, "x": plain(point.x), "y": plain(point.y), "visible": point.visible}
        for point in value.points
    ]
    return {"image_size": _size(value.size), "points": points}


def _spans(value: Spans, ids: Mapping[str, int]) -> dict[str, object]:
    for span in value.spans:
        _class_id(span.label, ids)
    entities = [
        {
            "label": span.label,
            "startOffset": span.start,
            "endOffset": span.end,
            **_carried(span.details),
        }
        for span in value.spans
    ]
    return {"annotations": {"labels": [{"label": name} for name in ids], "entities": entities}}


def _size(size: Size | None) -> list[dict[str, int]]:
    return [{"width": size[0], "height": size[1], "depth": _DEPTH}] if size is not None else []


def _class_id(name: str, ids: Mapping[str, int]) -> int:
    if name not in ids:
        raise ValueError(name)
    return ids[name]


def _apart(item: LabelledItem) -> list[dict[str, float]]:
    return [{"confidence": confidence} for confidence in _each(item)]


def _each(item: LabelledItem) -> list[float]:
    """Return each object's confidence; where they have none of their own, the item's stands for all."""
    return rounded(item.parts or (item.confidence,) * object_count(item.value))


def _count(item: LabelledItem, left_out: LeftOut, reserved: set[str]) -> None:
    """Count what the line does not hold; nothing is counted with 0."""
    objects = object_count(item.value)
    shown = item.confidence
    if isinstance(item.value, Choices | Boxes | Points | Spans):
        shown = sum(_each(item)) / objects if objects else 1.0
    lost = {
        "other columns": sum(key in reserved for key in item.extra),
        "answers": 0 if isinstance(item.value, Preference) else len(item.answers),
        "texts": int(bool(item.media and item.text)),
        "confidences of whole items": int(abs(shown - item.confidence) > 1e-5),
        "confidences of objects": 0 if objects else len(item.parts),
    }
    left_out.update({noun: number for noun, number in lost.items() if number})
