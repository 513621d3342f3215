"""Check one label and its metadata, by the `type` that the metadata states.

The shapes are those of the SageMaker developer guide, "Labeling job output data".
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from assay.core.labels.label_values import FIRST, SECOND, TIE
from assay.formats.augmented_manifest.readers import (
    COMPREHEND,
    EVERY_READER,
    POSITION,
    SCRIPTS,
    TRAINING,
    Note,
)

Object = Mapping[str, Any]

_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(slots=True)
class Known:
    """What is known beside the line itself.

    Attributes:
        home: the folder of the manifest, where relative references start.
        names: the class name and the line of each (attribute, class id) on earlier lines.
    """

    home: Path
    names: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)


def check(found: Object, attribute: str, metadata: Any, *, known: Known, line: int) -> Iterator[Note]:
    """Yield what is wrong with the label `found[attribute]` and its metadata; `line` is its line number."""
    key = f"{attribute}-metadata"
    if not isinstance(metadata, dict):
        yield Note(key, f"'{key}' is not an object", EVERY_READER)
        return
    yield from _common(key, metadata)
    yield from _custom(found[attribute], attribute, metadata, home=known.home)
    kind = metadata.get("type")
    shape = _SHAPES.get(kind.lower().removeprefix("groundtruth/")) if isinstance(kind, str) else None
    if shape is not None:
        yield from shape(found, attribute, metadata)
    yield from _steady_names(found, attribute, metadata, known=known, line=line)


def _common(key: str, metadata: Object) -> Iterator[Note]:
    """Check what every type's metadata holds."""
    for name in ("type", "job-name", "human-annotated", "creation-date"):
        if name in metadata:
            continue
        underscored = name.replace("-", "_")
        if underscored in metadata and underscored != name:
            yield Note(key, f"'{underscored}' must be written '{name}'", SCRIPTS)
        else:
            yield Note(key, f"'{name}' is missing", SCRIPTS)
    for name in ("type", "job-name"):
        if name in metadata and (not isinstance(metadata[name], str) or not metadata[name]):
            yield Note(key, f"'{name}' is not text, or empty", SCRIPTS)
    human = metadata.get("human-annotated", "yes")
    if human not in ("yes", "no"):
        yield Note(key, f"'human-annotated' is {human!r}, but must be 'yes' or 'no'", SCRIPTS)
    if "creation-date" in metadata and not _is_date(metadata["creation-date"]):
        yield Note(
            key,
            f"'creation-date' is {metadata['creation-date']!r}, but must look like"
            " 2026-03-02T10:15:30.123456, in UTC and without a zone",
            SCRIPTS,
        )


def _custom(label: Any, attribute: str, metadata: Object, *, home: Path) -> Iterator[Note]:
    """Check what custom jobs and jobs that adjust labels add."""
    key = f"{attribute}-metadata"
    status = metadata.get("adjustment-status", "adjusted")
    if status not in ("adjusted", "unadjusted"):
        yield Note(key, f"'adjustment-status' is {status!r}, but must be 'adjusted' or 'unadjusted'", SCRIPTS)
    if isinstance(label, dict) and label.get("winner", FIRST) not in (FIRST, SECOND, TIE):
        yield Note(attribute, f"the winner is {label['winner']!r}, but must be first, second or tie", SCRIPTS)
    reference = metadata.get("worker-response-ref", "s3://")
    if not isinstance(reference, str) or not reference:
        yield Note(key, "'worker-response-ref' is not text, or empty", SCRIPTS)
    elif "://" not in reference and not _is_file(home, reference):
        yield Note(key, f"the worker responses '{reference}' are not beside the manifest", SCRIPTS)


def _is_file(home: Path, reference: str) -> bool:
    try:
        return (home / reference).is_file()
    except OSError:
        return False


def _one_class(found: Object, attribute: str, metadata: Object) -> Iterator[Note]:
    key = f"{attribute}-metadata"
    if not _is_class_id(found[attribute]):
        yield Note(
            attribute, f"the class id is {found[attribute]!r}, but must be a whole number from 0", TRAINING
        )
    elif "class-map" in metadata:
        yield from _mapped([found[attribute]], metadata, key)
    if not isinstance(metadata.get("class-name"), str) or not metadata["class-name"]:
        yield Note(key, "'class-name' is missing or not text", COMPREHEND)
    yield from _confidence(metadata, key, "")


