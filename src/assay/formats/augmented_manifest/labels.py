"""Read the labels of a manifest, tolerantly: class ids as numbers or text, hyphens or underscores."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from assay.core.errors import InvalidLabel
from assay.core.labels.attributes import PLAIN, Details, UnfitDetails, details_in
from assay.core.labels.label_values import (
    Box,
    Boxes,
    Choice,
    Choices,
    GivenLabel,
    LabelledItem,
    LabelValue,
    Points,
    Preference,
    Size,
    Span,
    Spans,
    label_names,
    object_count,
)
from assay.core.labels.values.in_json import ends_of, size_in
from assay.core.labels.values.value_kind import Unfit
from assay.core.layouts.label_columns import in_value_order, value_of
from assay.core.layouts.label_spelling import trimmed
from assay.core.layouts.row_ids import UnfitId, id_text
from assay.core.ports.file_format import BadRow, LabelContents, LeftOut
from assay.formats.augmented_manifest.kinds import (
    ATTRIBUTES,
    GROUP,
    METADATA,
    OBJECT_ID,
    Object,
    class_id_of,
    is_class_id,
    kind_of_label,
    labelled,
    said,
)
from assay.formats.augmented_manifest.reading import MEDIA, TEXT, read_objects
from assay.formats.augmented_manifest.responses import read_responses, winner_of

_LARGEST: Final = 1e7
_SIDES: Final = ("left", "top", "width", "height")


def read_labels_manifest(
    path: Path, *, contents: LabelContents, left_out: LeftOut
) -> Iterator[LabelledItem | BadRow]:
    """Stream the labelled items; lines that Ground Truth left without a label come as `BadRow`.

    Raises:
        NotReadable: if the file is missing.
    """
    lines = _Lines(contents, path.parent, left_out)
    for row in read_objects(path):
        if isinstance(row, BadRow):
            yield row
            continue
        line, found = row
        try:
            yield lines.item(found, line)
        except _Unfit as problem:
            yield BadRow(line, str(problem))


class _Unfit(Exception):
    """Why a line is no labelled item; the sentence is the whole message."""


Parts = Sequence[float]


class _Lines:
    """Turns lines into items, and remembers which class id was called what."""

    def __init__(self, contents: LabelContents, home: Path, left_out: LeftOut) -> None:
        self._attribute = contents.attribute
        self._kind = contents.kind
        self._places = contents.schema.numbers
        self._home = home
        self._left_out = left_out
        self._id = contents.taken.columns.id
        self._names: dict[int, str] = {}

    def item(self, found: dict[str, Any], line: int) -> LabelledItem:
        """Return the item of one line; raises `_Unfit`."""
        attribute = self._attribute or next(reversed(labelled(found)), "")
        label, metadata = found.pop(attribute, None), found.pop(attribute + METADATA, None)
        if label is None and not isinstance(metadata, dict):
            raise _Unfit(
                f"the line is not labelled: it has no '{attribute}'" if attribute else "the line has no label"
            )
        if not isinstance(metadata, dict):
            raise _Unfit(f"'{attribute}' has no metadata")
        failure = said(metadata, "failure-reason")
        if label is None or failure is not None:
            raise _Unfit(f"the line is not labelled: {str(failure or 'it has metadata alone')[:200]}")
        if kind_of_label(label, metadata) is not self._kind:
            raise _Unfit(f"'{attribute}' holds a label of another kind than the file's others")
        media, text = found.pop(MEDIA, None), found.pop(TEXT, None)
        try:
            key = id_text(found.pop(self._id, None)) if self._id is not None else None
        except UnfitId as problem:
            raise _Unfit(str(problem)) from None
        answers = self._answers(metadata)
        value, parts = self._value(label, metadata, answers, text)
        if said(metadata, "worker-feedback"):
            self._left_out["comments of workers"] += 1
        stated = metadata.get("confidence")
        confidence = sum(parts) / len(parts) if parts and stated is None else _share(stated)
        return LabelledItem(
            key=key or media or f"line-{line}",
            media=media,
            text=text,
            extra=found,
            value=value,
            confidence=confidence,
            human=said(metadata, "human-annotated") != "no",
            made_at=_text(said(metadata, "creation-date")),
            parts=tuple(parts),
            answers=answers,
            adjusted=_ADJUSTED.get(_text(said(metadata, "adjustment-status"))),
        )

    def _answers(self, metadata: Object) -> tuple[GivenLabel, ...]:
        reference = said(metadata, "worker-response-ref")
        if self._kind is not Preference or reference is None:
            return ()
        return read_responses(reference, self._home, self._left_out)

    def _value(
        self, label: Any, metadata: Object, answers: tuple[GivenLabel, ...], text: str | None
    ) -> tuple[LabelValue, Parts]:
        if self._kind is Choice:
            return Choice(
                self._name(label, {str(label): said(metadata, "class-name")} | _names(metadata))
            ), ()
        if self._kind is Choices:
            return self._choices(label, metadata)
        if not isinstance(label, dict):
            raise _Unfit("the label is not an object")
        if self._kind is Boxes and isinstance(label.get("annotations"), list):
            return self._boxes(label, metadata)
        if self._kind is Spans and isinstance(label.get("annotations"), dict):
            return self._spans(label["annotations"], metadata, text)
        if self._kind is Preference and not label:
            if not answers:
                raise _Unfit(
                    "the label is empty, and the file of worker responses is not beside the manifest"
                )
            return Preference(winner_of(answers)), ()
        return self._other(label, metadata)

    def _other(self, label: Any, metadata: Object) -> tuple[LabelValue, Parts]:
        """Read a label of a custom job: what Ground Truth has no shape for."""
        try:
            value = trimmed(value_of(label, self._kind), known=frozenset(self._places))
        except InvalidLabel as problem:
            raise _Unfit(f"the label cannot be used: {problem.reason}") from None
        names = label_names(value)
        self._check(names)
        parts = _parts(metadata, "objects", object_count(value))
        listed = label.get("points", label.get("keypoints")) if parts else None
        if isinstance(value, Points) and isinstance(listed, list) and len(listed) == len(parts):
            parts = in_value_order(parts, [value_of([one], Points) for one in listed], value)
        return value, parts

    def _choices(self, label: Any, metadata: Object) -> tuple[Choices, Parts]:
        if not isinstance(label, list):
            raise _Unfit("the label is not a list of class ids")
        names = _names(metadata)
        ids = {self._name(one, names): str(one) for one in label}
        value = Choices(tuple(ids))
        found = said(metadata, "confidence-map")
        given = found if isinstance(found, dict) else {}
        if any(ids[name] not in given for name in value.names):
            return value, ()
        return value, [_share(given[ids[name]]) for name in value.names]

    def _boxes(self, label: Object, metadata: Object) -> tuple[Boxes, Parts]:
        names = _names(metadata)
        boxes = [self._box(one, names) for one in label["annotations"]]
        value = Boxes(tuple(boxes), size=_size(label.get("image_size", label.get("image-size"))))
        parts = _parts(metadata, "objects", len(boxes))
        if parts and tuple(boxes) != value.boxes:
            parts = in_value_order(parts, [Boxes((box,)) for box in boxes], value)
        return value, parts

    def _box(self, found: Any, names: Object) -> Box:
        if not isinstance(found, dict):
            raise _Unfit("a box is not an object")
        left, top, width, height = map(_pixels, map(found.get, _SIDES))
        if width <= 0 or height <= 0:
            raise _Unfit(f"a box of {width:g} by {height:g} has no area")
        return Box(self._name(class_id_of(found), names), left, top, width, height, _carried(found))

    def _spans(self, label: Object, metadata: Object, text: str | None) -> tuple[Spans, Parts]:
        found = label.get("entities")
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise _Unfit("'annotations' holds no list of 'entities'")
        spans = [_span(one, text) for one in found]
        self._check([span.label for span in spans])
        value = Spans(tuple(spans))
        parts = _parts(metadata, "entities", len(spans))
        if parts and tuple(spans) != value.spans:
            parts = in_value_order(parts, [Spans((span,)) for span in spans], value)
        return value, parts

    def _name(self, class_id: Any, names: Object) -> str:
        """Return what a class id is called, the same on every line."""
        if not is_class_id(class_id):
            raise _Unfit(f"the class id is {str(class_id)[:40]!r}, but must be a whole number from 0")
        number = int(class_id)
        known = self._names.get(number)
        name = names.get(str(class_id)) or names.get(str(number)) or known or str(number)
        name = name.strip() if isinstance(name, str) else name
        if name == known:
            return str(name)
        if not isinstance(name, str) or name not in self._places:
            raise _Unfit(f"class {number} with the name {str(name)[:80]!r} is none of the labels")
        # Labels stand in the order of their class ids, so none has a place behind its own id.
        if known is not None or self._places[name] > number:
            other = known or next(one for one, place in self._places.items() if place == number)
            raise _Unfit(f"class {number} is '{name}' here, but '{other}' elsewhere")
        self._names[number] = name
        return name

    def _check(self, names: Sequence[str]) -> None:
        for name in names:
            if name not in self._places:
                raise _Unfit(f"'{name[:80]}' is none of the labels")


_ADJUSTED: Final[Mapping[str, bool]] = {"adjusted": True, "unadjusted": False}


def _names(metadata: Object) -> dict[str, Any]:
    found = said(metadata, "class-map")
    return found if isinstance(found, dict) else {}


def _pixels(side: object) -> float:
    if (type(side) is not float and type(side) is not int) or not -_LARGEST <= side <= _LARGEST:
        raise _Unfit("a box has no 'left', 'top', 'width' and 'height' in pixels")
    return float(side)


def _span(found: Object, text: str | None) -> Span:
    name, start, end = found.get("label"), found.get("startOffset"), found.get("endOffset")
    if not isinstance(name, str) or not name:
        raise _Unfit("a span has no label")
    try:
        start, end = ends_of(start, end)
    except Unfit as problem:
        raise _Unfit(str(problem)) from None
    if text is not None and end > len(text):
        raise _Unfit(f"a span ends at {end}, behind the text of {len(text)} characters")
    return Span(name.strip() or name, start, end, _carried(found))


def _carried(found: Object) -> Details:
    if not (ATTRIBUTES in found or OBJECT_ID in found or GROUP in found):
        return PLAIN
    said = {"attributes": found.get(ATTRIBUTES), "id": found.get(OBJECT_ID), "group": found.get(GROUP)}
    try:
        return details_in(said)
    except UnfitDetails as problem:
        raise _Unfit(str(problem)) from None


def _parts(metadata: Object, member: str, count: int) -> Parts:
    """Return the confidence of each object; nothing where the metadata do not hold one for each."""
    found = metadata.get(member)
    if not count or not isinstance(found, list) or len(found) != count:
        return ()
    if not all(isinstance(one, dict) and one.get("confidence") is not None for one in found):
        return ()
    return tuple(_share(one["confidence"]) for one in found)


def _share(found: object) -> float:
    if found is None:
        return 1.0
    if (type(found) is not float and type(found) is not int) or not 0.0 <= found <= 1.0 or math.isnan(found):
        raise _Unfit(f"the confidence is {str(found)[:40]!r}, outside 0 to 1")
    return float(found)


def _size(found: object) -> Size | None:
    one = found[0] if isinstance(found, list) and len(found) == 1 else found
    if not isinstance(one, dict):
        return None
    return size_in(one.get("width"), one.get("height"))


def _text(found: object) -> str:
    return found if isinstance(found, str) else ""
