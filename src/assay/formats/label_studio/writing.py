"""Write Label Studio's tasks, each with one annotation, streaming."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from assay.core.errors import InputError
from assay.core.labels.label_values import LabelledItem, Preference, label_names
from assay.core.ports.file_format import LeftOut, Naming, leave_details_out
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

    What Label Studio has no place for stands in the task's `meta`: id, confidence, kind of the label, whether a
    person made it. Its import takes the file as it is.

    Raises:
        FileExistsError: if there is such a file.
        NotInPercent: if boxes or key points stand in a picture of unknown size.
        ValueError: if a label is none of the project's.
    """
    encode = msgspec.json.Encoder().encode
    names = frozenset(naming.schema.names)
    count = 0
    with path.open("xb") as out:
        out.write(b"[")
        for item in items:
            if not isinstance(item.value, Preference):
                for name in label_names(item.value):
                    if name not in names:
                        raise ValueError(name)
            out.write((b",\n" if count else b"\n") + encode(_task(item, count + 1, naming)))
            count += 1
            if item.answers:
                left_out["answers"] += len(item.answers)
            leave_details_out(item.value, left_out)
        out.write(b"\n]\n")
    return count


def _task(item: LabelledItem, number: int, naming: Naming) -> dict[str, Any]:
    try:
        found = regions_of(item.value, item.parts, text=item.text or "")
    except Unfit as problem:
        raise NotInPercent(item=item.key, reason=str(problem)) from None
    media = _free("image", item) if item.media is not None else None
    text = _free("text", item) if item.text is not None or media is None else None
    named = {"from_name": naming.attribute, "to_name": media or text, "origin": "manual"}
    annotation: dict[str, Any] = {
        "result": [
            {"id": f"{number}-{position}", **named, **one} for position, one in enumerate(found, start=1)
        ],
        "was_cancelled": False,
        "ground_truth": item.control,
    }
    if item.made_at:
        annotation["created_at"] = f"{item.made_at}Z"
    said: dict[str | None, object] = {media: item.media, text: item.key if item.text is None else item.text}
    return {
        "id": number,
        "data": {name: what for name, what in said.items() if name is not None} | item.extra,
        "meta": {MARK: _mark(item) | ({"media": media} if media else {}) | ({"text": text} if text else {})},
        "annotations": [annotation],
        "predictions": [],
    }


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
    }