def _many_classes(found: Object, attribute: str, metadata: Object) -> Iterator[Note]:
    key = f"{attribute}-metadata"
    ids = found[attribute]
    if not isinstance(ids, list) or not all(_is_class_id(one) for one in ids):
        yield Note(attribute, "the label is not a list of class ids", TRAINING)
        return
    if len({str(one) for one in ids}) != len(ids):
        yield Note(attribute, "a class id stands twice", TRAINING)
    yield from _mapped(ids, metadata, key)
    confidences = metadata.get("confidence-map")
    if not isinstance(confidences, dict):
        yield Note(key, "'confidence-map' is missing or not an object", SCRIPTS)
        return
    for one in ids:
        if str(one) not in confidences:
            yield Note(key, f"class id {one} is not in 'confidence-map'", SCRIPTS)
    for one, value in confidences.items():
        if not _is_share(value):
            yield Note(key, f"the confidence of class id {one} is {value!r}, outside 0 to 1", SCRIPTS)


def _boxes(found: Object, attribute: str, metadata: Object) -> Iterator[Note]:
    key = f"{attribute}-metadata"
    label = found[attribute]
    size = _image_size(label)
    if size is None:
        yield Note(attribute, "'image_size' is not one object with 'width', 'height' and 'depth'", TRAINING)
    boxes = _objects(label, "annotations")
    if boxes is None:
        yield Note(attribute, "'annotations' is missing or not a list of objects", TRAINING)
        return
    for number, box in enumerate(boxes):
        sides: list[Any] = [box.get(side) for side in ("left", "top", "width", "height")]
        if not all(_is_number(side) for side in sides):
            yield Note(attribute, f"box {number} has no 'left', 'top', 'width' and 'height'", TRAINING)
            continue
        left, top, width, height = sides
        if width <= 0 or height <= 0:
            yield Note(attribute, f"box {number} has no area", TRAINING)
        elif left < 0 or top < 0 or (size and (left + width > size[0] or top + height > size[1])):
            yield Note(attribute, f"box {number} lies outside the image", TRAINING)
    yield from _mapped([box.get("class_id") for box in boxes], metadata, key)
    yield from _confidences(metadata, key, member="objects", count=len(boxes), noun="boxes")


def _mask(found: Object, attribute: str, metadata: Object) -> Iterator[Note]:
    key = f"{attribute}-metadata"
    yield from _reference(found, attribute)
    colours = metadata.get("internal-color-map", metadata.get("color-map"))
    if not isinstance(colours, dict):
        yield Note(key, "the map from colours to classes is missing", TRAINING)
        return
    for one, entry in colours.items():
        if not isinstance(entry, dict) or not isinstance(entry.get("class-name"), str):
            yield Note(key, f"class {one} of the colour map has no 'class-name'", TRAINING)
        elif not _COLOUR.fullmatch(str(entry.get("hex-color"))):
            yield Note(key, f"class {one} of the colour map has no 'hex-color' such as #2ca02c", TRAINING)
        else:
            yield from _confidence(entry, key, f" of class {one}")


def _spans(found: Object, attribute: str, metadata: Object) -> Iterator[Note]:
    key = f"{attribute}-metadata"
    annotations = found[attribute].get("annotations") if isinstance(found[attribute], dict) else None
    entities = _objects(annotations, "entities")
    labels = _objects(annotations, "labels")
    if entities is None or labels is None:
        yield Note(attribute, "'annotations' does not hold 'labels' and 'entities'", COMPREHEND)
        return
    names = {label.get("label") for label in labels}
    source = found.get("source")
    for number, entity in enumerate(entities):
        start, end = entity.get("startOffset"), entity.get("endOffset")
        if type(start) is not int or type(end) is not int or not 0 <= start < end:
            yield Note(attribute, f"entity {number} does not start before it ends", COMPREHEND)
        elif isinstance(source, str) and end > len(source):
            yield Note(attribute, f"entity {number} ends behind the text", COMPREHEND)
        if entity.get("label") not in names:
            yield Note(attribute, f"entity {number} has a label that 'labels' does not list", COMPREHEND)
    yield from _confidences(metadata, key, member="entities", count=len(entities), noun="entities")


