"""Write Label Studio's tasks, each with one annotation, streaming."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from assay.core.errors import InputError
from assay.core.labels.label_values import (
    Answers,
    Boxes,
    LabelledItem,
    LabelValue,
    Points,
    Preference,
    details_of,
    label_names,
)
from assay.core.labels.values.answers import label_of
from assay.core.ports.file_format import LeftOut, Naming, leave_details_out
from assay.formats.label_studio.carried import Carriers
from assay.formats.label_studio.tasks import MARK
from assay.formats.label_studio.values import Unfit, regions_of


@dataclass(eq=False, kw_only=True)
class NotInPercent(InputError):
    """Item '{item}' cannot be written for Label Studio, which counts places in percent: {reason}."""

    item: str
    reason: str


def write_label_studio(
    items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut
) -> int:
    """Write a task a line: `data` with the media or text and the other columns, and one annotation.

    Answers to several questions are regions of controls that are called as the questions are. The attributes of an object are
    results with the id of its region, from controls that are called as the attributes are: Choices, a Number or a
    TextArea with perRegion="true".

    What Label Studio has no place for stands in the task's `meta`: id, confidence, kind of the label, which questions were
    answered, whether a person made it. Its import takes the file as it is.

    Raises:
        FileExistsError: if there is such a file.
        NotInPercent: if boxes or key points stand in a picture of unknown size.
        ValueError: if a label is none of the project's.
    """
    encode = msgspec.json.Encoder().encode
    names = frozenset(naming.schema.names)
    taken = (naming.attribute, *(one.name for one in naming.schema.questions))
    carriers = Carriers(naming.schema, taken=taken)
    count = 0
    with path.open("xb") as out:
        out.write(b"[")
        for item in items:
            if not isinstance(item.value, Preference | Answers):
                for name in label_names(item.value):
                    if name not in names:
                        raise ValueError(name)
            out.write((b",\n" if count else b"\n") + encode(_task(item, count + 1, naming, carriers)))
            count += 1
            if item.answers:
                left_out["answers"] += len(item.answers)
            leave_details_out(item.value, left_out, attributes=False)
        out.write(b"\n]\n")
    return count


def _task(item: LabelledItem, number: int, naming: Naming, carriers: Carriers) -> dict[str, Any]:
    media = _free("image", item) if item.media is not None else None
    text = _free("text", item) if item.text is not None or media is None else None
    said = item.value.parts if isinstance(item.value, Answers) else None
    result: list[dict[str, Any]] = []
    position = 0
    try:
        for name, value in said if said is not None else ((naming.attribute, item.value),):
            shown_on = (media or text) if _is_on_picture(value) or said is None else (text or media)
            named = {"from_name": name, "to_name": shown_on, "origin": "manual"}
            found = regions_of(value, item.parts if said is None else (), text=item.text or "")
            carried = details_of(value)
            for at, one in enumerate(found):
                position += 1
                region = {"id": f"{number}-{position}", **named, **one}
                result.append(region)
                if carried:
                    label = label_names(value)[at]
                    label = label if said is None else label_of(name, label)
                    result += carriers.results(region, carried[at], label=label)
    except Unfit as problem:
        raise NotInPercent(item=item.key, reason=str(problem)) from None
    annotation: dict[str, Any] = {
        "result": result,
        "was_cancelled": False,
        "ground_truth": item.control,
    }
    if item.made_at:
        annotation["created_at"] = f"{item.made_at}Z"
    shown: dict[str | None, object] = {media: item.media, text: item.key if item.text is None else item.text}
    columns = ({"media": media} if media else {}) | ({"text": text} if text else {})
    attributes = carriers.mark(zip(label_names(item.value), details_of(item.value), strict=False))
    return {
        "id": number,
        "data": {name: what for name, what in shown.items() if name is not None} | item.extra,
        "meta": {MARK: _mark(item) | columns | ({"attributes": attributes} if attributes else {})},
        "annotations": [annotation],
        "predictions": [],
    }


def _is_on_picture(value: LabelValue) -> bool:
    return isinstance(value, Boxes | Points)


def _free(name: str, item: LabelledItem) -> str:
    """Return a name that none of the item's other columns has."""
    while name in item.extra:
        name = f"_{name}"
    return name


def _mark(item: LabelledItem) -> dict[str, object]:
    return {
        "item": item.key,
        "kind": type(item.value).__name__.lower(),
        "confidence": round(item.confidence, 6),
        "human": item.human,
        "control": item.control,
        **({} if item.adjusted is None else {"adjusted": item.adjusted}),
        **({"answers": _answered(item, item.value)} if isinstance(item.value, Answers) else {}),
    }


def _answered(item: LabelledItem, value: Answers) -> dict[str, dict[str, object]]:
    """Return of each answered question which kind its answer is, which nothing else says where it holds nothing."""
    found: dict[str, dict[str, object]] = {
        name: {"kind": type(part).__name__.lower()} for name, part in value.parts
    }
    for (name, _), confidence in zip(value.parts, item.parts, strict=False):
        found[name]["confidence"] = round(confidence, 6)
    return found
