"""What a label of a manifest is: by the `type` in its metadata, or by its shape where that says nothing."""

from collections.abc import Mapping
from typing import Any, Final

from assay.core.labels.label_values import Boxes, Choice, Choices, LabelValue, Points, Preference, Spans
from assay.core.labels.values.in_json import whole_in
from assay.core.layouts.label_columns import kind_of

Object = Mapping[str, Any]

METADATA: Final = "-metadata"
ATTRIBUTES, OBJECT_ID, GROUP = "label-category-attributes", "object-id", "group"
"""What an object carries beside: the first two are Ground Truth's names for it in frames of a video."""

CUSTOM: Final = "custom"
KINDS: Final[Mapping[str, type[LabelValue]]] = {
    "image-classification": Choice,
    "text-classification": Choice,
    "video-classification": Choice,
    "label-verification": Choice,
    "image-classification-multilabel": Choices,
    "text-classification-multilabel": Choices,
    "object-detection": Boxes,
    "text-span": Spans,
}
_ELSEWHERE: Final = ("segmentation", "point_cloud", "point-cloud", "video", "tracking", "3d")


def type_for(kind: type[LabelValue], *, media: bool) -> str:
    """Return the `type` of metadata for a kind of value, where the project does not name its own."""
    names = {
        Choice: "image-classification" if media else "text-classification",
        Choices: "image-classification-multilabel" if media else "text-classification-multilabel",
        Boxes: "object-detection",
        Spans: "text-span",
        Points: CUSTOM,
        Preference: CUSTOM,
    }
    return f"groundtruth/{names[kind]}"


def kind_of_label(label: object, metadata: Object) -> type[LabelValue] | None:
    """Return the kind of value of one label; None where there is no value for it."""
    stated = plain_type(metadata)
    if stated in KINDS:
        return KINDS[stated]
    if any(word in stated for word in _ELSEWHERE):
        return None
    if isinstance(label, dict):
        return _kind_of_object(label, metadata)
    if isinstance(label, list):
        return Choices if all(type(one) is int for one in label) else kind_of(label)
    return Choice if is_class_id(label) and isinstance(said(metadata, "class-name"), str) else None


def _kind_of_object(label: Object, metadata: Object) -> type[LabelValue] | None:
    if not label:
        return Preference if said(metadata, "worker-response-ref") is not None else None
    inner = label.get("annotations")
    if isinstance(inner, dict) and "entities" in inner:
        return Spans
    if isinstance(inner, list) and all(
        isinstance(one, dict) and class_id_of(one) is not None for one in inner
    ):
        return Boxes
    return kind_of(label)


def plain_type(metadata: Object) -> str:
    """Return the `type` in lower case and without its prefix, "" where it is missing."""
    stated = metadata.get("type")
    return stated.lower().removeprefix("groundtruth/") if isinstance(stated, str) else ""


def said(metadata: Object, name: str) -> Any:
    """Return an entry of metadata, whether it is spelt with hyphens or underscores."""
    return metadata.get(name, metadata.get(name.replace("-", "_")))


def class_id_of(box: Object) -> Any:
    """Return the class id of an object, whether it is spelt with a hyphen or an underscore."""
    return box.get("class_id", box.get("class-id"))


def is_class_id(value: object) -> bool:
    """Say whether this is a class id; the guide prints some as text ("0"), so both are read."""
    if isinstance(value, str):
        return value.isascii() and value.isdecimal() and len(value) < 10
    number = whole_in(value)
    return number is not None and 0 <= number < 10**9


def labelled(found: Object) -> list[str]:
    """Return the label attributes of a line, in its order."""
    return [
        key.removesuffix(METADATA)
        for key in found
        if key.endswith(METADATA) and key != "source-ref-metadata" and key.removesuffix(METADATA) in found
    ]