def _scene(found: Object, attribute: str, metadata: Object) -> Iterator[Note]:
    """Check video and point cloud labels: a reference to a file, or annotations with class ids."""
    key = f"{attribute}-metadata"
    if isinstance(found[attribute], str):
        yield from _reference(found, attribute)
        if not isinstance(metadata.get("class-map"), dict):
            yield Note(key, "'class-map' is missing or not an object", SCRIPTS)
        return
    shapes = _objects(found[attribute], "annotations")
    if shapes is None:
        yield Note(attribute, "'annotations' is missing or not a list of objects", SCRIPTS)
        return
    yield from _mapped([shape.get("class-id") for shape in shapes], metadata, key)


def _steady_names(
    found: Object, attribute: str, metadata: Object, *, known: Known, line: int
) -> Iterator[Note]:
    """Find a class id that means something else than on an earlier line."""
    pairs = metadata.get("class-map")
    here = dict(pairs) if isinstance(pairs, dict) else {}
    if _is_class_id(found[attribute]) and isinstance(metadata.get("class-name"), str):
        here[str(found[attribute])] = metadata["class-name"]
    for one, name in here.items():
        if not isinstance(name, str):
            yield Note(f"{attribute}-metadata", f"the name of class id {one} is not text", SCRIPTS)
            continue
        before, where = known.names.setdefault((attribute, str(one)), (name, line))
        if before != name:
            yield Note(
                attribute, f"class id {one} is '{name}' here, but was '{before}' on line {where}", TRAINING
            )


def _reference(found: Object, attribute: str) -> Iterator[Note]:
    if not attribute.endswith("-ref"):
        yield Note(attribute, f"'{attribute}' refers to a file, so its name must end in '-ref'", TRAINING)
    if not isinstance(found[attribute], str) or not found[attribute]:
        yield Note(attribute, f"'{attribute}' does not name a file", TRAINING)


def _mapped(ids: list[Any], metadata: Object, key: str) -> Iterator[Note]:
    names = metadata.get("class-map")
    if not isinstance(names, dict):
        yield Note(key, "'class-map' is missing or not an object", TRAINING)
        return
    for one in dict.fromkeys(str(one) for one in ids):
        if one not in names:
            yield Note(key, f"class id {one} is not in 'class-map'", TRAINING)


def _confidences(metadata: Object, key: str, *, member: str, count: int, noun: str) -> Iterator[Note]:
    entries = _objects(metadata, member)
    if entries is None:
        yield Note(key, f"'{member}' is missing or not a list of objects", SCRIPTS)
        return
    if len(entries) != count:
        yield Note(key, f"'{member}' holds {len(entries)} confidences for {count} {noun}", POSITION)
    for number, entry in enumerate(entries):
        yield from _confidence(entry, key, f" of {member} {number}")


def _confidence(holder: Object, key: str, of: str) -> Iterator[Note]:
    if "confidence" not in holder:
        yield Note(key, f"the confidence{of} is missing", SCRIPTS)
    elif not _is_share(holder["confidence"]):
        yield Note(key, f"the confidence{of} is {holder['confidence']!r}, outside 0 to 1", SCRIPTS)


def _image_size(label: Any) -> tuple[float, float] | None:
    sizes = _objects(label, "image_size")
    if (
        sizes is None
        or len(sizes) != 1
        or not all(_is_number(sizes[0].get(s)) for s in ("width", "height", "depth"))
    ):
        return None
    return sizes[0]["width"], sizes[0]["height"]


def _objects(holder: Any, name: str) -> list[dict[str, Any]] | None:
    found = holder.get(name) if isinstance(holder, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        return None
    return found


def _is_class_id(value: Any) -> bool:
    """Say whether this is a class id; the guide prints some as text ("0"), so both are read."""
    return (type(value) is int and value >= 0) or (isinstance(value, str) and value.isdecimal())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_share(value: Any) -> bool:
    return _is_number(value) and 0.0 <= value <= 1.0


def _is_date(value: Any) -> bool:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value[:19])
    except ValueError:
        return False
    return True


_SHAPES: Final[dict[str, Callable[[Object, str, Object], Iterator[Note]]]] = {
    "image-classification": _one_class,
    "text-classification": _one_class,
    "video-classification": _one_class,
    "label-verification": _one_class,
    "image-classification-multilabel": _many_classes,
    "text-classification-multilabel": _many_classes,
    "object-detection": _boxes,
    "semantic-segmentation": _mask,
    "point_cloud_single_frame_semantic_segmentation": _mask,
    "text-span": _spans,
    "video-object-detection": _scene,
    "video-object-tracking": _scene,
    "point_cloud_object_detection": _scene,
    "point_cloud_object_tracking": _scene,
}
